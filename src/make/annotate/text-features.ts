import type { Speech } from '../../lib/speech-patterns.ts';
import { plainQuotes, plainWords, wordsOf } from '../../lib/words.ts';
import type { Scenario } from '../conversations/scenario-set.ts';
import { type Annotation, personaTypes } from './annotation.ts';
import type { SpokenTurn } from './transcript.ts';

/** Words that stand for a manner of speech; what was counted is what is claimed. */
const markers = {
  fillers: ['um', 'uh', 'er', 'erm', 'i mean', 'you know', 'sort of'],
  apologies: [
    'sorry',
    'apologize',
    'apologise',
    'excuse me',
    'my bad',
    "don't want to make a fuss",
    'too much trouble',
  ],
  thinking: [
    'hmm',
    'let me think',
    'maybe',
    'actually',
    'wait',
    'on the other hand',
    'then again',
    "can't decide",
    'or maybe',
    'what do you think',
    'what would you',
    'which is better',
    'recommend',
    'changed my mind',
  ],
  warmth: [
    'thanks',
    'thank you',
    'great',
    'perfect',
    'lovely',
    'wonderful',
    'love it',
    'good morning',
    'hey',
    'hello',
    'awesome',
    'appreciate',
    'cheers',
    'best',
    'how was your',
    'have a good',
  ],
  complaints: [
    'unacceptable',
    'wrong',
    'seriously',
    'ridiculous',
    'fix it',
    'manager',
    'waiting',
    'hurry',
    'come on',
    'unbelievable',
    'every time',
    'not again',
    'no excuses',
    'finally',
    "i'm late",
    'i paid',
    'move',
    'now',
    'enough',
  ],
  terms: [
    'single-origin',
    'pour-over',
    'extraction',
    'bloom',
    'crema',
    'grind',
    'grinder',
    'roast',
    'roasted',
    'ratio',
    'degrees',
    'grams',
    'washed',
    'natural',
    'acidity',
    'notes',
    'chemex',
    'aeropress',
    'brew',
    'brewing',
    'beans',
    'temperature',
    'kettle',
    'under-extracted',
  ],
} as const;
type Marker = keyof typeof markers;

/** Which marks speak for which type, and how much each weighs: rare ones more than what everybody says. */
const typeMarks: Readonly<Record<(typeof personaTypes)[number], Readonly<Partial<Record<Marker, number>>>>> =
  {
    angry: { complaints: 1.5 },
    nervous: { apologies: 2, fillers: 1.2 },
    friendly: { warmth: 1 },
    indecisive: { thinking: 1.2 },
    enthusiast: { terms: 1.5 },
  };

/**
 * What can be said of a speaker by counting: type by the marks of each, patterns that were heard with the words themselves, the
 * situation whose words are said most. Nothing is claimed that is not in the transcript.
 */
export function annotateByCounting(
  turns: readonly SpokenTurn[],
  speech: Speech,
  context: {
    readonly speaker: string;
    readonly scenarios: readonly Scenario[];
    readonly topicWords: readonly string[];
    readonly agent: string;
    readonly domain: string;
  },
): Annotation {
  const counts = countMarkers(speech.texts);
  const type = typeOf(counts, speech.texts);
  return {
    type,
    name: nameOf(turns, context.speaker),
    traits: typeSentences[type],
    background: backgroundOf(speech.texts, context),
    speech_patterns: patternsOf(speech, counts),
    situation: situationOf(turns, context),
  };
}

const typeSentences: Readonly<Record<(typeof personaTypes)[number], string>> = {
  angry: 'Impatient and quick to complain when things do not go the way they should',
  nervous: 'Unsure of themselves, apologetic and careful not to be in the way',
  friendly: 'Warm and cheerful, and glad of the company',
  indecisive: 'Finds it hard to decide, and goes back and forth between the options',
  enthusiast: 'Knows a lot about the subject and is particular about the details',
};

type Counts = Readonly<Record<Marker, ReadonlyMap<string, number>>>;

function countMarkers(texts: readonly string[]): Counts {
  const said = texts.map(plainWords);
  const count = (words: readonly string[]): Map<string, number> =>
    new Map(
      words.flatMap((word): [string, number][] => {
        const found = said.filter((text) => text.includes(plainWords(word))).length;
        return found === 0 ? [] : [[word, found]];
      }),
    );
  return {
    fillers: count(markers.fillers),
    apologies: count(markers.apologies),
    thinking: count(markers.thinking),
    warmth: count(markers.warmth),
    complaints: count(markers.complaints),
    terms: count(markers.terms),
  };
}

function typeOf(counts: Counts, texts: readonly string[]): (typeof personaTypes)[number] {
  const isClipped = meanSentence(texts) <= 4.5 ? 3 : 0;
  const scores = personaTypes.map((type) => {
    const marks = Object.entries(typeMarks[type]) as [Marker, number][]; // keys are those of the table above
    const score = marks.reduce((sum, [marker, weight]) => sum + weight * total(counts[marker]), 0);
    return type === 'angry' ? score + isClipped : score;
  });
  const best = scores.indexOf(Math.max(...scores));
  return personaTypes[best] ?? 'friendly';
}

function patternsOf({ texts, before, gapsMs }: Speech, counts: Counts): string[] {
  const share = (mark: RegExp): number => texts.filter((text) => mark.test(text)).length;
  const many = Math.max(2, texts.length * 0.25);
  const [questions, shouts, trails] = [share(/\?/u), share(/!/u), share(/\.{3}|…/u)];
  const cuts = before.filter((text) => /[—–]$/u.test(text.trim())).length;
  const mean = meanSentence(texts);
  const found: string[] = [];
  const heard = (title: string, marker: Marker, least: number): void => {
    const words = counts[marker];
    if (total(words) >= least)
      found.push(
        `${title}: ${[...words.keys()]
          .slice(0, 4)
          .map((word) => `'${word}'`)
          .join(', ')}`,
      );
  };
  heard('Filler words', 'fillers', 2);
  heard('Apologizes', 'apologies', 2);
  heard('Thinks aloud', 'thinking', 3);
  heard('Complains', 'complaints', 3);
  heard('Technical terms', 'terms', 3);
  heard('Positive language', 'warmth', 3);
  if (cuts > 0) found.push('Interrupts mid-sentence');
  if (questions >= many) found.push(`Asks questions in ${questions} of ${texts.length} turns`);
  if (shouts >= many) found.push(`Speaks loudly, with an exclamation in ${shouts} of ${texts.length} turns`);
  if (trails >= many) found.push(`Trails off in ${trails} of ${texts.length} turns`);
  if (gapsMs.length > 0)
    found.push(`Pauses of ${Math.min(...gapsMs)}-${Math.max(...gapsMs)}ms before answering`);
  found.push(
    mean <= 5
      ? `Clipped sentences of about ${Math.round(mean)} words`
      : `Sentences of about ${Math.round(mean)} words`,
  );
  return found;
}

function meanSentence(texts: readonly string[]): number {
  const lengths = texts
    .flatMap((text) => text.split(/[.!?…]+/u))
    .map((sentence) => wordsOf(sentence).length)
    .filter((words) => words > 0);
  return lengths.reduce((sum, words) => sum + words, 0) / Math.max(1, lengths.length);
}

/** The label where it is a name; else what the other side calls the speaker, if it is said twice, or what he says he is called. */
function nameOf(turns: readonly SpokenTurn[], speaker: string): string {
  const isLabel =
    /^(?:[A-Z]|[A-Z]?\d+|agent|user|assistant|customer|barista|caller|guest|speaker|person|participant)(?:[ _-]?[A-Z\d]{1,2})?$/iu;
  if (!isLabel.test(speaker) && /^\p{Lu}/u.test(speaker)) return speaker;
  const called = new Map<string, number>();
  const add = (name: string | undefined, weight: number): void => {
    if (name !== undefined && !notNames.has(name)) called.set(name, (called.get(name) ?? 0) + weight);
  };
  for (const turn of turns) {
    const text = plainQuotes(turn.text);
    if (turn.speaker === speaker) {
      for (const match of text.matchAll(
        /\b(?:my name is|my name's|it's for|under|call me) (\p{Lu}\p{Ll}+)/gu,
      ))
        add(match[1], 2);
    } else
      for (const match of text.matchAll(/(?:,|\bfor|\byou) (\p{Lu}\p{Ll}+)(?=[.,!?])/gu)) add(match[1], 1);
  }
  const [best] = [...called].toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return best?.[0] ?? '';
}

const notNames = new Set([
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
  'Sunday',
  'Chemex',
  'Sumatra',
  'Rwanda',
  'Panama',
]);

function backgroundOf(
  texts: readonly string[],
  {
    topicWords,
    agent,
    domain,
  }: { readonly topicWords: readonly string[]; readonly agent: string; readonly domain: string },
): string {
  const said = texts.map(plainWords);
  const counts = topicWords.map((word) => ({
    word,
    count: said.filter((text) => text.includes(plainWords(word))).length,
  }));
  const most = counts
    .filter(({ count }) => count > 0)
    .toSorted((a, b) => b.count - a.count || b.word.length - a.word.length || (a.word < b.word ? -1 : 1))
    .slice(0, 3)
    .map(({ word }) => word);
  const about = most.length === 0 ? '' : ` who talks about ${most.join(', ')}`;
  return `${agent.slice(0, 1).toUpperCase()}${agent.slice(1)} of a ${domain}${about}`;
}

function situationOf(
  turns: readonly SpokenTurn[],
  {
    scenarios,
    agent,
    domain,
  }: { readonly scenarios: readonly Scenario[]; readonly agent: string; readonly domain: string },
): string {
  const said = turns.map(({ text }) => plainWords(text));
  const counts = scenarios.map(({ marks }) =>
    marks.reduce(
      (sum, mark) => sum + said.filter((text) => text.includes(plainWords(mark))).length / marks.length,
      0,
    ),
  );
  const most = Math.max(0, ...counts);
  const best = scenarios[counts.indexOf(most)];
  return most === 0 || !best ? `You are a ${agent} in a ${domain}` : best.situation;
}

function total(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}
