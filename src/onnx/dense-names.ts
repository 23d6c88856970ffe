import { byteClass } from './byte-classes.ts';
import { assistantCategories, assistantClasses, userCategories, userClasses } from './dense-features.ts';

/** Name of a structural feature, and whether a row can be without it: lengths and means are never absent. */
export interface DenseName {
  readonly side: 'assistant' | 'user' | 'conversation';
  readonly name: string;
  readonly canBeAbsent: boolean;
}

const measures = ['length in bytes', 'length in words', 'word length', 'sentence length'];
const shared = [
  'questions',
  'list items and headings',
  'numbered lines',
  'code fences',
  'starts as data',
  'ends as question',
  'capitalised words',
  'long words',
];
const conversation = [
  'number of turns',
  'assistant turns',
  'turns quoted as text',
  'three turns or more',
  'references to earlier turns',
  'system message',
  'tool results',
  'tool calls',
  'no assistant text',
  'no user text',
  'lines copied from the request',
  'mostly the request again',
];

const irregular: Readonly<Record<string, string>> = {
  upper: 'capital letters',
  high: 'non-ASCII letters',
  newline: 'line breaks',
  question: 'question marks',
  exclamation: 'exclamation marks',
  quote: 'quotation marks',
  parenthesis: 'parentheses',
  comparison: 'comparison signs',
  dash: 'dashes',
  slash: 'slashes',
  symbol: '$ % @ +',
};

const classNames = new Map<number, string>(
  Object.entries(byteClass).map(([name, value]) => [value, plural(name)]),
);

/** One per structural feature, in the order of `writeDense`. */
export const denseNames: readonly DenseName[] = [
  ...sideNames('assistant', assistantClasses, assistantCategories),
  ...sideNames('user', userClasses, userCategories),
  ...conversation.map((name): DenseName => ({ side: 'conversation', name, canBeAbsent: true })),
];

function sideNames(
  side: 'assistant' | 'user',
  classes: readonly number[],
  categories: readonly string[],
): DenseName[] {
  return [
    ...measures.map((name) => ({ side, name, canBeAbsent: false })),
    ...shared.map((name) => ({ side, name, canBeAbsent: true })),
    ...classes.map((value) => ({ side, name: classNames.get(value) ?? '', canBeAbsent: true })),
    ...categories.map((name) => ({ side, name: `${spaced(name)} words`, canBeAbsent: true })),
  ];
}

function plural(name: string): string {
  return irregular[name] ?? `${name}s`;
}

/** `secondPerson` reads `second person`. */
function spaced(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
