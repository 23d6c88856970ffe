import { mix32 } from './hash.ts';
import { WordHashes } from './word-hashes.ts';

/** Texts that came before, to be compared with by the Jaccard similarity of their word n-grams; exact, for thousands of texts. */
export interface NearIndex {
  /** The most similar text so far, the first of equals; null where none shares an n-gram. */
  nearest(text: string): { readonly id: string; readonly similarity: number } | null;
  add(id: string, text: string): void;
}

/** Memory: about 30 bytes a word. A text shorter than `ngram` words is one n-gram. */
export function createNearIndex(ngram = 5): NearIndex {
  const words = new WordHashes();
  const ids: string[] = [];
  const sizes: number[] = [];
  const holders = new Map<number, number[]>();
  const shinglesOf = (text: string): Set<number> => {
    words.clear();
    words.add(text);
    const shingles = new Set<number>();
    const last = Math.max(1, words.count - ngram + 1);
    for (let start = 0; start < last; start++) {
      let hash = 0;
      const end = Math.min(words.count, start + ngram);
      for (let i = start; i < end; i++) hash = mix32(Math.imul(hash, 31) ^ (words.hashes[i] ?? 0));
      shingles.add(hash);
    }
    return shingles;
  };
  return {
    nearest(text) {
      const shingles = shinglesOf(text);
      const shared = new Map<number, number>();
      for (const shingle of shingles) {
        for (const holder of holders.get(shingle) ?? []) shared.set(holder, (shared.get(holder) ?? 0) + 1);
      }
      let best: { id: string; similarity: number } | null = null;
      for (const [holder, count] of [...shared].toSorted(([a], [b]) => a - b)) {
        const similarity = count / (shingles.size + (sizes[holder] ?? 0) - count);
        if (!best || similarity > best.similarity) best = { id: ids[holder] ?? '', similarity };
      }
      return best;
    },
    add(id, text) {
      const shingles = shinglesOf(text);
      const holder = ids.push(id) - 1;
      sizes.push(shingles.size);
      for (const shingle of shingles) {
        const list = holders.get(shingle);
        if (list) list.push(holder);
        else holders.set(shingle, [holder]);
      }
    },
  };
}
