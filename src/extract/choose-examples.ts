import { cutWhole } from '../lib/pii/cut-whole.ts';
import { proseOf, sentencesOf } from './words.ts';

/** A message that could show what a persona is like. */
export interface ExampleCandidate {
  readonly id: string;
  readonly text: string;
  readonly context: string | null;
  /** To the centroid of its cluster. */
  readonly distance: number;
}

const shortest = 40;
const longest = 400;

/**
 * The message, or the sentences it begins with where it is longer than `longest`; null where that is too short to show anything.
 * Code is left out of a beginning: half of it says nothing.
 */
export function excerptOf(text: string): string | null {
  if (text.length <= longest) return text.length < shortest ? null : text;
  let excerpt = '';
  for (const sentence of sentencesOf(proseOf(cutWhole(text, longest * 4)))) {
    if (excerpt.length + sentence.length + 1 > longest) break;
    excerpt += `${excerpt === '' ? '' : ' '}${sentence}`;
  }
  return excerpt.length < shortest ? null : `${excerpt} …`;
}

/** Keeps the most typical messages, or how they begin, of which `isPrivate` finds nothing to hide; holds `most` of them. */
export function createExamplePicker(most: number, isPrivate: (text: string) => boolean) {
  const kept: ExampleCandidate[] = [];
  const texts = new Set<string>();
  return {
    offer(candidate: ExampleCandidate): void {
      const last = kept.at(-1);
      if (kept.length === most && last && byDistance(candidate, last) >= 0) return;
      const text = excerptOf(candidate.text);
      if (text === null || texts.has(text)) return;
      if (isPrivate(text) || (candidate.context !== null && isPrivate(candidate.context))) return;
      texts.add(text);
      kept.push({ ...candidate, text });
      kept.sort(byDistance);
      if (kept.length > most) texts.delete(kept.pop()?.text ?? '');
    },
    get examples(): readonly ExampleCandidate[] {
      return [...kept];
    },
  };
}

function byDistance(a: ExampleCandidate, b: ExampleCandidate): number {
  return a.distance - b.distance || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
