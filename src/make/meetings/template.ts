import { neutralOnly, type ContextWords, contextWordsOf } from './context-words.ts';
import { pick } from './draw.ts';
import * as grammar from './grammar.ts';
import { drawName } from './names.ts';
import type { MeetingGroup, MeetingPlan } from './plan.ts';
import type { SeatKind } from './seats.ts';
import { peopleOf, type Person, type Wording } from './wording.ts';

/** The vocabulary of a card, without the words that would decide on their own. */
export interface Vocabulary extends ContextWords {
  readonly openings: readonly string[];
  readonly closings: readonly string[];
  readonly preparations: readonly string[];
  readonly carriers: readonly string[];
  readonly plainSubjects: readonly string[];
}

export function vocabularyOf({ card, rules }: Pick<MeetingPlan, 'card' | 'rules'>): Vocabulary {
  const words = contextWordsOf(card);
  const bare = (frames: readonly string[]): readonly string[] => {
    const kept = new Set(neutralOnly(rules, frames.map(withoutSlots)));
    return frames.filter((frame) => kept.has(withoutSlots(frame)));
  };
  return {
    ...words,
    projects: neutralOnly(rules, words.projects),
    artefacts: neutralOnly(rules, words.artefacts),
    teams: neutralOnly(rules, words.teams),
    openings: bare(grammar.openings),
    closings: bare(grammar.closings),
    preparations: bare(grammar.preparations),
    carriers: bare(grammar.carriers),
    plainSubjects: bare(grammar.plainSubjects),
  };
}

/** Words a group by grammar: varied, in the card's own vocabulary, and ignorant of how it will be labelled. */
export function wordGroup(
  plan: MeetingPlan,
  vocabulary: Vocabulary,
  group: MeetingGroup,
  random: () => number,
): Wording {
  const people = peopleOf(group).map((kind) => personOf(kind, vocabulary, random));
  const slots = slotsOf(vocabulary, people, peopleOf(group), random);
  const subject = tidy(subjectOf(vocabulary, group, slots, random));
  return { subject, body: bodyOf(plan, vocabulary, group, { ...slots, subject }, random), people };
}

interface Slots {
  readonly [name: string]: string;
}

function slotsOf(
  vocabulary: Vocabulary,
  people: readonly Person[],
  kinds: readonly SeatKind[],
  random: () => number,
): Slots {
  const guest = people[kinds.findIndex((kind) => kind !== 'colleague')];
  const title = guest?.title.replace(/^Customer, /, '') ?? pick(vocabulary.teams, random);
  return {
    project: pick(vocabulary.projects, random),
    artefact: pick(vocabulary.artefacts, random),
    team: pick(vocabulary.teams, random),
    colleague: drawName(random).split(' ')[0] ?? '',
    guest: title,
  };
}

function subjectOf(
  vocabulary: Vocabulary,
  { mention, route, isSeries, entry }: MeetingGroup,
  slots: Slots,
  random: () => number,
): string {
  const [phrase = '', other = ''] = mention;
  const forms = mention.length === 0 ? vocabulary.plainSubjects : formsOf(route, mention.length);
  const prefixes = grammar.seriesPrefixes[String(entry.intervalWeeks) as '0' | '1' | '2'];
  const isPrefixed = isSeries && prefixes && random() < 0.6;
  const form = pick(forms, random);
  const subject = fill(form, { ...slots, phrase, Phrase: capital(phrase), other });
  return isPrefixed ? `${pick(prefixes, random)}: ${subject}` : subject;
}

function formsOf(route: MeetingGroup['route'], phrases: number): readonly string[] {
  if (route === 'always-people') return grammar.peopleSubjects;
  if (phrases > 1) return grammar.twoSubjects;
  return route === 'priority' ? grammar.keywordSubjects : grammar.oneSubjects;
}

function bodyOf(
  plan: MeetingPlan,
  vocabulary: Vocabulary,
  group: MeetingGroup,
  slots: Slots,
  random: () => number,
): string {
  const sentences = [fill(pick(vocabulary.openings, random), slots)];
  const [phrase] = group.mention;
  if (phrase !== undefined && random() < 0.35) {
    sentences.push(fill(pick(vocabulary.carriers, random), { ...slots, phrase }));
  }
  const weaker = plan.card.rules.oracle?.importance.rarely ?? [];
  if (group.route !== 'nothing' && group.intent !== 'low' && weaker.length > 0 && random() < 0.06) {
    sentences.push(fill(pick(grammar.asides, random), { phrase: pick(weaker, random) }));
  }
  sentences.push(
    group.prep === null
      ? fill(pick(vocabulary.closings, random), slots)
      : fill(pick(vocabulary.preparations, random), { ...slots, phrase: group.prep.match }),
  );
  return tidy(sentences.filter((sentence) => sentence !== '').join(' '));
}

function personOf(kind: SeatKind, vocabulary: Vocabulary, random: () => number): Person {
  const name = drawName(random);
  if (kind === 'executive') return { name, title: pick(vocabulary.executives, random) };
  if (kind === 'customer') return { name, title: `Customer, ${pick(vocabulary.customers, random)}` };
  return { name, title: pick(vocabulary.colleagues, random) };
}

function fill(frame: string, slots: Slots): string {
  return frame.replace(/\{(\w+)\}/g, (_, name: string) => slots[name] ?? '');
}

function withoutSlots(frame: string): string {
  return frame.replace(/\{\w+\}/g, '·');
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function tidy(text: string): string {
  const single = text.replace(/\s+/g, ' ').trim();
  return capital(single);
}
