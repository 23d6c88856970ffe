import { gzipSync } from 'node:zlib';

import type { Words } from './distinct.ts';

/** How many times smaller gzip makes all texts together: 1 is noise, above 4 much is said again (Shaib et al. 2024). */
export function compressionRatio(texts: readonly string[]): number | null {
  const bytes = Buffer.from(texts.join('\n'));
  return bytes.length === 0 ? null : bytes.length / gzipSync(bytes, { level: 9 }).length;
}

/**
 * Mean over the texts of ln(1 + how many of its n-grams stand in another text too) (Salkar et al. 2022; n = 4 there). 0: nothing
 * long is said twice. Grows with the length of the texts: compare sets of the same kind.
 */
export function selfRepetition(texts: readonly Words[], n = 4): number | null {
  if (texts.length === 0) return null;
  const shared = sharedNgrams(texts, n);
  const sum = texts.reduce((total, words) => {
    const own = ngramsOf(words, n);
    return total + Math.log1p(own.filter((gram) => shared.has(gram)).length);
  }, 0);
  return sum / texts.length;
}

/** Share of the n-grams of all texts that stand in more than one text; long ones (n = 8) are whole sentences said again. */
export function sharedShare(texts: readonly Words[], n: number): number | null {
  const shared = sharedNgrams(texts, n);
  const all = texts.flatMap((words) => ngramsOf(words, n));
  return all.length === 0 ? null : all.filter((gram) => shared.has(gram)).length / all.length;
}

function sharedNgrams(texts: readonly Words[], n: number): Set<string> {
  const firstIn = new Map<string, number>();
  const shared = new Set<string>();
  for (const [index, words] of texts.entries())
    for (const gram of ngramsOf(words, n)) {
      const first = firstIn.get(gram);
      if (first === undefined) firstIn.set(gram, index);
      else if (first !== index) shared.add(gram);
    }
  return shared;
}

export function ngramsOf(words: Words, n: number): string[] {
  return Array.from({ length: Math.max(0, words.length - n + 1) }, (_, i) => words.slice(i, i + n).join(' '));
}
