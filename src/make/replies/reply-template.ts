import { countWords, type Reply } from './check-reply.ts';
import type { Exemplar } from './exemplar.ts';
import type { ReplyLibrary } from './library.ts';

/** What the grammar makes a row from. */
export interface TemplateParts {
  /** Of the persona. */
  readonly exemplars: readonly Exemplar[];
  readonly traits: readonly string[];
  readonly library: ReplyLibrary;
  /** Number of the row in its cell: rows of different numbers combine different exemplars for as long as there are any. */
  readonly index: number;
  /** Sentences that show each trait; more of them when the taggers did not see it. */
  readonly strength: number;
}

/**
 * A row without a model: exemplars of the persona, asked together and answered one after the other, between sentences that
 * show the traits. Two different combinations share one exemplar at most, so they are no near-duplicates. n exemplars give
 * n·(n−1)/2 rows before combinations come again.
 */
export function templateReply(parts: TemplateParts, random: () => number): Reply {
  const isBrief = parts.traits.includes('brief');
  const [opening, closing] = [traitSentences(parts, 'open', random), traitSentences(parts, 'close', random)];
  const roomWords = isBrief ? briefEnough - countWords([...opening, ...closing].join(' ')) : Infinity;
  const chosen = chooseExemplars(parts, roomWords);
  const answers = chosen.map(({ answer }, at) => (at === 0 ? answer : `${pick(bridges, random)}${answer}`));
  const instruction = chosen
    .map((exemplar, at) =>
      at === 0 ? exemplar.instruction : `${pick(joiners, random)}${exemplar.instruction}`,
    )
    .join('\n\n');
  return {
    instruction: `${pick(greetings, random)}${instruction}`,
    answer: [...opening, ...answers, ...closing].join(isBrief ? ' ' : '\n\n'),
  };
}

/** Two exemplars, or one where two have no room; for `detailed` as many as it takes. */
function chooseExemplars({ exemplars, traits, index }: TemplateParts, roomWords: number): Exemplar[] {
  const pairs = exemplars.filter(({ answer }) => 2 * countWords(answer) + bridgeWords <= roomWords);
  const isPaired = pairs.length > 1;
  const usable = isPaired ? pairs : exemplars.filter(({ answer }) => countWords(answer) <= roomWords);
  const size = usable.length;
  const first = index % Math.max(1, size);
  const stride = 1 + (Math.floor(index / Math.max(1, size)) % Math.max(1, Math.floor((size - 1) / 2)));
  const isDetailed = traits.includes('detailed');
  const chosen: Exemplar[] = [];
  let words = 0;
  for (let at = 0; at < size; at++) {
    const exemplar = usable[(first + at * stride) % size];
    if (!exemplar || chosen.includes(exemplar)) break;
    chosen.push(exemplar);
    words += countWords(exemplar.answer);
    if (isDetailed ? words >= detailedEnough : chosen.length === (isPaired ? 2 : 1)) break;
  }
  return chosen;
}

/** The definition asks for fewer than 100. */
const briefEnough = 98;
/** Of the longest of `bridges`. */
const bridgeWords = 5;

/** The definition asks for 300. */
const detailedEnough = 310;

function traitSentences(parts: TemplateParts, kind: 'open' | 'close', random: () => number): string[] {
  const { traits, library } = parts;
  const strength = traits.includes('brief') ? 1 : parts.strength;
  return traits.flatMap((trait) => {
    const sentences = library.traits[trait]?.[kind] ?? [];
    return sentences.length === 0 ? [] : pickSome(sentences, Math.min(strength, sentences.length), random);
  });
}

function pickSome(list: readonly string[], count: number, random: () => number): string[] {
  const left = [...list];
  return Array.from({ length: count }, () => left.splice(Math.floor(random() * left.length), 1)[0] ?? '');
}

function pick(list: readonly string[], random: () => number): string {
  return list[Math.floor(random() * list.length)] ?? '';
}

const greetings = [
  '',
  '',
  '',
  'Hello. ',
  'Hi there, ',
  'Two things today. ',
  'Quick one, then another: ',
  'Good evening. ',
];
const joiners = [
  'And then: ',
  'Also, ',
  'One more: ',
  'Another thing. ',
  'While I have you: ',
  '',
  'Second: ',
  'P.S. ',
];
const bridges = ['', '', 'As for the second: ', 'And the other one: ', 'Then: ', 'On to the next. '];
