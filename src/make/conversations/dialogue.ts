import type { Card } from '../../core/card.ts';
import type { Turn, TurnRange } from '../../core/conversation.ts';
import { smallTalkAllowance } from '../../lib/topic.ts';
import { expand, type Facts, hasFacts, pick, shuffle } from './expand.ts';
import { conversationFacts, personaFacts } from './facts.ts';
import type { Grammar, TypeGrammar } from './grammar.ts';
import { colour, cutOff, type Habits, habitsOf, phraseSentence } from './voice.ts';

/** One exchange: what the persona says and what is answered. */
interface Exchange {
  readonly agent: readonly string[];
  readonly user: readonly string[];
  /** The answer asks something: the next exchange must follow at once. */
  readonly open: boolean;
  /** Of the type, not of the situation: what is not true in the situation is left out. */
  readonly ofType: boolean;
  readonly facts: Facts;
}

/** Exchanges of a type's own that a conversation has at least. */
const leastTypeBeats = 2;

/**
 * A conversation of a card in a situation, without any model: the exchanges of the situation in order, exchanges of the persona's
 * type between them, and over all of it the habits and phrases of the card. The same card, situation and numbers give the same turns.
 */
export function templateDialogue(
  params: {
    readonly card: Card;
    readonly scenario: { readonly id: string };
    readonly scenarioIndex: number;
    readonly range: TurnRange;
    readonly grammar: Grammar;
  },
  random: () => number,
): Turn[] {
  const { card, scenario, grammar } = params;
  const type = typeGrammar(card, grammar);
  const persona = personaFacts(card, grammar, type.drinks);
  const facts = conversationFacts(persona, grammar, { id: scenario.id, drinks: type.drinks }, random);
  const [least, most] = params.range;
  const turns = least + Math.floor(random() * (most - least + 1));
  const plan = planExchanges({ card, scenario, grammar, type, facts, turns }, random);
  const speaker = new Speaker({ ...params, type, facts, habits: habitsOf(card, type) }, random);
  return speaker.speak(plan, turns);
}

/** Whether the grammar can speak for a situation. */
export function canSpeak(grammar: Grammar, scenarioId: string): boolean {
  return Object.hasOwn(grammar.scenarios, scenarioId);
}

function typeGrammar(card: Card, grammar: Grammar): TypeGrammar {
  const type =
    grammar.types[card.identity.type ?? ''] ?? grammar.types['friendly'] ?? Object.values(grammar.types)[0];
  if (!type) throw new TypeError('the grammar has no type');
  return type;
}

function planExchanges(
  params: {
    readonly card: Card;
    readonly scenario: { readonly id: string };
    readonly grammar: Grammar;
    readonly type: TypeGrammar;
    readonly facts: Facts;
    readonly turns: number;
  },
  random: () => number,
): Exchange[] {
  const { card, scenario, grammar, type, facts, turns } = params;
  const isNew = scenario.id === 'new-drink';
  const own = isNew ? { ...facts, drink: facts['new'] ?? '' } : facts;
  // One closing; with an odd number of turns the persona has the last word.
  const exchanges = Math.floor(turns / 2) - 1;
  const beats = grammar.scenarios[scenario.id] ?? [];
  const kept = Math.min(beats.length, exchanges - leastTypeBeats);
  const chosen = thin(beats, kept, random).map((beat): Exchange => ({
    agent: beat.agent[type.register],
    user: beat.user,
    open: beat.open,
    ofType: false,
    facts,
  }));
  const allowed = smallTalkAllowance([card.summary, ...card.voice.speech_patterns]) >= 2;
  const avoid = avoidedIn(grammar, scenario.id);
  const usable = shuffle(type.beats, random)
    .filter((beat) => allowed || !beat.small_talk)
    .flatMap((beat) => {
      const pairs = pairsOf(beat, own, avoid);
      return pairs.agent.length === 0 ? [] : [{ ...beat, ...pairs }];
    });
  const typed = usable.slice(0, exchanges - chosen.length);
  const asExchange = (beat: TypeGrammar['beats'][number]): Exchange => ({
    agent: beat.agent,
    user: beat.user,
    open: false,
    ofType: true,
    facts: own,
  });
  const early = typed.filter((beat) => !beat.late).map(asExchange);
  const late = typed.filter((beat) => beat.late).map(asExchange);
  const closing = pick(type.closings, random);
  return [...weave(chosen, early, random), ...late, { ...closing, open: false, ofType: true, facts: own }];
}

/** The lines of a beat that are true here, each with the reply that answers it. */
function pairsOf(
  beat: TypeGrammar['beats'][number],
  facts: Facts,
  avoid: RegExp | null,
): { readonly agent: string[]; readonly user: string[] } {
  const isTrue = (line: string): boolean => !avoid?.test(line) && hasFacts(line, facts);
  const pairs = beat.agent.flatMap((agent, index) => {
    const user = beat.user[index % beat.user.length] ?? '';
    return isTrue(agent) && isTrue(user) ? [{ agent, user }] : [];
  });
  return { agent: pairs.map(({ agent }) => agent), user: pairs.map(({ user }) => user) };
}

function avoidedIn(grammar: Grammar, scenarioId: string): RegExp | null {
  const avoided = grammar.avoid[scenarioId];
  return avoided === undefined ? null : new RegExp(avoided, 'iu');
}

/** Leaves out exchanges in the middle that nothing hangs on, until `kept` are left. */
function thin<T extends { readonly open: boolean }>(
  beats: readonly T[],
  kept: number,
  random: () => number,
): T[] {
  const left = [...beats];
  while (left.length > Math.max(2, kept)) {
    const loose = left.flatMap((beat, index) =>
      index > 0 && index < left.length - 1 && !beat.open && !left[index - 1]?.open ? [index] : [],
    );
    if (loose.length === 0) break;
    left.splice(pick(loose, random), 1);
  }
  return left;
}

/** Puts the second list between the exchanges of the first, never behind an open one nor after the last. */
function weave(first: readonly Exchange[], second: readonly Exchange[], random: () => number): Exchange[] {
  const woven = [...first];
  for (const exchange of second) {
    const places = woven.flatMap((entry, index) =>
      !entry.open && index < woven.length - 1 ? [index + 1] : [],
    );
    woven.splice(places.length === 0 ? woven.length - 1 : pick(places, random), 0, exchange);
  }
  return woven;
}

/** Says the exchanges of one conversation in the voice of its card. */
class Speaker {
  readonly #card: Card;
  readonly #grammar: Grammar;
  readonly #type: TypeGrammar;
  readonly #facts: Facts;
  readonly #habits: Habits;
  readonly #scenario: { readonly id: string };
  readonly #scenarioIndex: number;
  readonly #random: () => number;
  readonly #avoid: RegExp | null;
  readonly #said = new Set<string>();

  constructor(
    params: {
      readonly card: Card;
      readonly grammar: Grammar;
      readonly type: TypeGrammar;
      readonly facts: Facts;
      readonly habits: Habits;
      readonly scenario: { readonly id: string };
      readonly scenarioIndex: number;
    },
    random: () => number,
  ) {
    this.#card = params.card;
    this.#grammar = params.grammar;
    this.#type = params.type;
    this.#facts = params.facts;
    this.#habits = params.habits;
    this.#scenario = params.scenario;
    this.#scenarioIndex = params.scenarioIndex;
    this.#random = random;
    this.#avoid = avoidedIn(params.grammar, params.scenario.id);
  }

  speak(plan: readonly Exchange[], turns: number): Turn[] {
    const phrases = this.#placePhrases(plan.length);
    const cuts = this.#cuts(plan);
    const said: Turn[] = [];
    for (const [index, exchange] of plan.entries()) {
      const { agent, user, facts, ofType } = exchange;
      const line = this.#line(agent, facts, ofType);
      said.push({ role: 'agent', text: this.#agentTurn(line.text, index, plan.length, phrases.get(index)) });
      const paired = ofType && index < plan.length - 1 ? user.slice(line.index, line.index + 1) : user;
      const answer = this.#line(paired.length > 0 ? paired : user, facts, ofType).text;
      const welcome =
        index === 0 && this.#scenario.id === 'first-visit'
          ? `I'm ${this.#facts['barista'] ?? ''}. ${answer}`
          : answer;
      said.push({ role: 'user', text: cuts.has(index) ? cutOff(welcome, this.#random) : welcome });
    }
    if (turns % 2 === 1)
      said.push({ role: 'agent', text: this.#line(this.#type.farewells, this.#facts, true).text });
    return said;
  }

  #agentTurn(text: string, index: number, exchanges: number, phrase: string | undefined): string {
    const { leads, tails, leadShare, tailShare } = this.#habits;
    const random = this.#random;
    const isClosing = index === exchanges - 1;
    const greeting = index === 0 ? this.#greeting(phrase) : null;
    const wantsLead = index > 0 && !isClosing && random() < leadShare;
    const lead = greeting ?? (wantsLead ? this.#extra(leads) : null);
    const wantsTail = !isClosing && random() < tailShare && text.split(' ').length < 16;
    const tail = wantsTail ? this.#extra(tails) : null;
    const limit = this.#card.voice.word_limit ?? Number.POSITIVE_INFINITY;
    const whole = colour(text, this.#habits, {
      lead: index === 0 ? lead : phrase && random() < 0.5 ? phrase : lead,
      tail: index === 0 ? null : tail,
      random,
    });
    const withPhrase = phrase && !whole.includes(phrase) ? `${whole} ${phrase}` : whole;
    return withPhrase.split(' ').length <= limit
      ? withPhrase
      : colour(text, this.#habits, { lead: phrase ?? greeting, tail: null, random });
  }

  /** A greeting phrase of the card goes before the type's own. */
  #greeting(phrase: string | undefined): string {
    if (phrase !== undefined) return phrase;
    const { greetings, greetings_first: first } = this.#type;
    const isNew = this.#scenario.id === 'first-visit';
    return this.#line(isNew ? (first ?? greetings) : greetings, this.#facts, true).text;
  }

  /** One of the lines that is true here and was not said yet, with its place among the lines. */
  #line(lines: readonly string[], facts: Facts, isAvoided: boolean): { text: string; index: number } {
    const fitting = lines.filter((line) => !isAvoided || !this.#avoid?.test(line));
    let fallback: { text: string; index: number } | undefined;
    for (const line of [...shuffle(fitting, this.#random), ...lines]) {
      const text = expand(line, facts, this.#random);
      if (text === null) continue;
      const found = { text, index: lines.indexOf(line) };
      fallback ??= found;
      if (this.#said.has(line)) continue;
      this.#said.add(line);
      return found;
    }
    if (!fallback) throw new TypeError(`no sentence of "${lines.join(' | ')}" has all its facts`);
    return fallback;
  }

  /** A lead or a tail that was not used yet; null where there is none left. */
  #extra(lines: readonly string[]): string | null {
    const fresh = lines.filter((line) => !this.#said.has(line) && !this.#avoid?.test(line));
    if (fresh.length === 0) return null;
    const line = pick(fresh, this.#random);
    this.#said.add(line);
    return expand(line, this.#facts, this.#random);
  }

  /** Which phrase of the card stands in which exchange. Every scenario begins with other ones, so that all are said. */
  #placePhrases(exchanges: number): Map<number, string> {
    const { phrases } = this.#habits;
    const placed = new Map<number, string>();
    const wanted = Math.min(phrases.length, 5);
    for (let i = 0; i < wanted; i++) {
      const phrase = phrases[(this.#scenarioIndex * 2 + i) % phrases.length];
      if (!phrase) continue;
      const text = phraseSentence(phrase, this.#grammar, this.#facts, this.#random);
      const places = placesOf(phrase.kind, exchanges).filter((index) => !placed.has(index));
      if (places.length > 0) placed.set(pick(places, this.#random), text);
    }
    return placed;
  }

  /** Answers that the persona cuts off: one or two, none that asks something or ends the conversation. */
  #cuts(plan: readonly Exchange[]): Set<number> {
    if (!this.#habits.interrupts) return new Set();
    const loose = plan.flatMap(({ open }, index) =>
      !open && index > 0 && index < plan.length - 2 ? [index] : [],
    );
    return new Set(shuffle(loose, this.#random).slice(0, 1 + Math.floor(this.#random() * 2)));
  }
}

function placesOf(kind: Habits['phrases'][number]['kind'], exchanges: number): number[] {
  const all = Array.from({ length: exchanges }, (_, index) => index);
  if (kind === 'greeting') return [0];
  if (kind === 'thanks') return all.slice(-3);
  return all.slice(1, -1);
}
