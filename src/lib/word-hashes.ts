import { mix32 } from './hash.ts';

/**
 * The words of texts as 32-bit hashes, for comparisons that ignore case, punctuation and spacing. A word is a run of letters,
 * digits and combining marks (Unicode L, N, M) in lower case; in scripts written without spaces (Han, kana, Thai, Lao, Khmer,
 * Burmese) every character is a word of its own. Everything else, characters beyond the basic plane included, only separates.
 * 4 bytes a word; keeps its buffer between rows. About 2 ns a character.
 */
export class WordHashes {
  /** Valid up to `count`, until the next `add`. */
  hashes = new Uint32Array(4096);
  count = 0;

  clear(): void {
    this.count = 0;
  }

  /** Appends the words of `text`. */
  add(text: string): void {
    const kinds = wordKinds();
    const lower = text.toLowerCase();
    this.#reserve(lower.length);
    const { hashes } = this;
    let count = this.count;
    let hash = emptyHash;
    let length = 0;
    for (let i = 0; i < lower.length; i++) {
      const code = lower.charCodeAt(i);
      const kind = kinds[code] ?? separator;
      if (kind === letter) {
        hash = Math.imul(hash ^ code, fnvPrime);
        length++;
        continue;
      }
      if (length > 0) hashes[count++] = mix32(hash);
      if (kind === wholeWord) hashes[count++] = mix32(Math.imul(emptyHash ^ code, fnvPrime));
      hash = emptyHash;
      length = 0;
    }
    if (length > 0) hashes[count++] = mix32(hash);
    this.count = count;
  }

  /** A text has at most as many words as UTF-16 units. */
  #reserve(more: number): void {
    if (this.count + more <= this.hashes.length) return;
    const grown = new Uint32Array(Math.max(this.hashes.length * 2, this.count + more));
    grown.set(this.hashes.subarray(0, this.count));
    this.hashes = grown;
  }
}

/** FNV-1a, 32 bits, over UTF-16 units (Fowler, Noll, Vo); the finaliser of `mix32` makes up for its weak high bits. */
const emptyHash = 0x811c9dc5;
const fnvPrime = 0x01000193;

const separator = 0;
const letter = 1;
const wholeWord = 2;

let kindsOfUnits: Uint8Array | undefined;

/** What each UTF-16 unit is; 64 KiB, made once a thread in about 10 ms. */
function wordKinds(): Uint8Array {
  if (kindsOfUnits) return kindsOfUnits;
  const kinds = new Uint8Array(1 << 16);
  const isWordPart = /[\p{L}\p{N}\p{M}]/u;
  const standsAlone =
    /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
  for (let code = 0; code < kinds.length; code++) {
    const character = String.fromCharCode(code);
    if (isWordPart.test(character)) kinds[code] = standsAlone.test(character) ? wholeWord : letter;
  }
  kindsOfUnits = kinds;
  return kinds;
}
