import { mix32 } from '../lib/hash.ts';

/** Word n-grams of named benchmarks, as plain data over shared memory: crosses threads without a copy. */
export interface NgramIndex {
  /** Words of the n-grams in the index, ascending: the full length, and those of shorter texts taken whole. */
  readonly lengths: readonly number[];
  /** Open addressing, three words a slot: two of the hash, and the benchmark + 1 (0: free). */
  readonly slots: Uint32Array;
  readonly benchmarks: number;
}

/**
 * Collects the n-grams of benchmark texts: every run of `ngram` words, and a shorter text of at least `minWords` words as a
 * whole (as GPT-3's decontamination, which goes down to 8; Brown et al. 2020, appendix C). Texts below that say too little.
 * 12 bytes per n-gram while collecting, 18 to 36 in the index.
 */
export class NgramIndexBuilder {
  readonly #ngram: number;
  readonly #minWords: number;
  readonly #lengths = new Set<number>();
  readonly #sums = new PrefixSums();
  #found = new Uint32Array(3 * 1024);
  #count = 0;
  #benchmarks = 0;

  constructor(params: { readonly ngram: number; readonly minWords: number }) {
    this.#ngram = params.ngram;
    this.#minWords = params.minWords;
  }

  /** Adds one text of benchmark number `benchmark`; false where it is too short to be found. */
  add(benchmark: number, words: Uint32Array, count: number): boolean {
    this.#benchmarks = Math.max(this.#benchmarks, benchmark + 1);
    if (count < this.#minWords || count === 0) return false;
    const length = Math.min(count, this.#ngram);
    this.#lengths.add(length);
    this.#sums.set(words, 0, count);
    const hash = { high: 0, low: 0 };
    for (let at = 0; at + length <= count; at++) {
      this.#sums.hashOf(at, length, hash);
      this.#append(hash.high, hash.low, benchmark + 1);
    }
    return true;
  }

  finish(): NgramIndex {
    const size = 2 ** Math.ceil(Math.log2(Math.max(16, this.#count * 1.5)));
    const slots = new Uint32Array(new SharedArrayBuffer(size * 3 * 4));
    for (let i = 0; i < this.#count; i++) {
      const [high = 0, low = 0, owner = 0] = this.#found.subarray(i * 3, i * 3 + 3);
      insert(slots, high, low, owner);
    }
    return {
      lengths: [...this.#lengths].toSorted((a, b) => a - b),
      slots,
      benchmarks: this.#benchmarks,
    };
  }

  #append(high: number, low: number, owner: number): void {
    if ((this.#count + 1) * 3 > this.#found.length) {
      const grown = new Uint32Array(this.#found.length * 2);
      grown.set(this.#found);
      this.#found = grown;
    }
    this.#found.set([high, low, owner], this.#count * 3);
    this.#count++;
  }
}

function insert(slots: Uint32Array, high: number, low: number, owner: number): void {
  const mask = slots.length / 3 - 1;
  let slot = low & mask;
  for (let held = slots[slot * 3 + 2]; held !== 0; held = slots[slot * 3 + 2]) {
    if (held === owner && slots[slot * 3] === high >>> 0 && slots[slot * 3 + 1] === low >>> 0) return;
    slot = (slot + 1) & mask;
  }
  slots[slot * 3] = high;
  slots[slot * 3 + 1] = low;
  slots[slot * 3 + 2] = owner;
}

/** Finds which benchmarks a text shares an n-gram with. Holds 8 bytes per word of the longest text seen. */
export class NgramFinder {
  readonly #index: NgramIndex;
  readonly #sums = new PrefixSums();
  readonly #hash = { high: 0, low: 0 };

  constructor(index: NgramIndex) {
    this.#index = index;
  }

  /** Sets bit `b` of the words of `found`, from `at`, for every benchmark b that words[start, end) share an n-gram with. */
  find(words: Uint32Array, range: { start: number; end: number }, found: Uint32Array, at: number): void {
    const count = range.end - range.start;
    if (count < (this.#index.lengths[0] ?? Number.POSITIVE_INFINITY)) return;
    this.#sums.set(words, range.start, range.end);
    for (const length of this.#index.lengths)
      for (let i = 0; i + length <= count; i++) {
        this.#sums.hashOf(i, length, this.#hash);
        this.#look(found, at);
      }
  }

  #look(found: Uint32Array, at: number): void {
    const { slots } = this.#index;
    const { high, low } = this.#hash;
    const mask = slots.length / 3 - 1;
    let slot = low & mask;
    for (let owner = slots[slot * 3 + 2] ?? 0; owner !== 0; owner = slots[slot * 3 + 2] ?? 0) {
      if (slots[slot * 3] === high && slots[slot * 3 + 1] === low) {
        const word = at + ((owner - 1) >>> 5);
        found[word] = (found[word] ?? 0) | (1 << ((owner - 1) & 31));
      }
      slot = (slot + 1) & mask;
    }
  }
}

/** Two polynomial prefix sums over a text's words: the hash of any n-gram in constant time. */
class PrefixSums {
  #first = new Int32Array(4096);
  #second = new Int32Array(4096);
  readonly #powers = new Map<number, readonly [number, number]>();

  set(words: Uint32Array, start: number, end: number): void {
    const count = end - start;
    if (count >= this.#first.length) {
      this.#first = new Int32Array(count * 2);
      this.#second = new Int32Array(count * 2);
    }
    for (let i = 0; i < count; i++) {
      const word = words[start + i] ?? 0;
      this.#first[i + 1] = Math.imul(this.#first[i] ?? 0, firstBase) + word;
      this.#second[i + 1] = Math.imul(this.#second[i] ?? 0, secondBase) + (word ^ (word >>> 15));
    }
  }

  /** 64 bits of words [at, at + length), as unsigned numbers. */
  hashOf(at: number, length: number, out: { high: number; low: number }): void {
    let powers = this.#powers.get(length);
    if (!powers) {
      powers = [power(firstBase, length), power(secondBase, length)];
      this.#powers.set(length, powers);
    }
    const first = (this.#first[at + length] ?? 0) - Math.imul(this.#first[at] ?? 0, powers[0]);
    const second = (this.#second[at + length] ?? 0) - Math.imul(this.#second[at] ?? 0, powers[1]);
    out.high = mix32(first + length) >>> 0;
    out.low = mix32(second ^ Math.imul(first, 0x9e3779b1)) >>> 0;
  }
}

/** Odd, so that every word of an n-gram counts. */
const firstBase = 0x2c1b3c6d;
const secondBase = 0x297a2d39;

function power(base: number, exponent: number): number {
  let result = 1;
  for (let i = 0; i < exponent; i++) result = Math.imul(result, base);
  return result;
}
