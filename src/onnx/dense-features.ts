import { byteClass, byteClassCount } from './byte-classes.ts';
import { mostlyCopied } from './copied-lines.ts';
import { categories, type Category, categoryCount } from './lexicon-categories.ts';
import { side, type Side, tally, tallyCount } from './scan-layout.ts';
import type { ScanViews } from './text-scanner.ts';

export const assistantClasses = [
  byteClass.upper,
  byteClass.digit,
  byteClass.high,
  byteClass.newline,
  byteClass.period,
  byteClass.question,
  byteClass.exclamation,
  byteClass.comma,
  byteClass.colon,
  byteClass.semicolon,
  byteClass.brace,
  byteClass.parenthesis,
  byteClass.bracket,
  byteClass.comparison,
  byteClass.quote,
  byteClass.backtick,
  byteClass.dash,
  byteClass.star,
  byteClass.slash,
  byteClass.underscore,
  byteClass.pipe,
  byteClass.symbol,
] as const;
export const userClasses = [
  byteClass.upper,
  byteClass.digit,
  byteClass.newline,
  byteClass.question,
  byteClass.comma,
  byteClass.semicolon,
  byteClass.brace,
  byteClass.parenthesis,
  byteClass.bracket,
  byteClass.comparison,
  byteClass.quote,
  byteClass.backtick,
  byteClass.slash,
  byteClass.underscore,
  byteClass.symbol,
] as const;
export const assistantCategories: readonly Category[] = [
  'hedge',
  'contraction',
  'slang',
  'connective',
  'contrast',
  'orderFirst',
  'orderMiddle',
  'option',
  'optionNoun',
  'secondPerson',
  'firstPerson',
  'validation',
  'sensory',
  'simile',
  'technical',
  'positive',
  'negative',
  'reason',
  'refusal',
  'narrative',
  'deferral',
];
export const userCategories: readonly Category[] = [
  'firstPerson',
  'secondPerson',
  'technical',
  'negative',
  'positive',
  'slang',
  'narrative',
];

const sharedCount = 12;
const conversationCount = 12;
const assistantBase = 0;
const userBase = sharedCount + assistantClasses.length + assistantCategories.length;
const conversationBase = userBase + sharedCount + userClasses.length + userCategories.length;

/** Structural features a row: lengths, punctuation shares, lexicon rates of both sides, and the shape of the conversation. */
export const denseCount = conversationBase + conversationCount;

/** What the scan of the two sides does not see. */
export interface RowShape {
  readonly systemBytes: number;
  readonly toolBytes: number;
  readonly toolCalls: number;
  /** See `copiedShare`. */
  readonly copiedShare: number;
}

/** Writes `denseCount` numbers, nearly all in [0, 1], to `out[at …]`. */
export function writeDense(
  views: ScanViews,
  row: RowShape,
  out: Float32Array,
  at: number,
): { readonly user: number; readonly backReferences: number } {
  writeSide(views, side.assistant, assistantClasses, assistantCategories, out, at + assistantBase);
  writeSide(views, side.user, userClasses, userCategories, out, at + userBase);
  const { tallies } = views;
  const user = tallyCount * side.user;
  const assistantTurns = tallies[tally.segments] ?? 0;
  const userTurns = tallies[user + tally.segments] ?? 0;
  // A history given as text has two labelled lines (user and assistant) to a turn.
  const markers = (tallies[user + tally.turnMarkers] ?? 0) + (tallies[tally.turnMarkers] ?? 0);
  const turns = userTurns + (markers >> 1);
  const backReferences = tallies[user + tally.laterBackReferences] ?? 0;
  let i = at + conversationBase;
  out[i++] = Math.min(1, Math.log1p(turns) / 3);
  out[i++] = Math.min(1, Math.log1p(assistantTurns) / 3);
  out[i++] = Math.min(1, Math.log1p(markers) / 3);
  out[i++] = turns >= 3 ? 1 : 0;
  out[i++] = Math.min(1, Math.log1p(backReferences) / 3);
  out[i++] = row.systemBytes > 0 ? Math.min(1, Math.log1p(row.systemBytes) / 8) : 0;
  out[i++] = row.toolBytes > 0 ? 1 : 0;
  out[i++] = row.toolCalls;
  out[i++] = (tallies[tally.bytes] ?? 0) === 0 ? 1 : 0;
  out[i++] = (tallies[user + tally.bytes] ?? 0) === 0 ? 1 : 0;
  out[i++] = row.copiedShare;
  out[i++] = row.copiedShare >= mostlyCopied ? 1 : 0;
  return { user: userTurns, backReferences };
}

function writeSide(
  views: ScanViews,
  speaker: Side,
  classNames: readonly number[],
  categoryNames: readonly Category[],
  out: Float32Array,
  at: number,
): void {
  const { tallies, classes, lexical } = views;
  const base = speaker * tallyCount;
  const bytes = tallies[base + tally.bytes] ?? 0;
  const words = tallies[base + tally.words] ?? 0;
  const sentences = tallies[base + tally.sentences] ?? 0;
  let i = at;
  out[i++] = Math.log1p(bytes) / 9;
  out[i++] = Math.log1p(words) / 7;
  out[i++] = words === 0 ? 0 : Math.min(1, (tallies[base + tally.wordBytes] ?? 0) / words / 10);
  out[i++] = sentences === 0 ? 0 : Math.min(1, words / sentences / 40);
  out[i++] = sentences === 0 ? 0 : (tallies[base + tally.questions] ?? 0) / sentences;
  out[i++] = Math.min(
    1,
    Math.log1p((tallies[base + tally.bullets] ?? 0) + (tallies[base + tally.headings] ?? 0)) / 3,
  );
  out[i++] = Math.min(1, Math.log1p(tallies[base + tally.numberedLines] ?? 0) / 3);
  out[i++] = (tallies[base + tally.codeFences] ?? 0) > 0 ? 1 : 0;
  out[i++] = tallies[base + tally.startsAsData] ?? 0;
  out[i++] = tallies[base + tally.endsAsQuestion] ?? 0;
  out[i++] = words === 0 ? 0 : Math.min(1, ((tallies[base + tally.capitalised] ?? 0) / words) * 4);
  out[i++] = words === 0 ? 0 : Math.min(1, ((tallies[base + tally.longWords] ?? 0) / words) * 4);
  const perByte = 20 / Math.max(20, bytes);
  const classBase = speaker * byteClassCount;
  for (const name of classNames) out[i++] = Math.min(1, (classes[classBase + name] ?? 0) * perByte);
  const perWord = 20 / Math.max(20, words);
  const lexicalBase = speaker * categoryCount;
  for (const name of categoryNames) {
    const loose = name === 'technical' ? (lexical[lexicalBase + categories.technicalLoose] ?? 0) : 0;
    out[i++] = Math.min(1, ((lexical[lexicalBase + categories[name]] ?? 0) + loose) * perWord);
  }
}
