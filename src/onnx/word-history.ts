import { categoryBit, joinHash, lookUp, phraseLexicon } from './lexicon.ts';

const phraseInner = categoryBit('phraseInner');

/** The last three words of a message, by hash; 0 stands for none. */
export class WordHistory {
  /** The last word. */
  last = 0;
  #bits = 0;
  #beforeLast = 0;
  #thirdLast = 0;

  reset(): void {
    this.last = 0;
    this.#bits = 0;
    this.#beforeLast = 0;
    this.#thirdLast = 0;
  }

  /** Remembers a word and its lexicon bits. */
  push(hash: number, bits: number): void {
    this.#thirdLast = this.#beforeLast;
    this.#beforeLast = this.last;
    this.last = hash;
    this.#bits = bits;
  }

  /** Bits of the two-, three- and four-word phrases that `hash` would end. */
  phraseBits(hash: number): number {
    if (this.last === 0 || (this.#bits & phraseInner) === 0) return 0;
    let bits = lookUp(phraseLexicon, joinHash(this.last, hash));
    if (this.#beforeLast === 0) return bits;
    const two = joinHash(this.#beforeLast, this.last);
    bits |= lookUp(phraseLexicon, joinHash(two, hash));
    if (this.#thirdLast === 0) return bits;
    const three = joinHash(joinHash(this.#thirdLast, this.#beforeLast), this.last);
    return bits | lookUp(phraseLexicon, joinHash(three, hash));
  }
}
