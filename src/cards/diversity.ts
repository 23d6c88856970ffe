import type { Card } from '../core/card.ts';

/** One dimension in which the cards of a set should differ. */
export interface DimensionDiversity {
  readonly dimension: string;
  readonly weight: number;
  /** Entropy over the logarithm of the classes that were to be had: 0 all alike, 1 evenly spread. */
  readonly diversity: number;
  /** Class → cards, the most frequent first. */
  readonly classes: readonly { readonly name: string; readonly cards: number }[];
  /** Cards that say nothing about it; they count as one class of their own. */
  readonly unknown: number;
}

export interface Diversity {
  readonly cards: number;
  /** Weighted mean of the dimensions, 0 … 1. */
  readonly score: number;
  /** The score that a set should exceed. */
  readonly wanted: number;
  readonly dimensions: readonly DimensionDiversity[];
}

/** Weights and the score wanted are those of the meeting document (003.13). */
const wanted = 0.85;

interface Dimension {
  readonly name: string;
  readonly weight: number;
  /** Classes that a set of this kind is expected to spread over, so that two evenly used classes are not full diversity. */
  readonly expected: number;
  readonly classOf: (card: Card) => string | null;
}

const dimensions: readonly Dimension[] = [
  {
    name: 'level',
    weight: 0.2,
    expected: 4,
    classOf: (card) => label(card.identity.demographics?.['level']),
  },
  {
    name: 'function',
    weight: 0.2,
    expected: 5,
    classOf: (card) => label(card.identity.demographics?.['function']),
  },
  { name: 'load', weight: 0.15, expected: 3, classOf: loadOf },
  { name: 'work_style', weight: 0.15, expected: 3, classOf: (card) => label(card.context['work_style']) },
  { name: 'career', weight: 0.15, expected: 3, classOf: (card) => label(card.context['career_stage']) },
  {
    name: 'context',
    weight: 0.15,
    expected: 4,
    classOf: (card) =>
      label(card.identity.demographics?.['industry']) ?? label(card.identity.demographics?.['company']),
  },
];

/** How varied a set of cards is: Shannon entropy per dimension over ln k, weighted. An empty set has none. */
export function diversityOf(cards: readonly Card[]): Diversity {
  const measured = dimensions.map((dimension) => measure(dimension, cards));
  const score = measured.reduce((sum, { weight, diversity }) => sum + weight * diversity, 0);
  return { cards: cards.length, score, wanted, dimensions: measured };
}

function measure({ name, weight, expected, classOf }: Dimension, cards: readonly Card[]): DimensionDiversity {
  const counts = new Map<string, number>();
  let unknown = 0;
  for (const card of cards) {
    const found = classOf(card);
    if (found === null) unknown++;
    else counts.set(found, (counts.get(found) ?? 0) + 1);
  }
  const sizes = [...counts.values(), ...(unknown > 0 ? [unknown] : [])];
  const k = Math.max(sizes.length, Math.min(expected, cards.length));
  const classes = [...counts]
    .map(([className, count]) => ({ name: className, cards: count }))
    .sort((a, b) => b.cards - a.cards || (a.name < b.name ? -1 : 1));
  return { dimension: name, weight, diversity: k > 1 ? entropy(sizes) / Math.log(k) : 0, classes, unknown };
}

function entropy(sizes: readonly number[]): number {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  return sizes.reduce((sum, size) => sum - (size / total) * Math.log(size / total), 0);
}

/** The head of what the card says, so that a remark behind it makes no class of its own: `Deep focus (mornings)` → `deep focus`. */
function label(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const head = value.split(/[,;:(–—.]/)[0] ?? '';
  const name = head
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_]+/g, ' ');
  return name === '' ? null : name;
}

/** Hours of meetings a week in steps of ten. */
function loadOf(card: Card): string | null {
  const hours = card.context['weekly_hours'];
  const range = Array.isArray(hours) ? hours : [hours];
  const numbers = range.filter((value) => typeof value === 'number');
  if (numbers.length === 0) return null;
  const middle = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  const from = Math.min(30, Math.floor(middle / 10) * 10);
  return from === 30 ? '30 hours or more' : `${from} to ${from + 10} hours`;
}
