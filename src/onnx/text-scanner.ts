import { byteClass, byteClassCount, classOfByte, endsWord, letterOfByte } from './byte-classes.ts';
import {
  afterWideMark,
  apostropheMark,
  bucketOf,
  isDigit,
  isLetterAt,
  isSentenceEnd,
  listNumberAt,
  notMark,
  wideMark,
} from './byte-rules.ts';
import { categoryCount } from './lexicon-categories.ts';
import { fnvOffset, fnvPrime, joinHash, lookUp, wordLexicon } from './lexicon.ts';
import * as mask from './lexicon-masks.ts';
import { featureLimits, side, type Side, tally, tallyCount } from './scan-layout.ts';
import { WordHistory } from './word-history.ts';

const maximumLimit = Math.max(...featureLimits);
const sideSalt = [0x3c6ef372, 0x1b873593] as const;
const bigramSalt = 0x5bd1e995;
/**
 * One pass over UTF-8 bytes that fills hashed features and counters of one row; `reset` between rows. Holds a few KiB and
 * allocates nothing per word. Words are lower-cased ASCII letters, digits (any run of digits reads as `0`) and the bytes of
 * all non-ASCII characters except general punctuation. Fenced code feeds the features but none of the word counters.
 */
export class TextScanner {
  readonly classes = new Int32Array(2 * byteClassCount);
  readonly lexical = new Int32Array(2 * categoryCount);
  readonly tallies = new Int32Array(2 * tallyCount);
  readonly features = [new Int32Array(maximumLimit), new Int32Array(maximumLimit)] as const;
  readonly featureCounts = new Int32Array(2);

  #bytes: Uint8Array = Buffer.alloc(0);
  #end = 0;
  #side: Side = 0;
  #isLaterTurn = false;
  #inCode = false;
  #lineStart = true;
  #isFirstWordOfLine = true;
  #clauseStart = true;
  readonly #history = new WordHistory();
  #words = 0;
  #wordBytes = 0;
  #longWords = 0;
  #featureCount = 0;
  #featureLimit = 0;
  #featureSalt = 0;
  #sideFeatures = this.features[0];
  #wordsInSentence = 0;
  #isFirstSentence = true;
  #expectedNumber = 1;
  #lastVisible = 0;

  reset(): void {
    this.classes.fill(0);
    this.lexical.fill(0);
    this.tallies.fill(0);
    this.featureCounts.fill(0);
    this.#isFirstSentence = true;
    this.#expectedNumber = 1;
  }

  /** Reads `bytes[start, end)` as one message of `speaker`. */
  scan(bytes: Uint8Array, start: number, end: number, speaker: Side): void {
    const at = speaker * tallyCount;
    const tallies = this.tallies;
    this.#bytes = bytes;
    this.#end = end;
    this.#side = speaker;
    this.#isLaterTurn = (tallies[at + tally.segments] ?? 0) > 0;
    this.#inCode = false;
    this.#history.reset();
    this.#words = 0;
    this.#wordBytes = 0;
    this.#longWords = 0;
    this.#featureCount = this.featureCounts[speaker] ?? 0;
    this.#featureLimit = featureLimits[speaker];
    this.#featureSalt = sideSalt[speaker];
    this.#sideFeatures = this.features[speaker];
    this.#lastVisible = 0;
    this.#wordsInSentence = 0;
    if (speaker === side.assistant && !this.#isLaterTurn) {
      const first = bytes[start];
      if (end > start && (first === 0x7b || first === 0x5b)) tallies[at + tally.startsAsData] = 1;
    }
    tallies[at + tally.segments] = (tallies[at + tally.segments] ?? 0) + 1;
    tallies[at + tally.bytes] = (tallies[at + tally.bytes] ?? 0) + end - start;
    this.#walk(start);
    this.featureCounts[speaker] = this.#featureCount;
    this.#add(tally.words, this.#words);
    this.#add(tally.wordBytes, this.#wordBytes);
    this.#add(tally.longWords, this.#longWords);
    this.#endSentence(this.#lastVisible === byteClass.question);
    tallies[at + tally.endsAsQuestion] = this.#lastVisible === byteClass.question ? 1 : 0;
  }

  #walk(start: number): void {
    const bytes = this.#bytes;
    const end = this.#end;
    const classes = this.classes;
    const classBase = this.#side * byteClassCount;
    let i = start;
    this.#lineStart = true;
    this.#clauseStart = true;
    while (i < end) {
      if (this.#lineStart) {
        i = this.#beginLine(i);
        if (i >= end) return;
      }
      const byte = bytes[i] as number;
      if (byte === 0x20) {
        i++;
        continue;
      }
      const kind = classOfByte[byte] as number;
      if (kind >= byteClass.lower && kind <= byteClass.high) {
        i = this.#readWord(i);
        continue;
      }
      classes[classBase + kind] = (classes[classBase + kind] ?? 0) + 1;
      i++;
      if (kind === byteClass.space) continue;
      if (kind === byteClass.newline) {
        this.#lineStart = true;
        this.#clauseStart = true;
        continue;
      }
      this.#lastVisible = kind;
      if (kind >= byteClass.period && kind <= byteClass.semicolon) {
        this.#clauseStart = true;
        if (kind <= byteClass.exclamation && isSentenceEnd(bytes, i, end))
          this.#endSentence(kind === byteClass.question);
      } else if (kind === byteClass.dash || kind === byteClass.star || kind === byteClass.parenthesis)
        this.#clauseStart = true;
    }
  }

  /** Skips indentation and a list marker, notes fences and headings; returns where the words of the line begin. */
  #beginLine(start: number): number {
    const bytes = this.#bytes;
    const end = this.#end;
    this.#lineStart = false;
    this.#isFirstWordOfLine = true;
    let i = start;
    while (i < end && (bytes[i] === 0x20 || bytes[i] === 0x09)) i++;
    const byte = bytes[i] ?? 0;
    if (byte === 0x60 && bytes[i + 1] === 0x60 && bytes[i + 2] === 0x60 && i + 2 < end) {
      this.#toggleCode();
      return i + 3;
    }
    if (this.#inCode || i >= end) return i;
    if (byte === 0x0a) this.#endSentence(this.#lastVisible === byteClass.question);
    else if (byte >= 0x30 && byte <= 0x39) this.#noteNumber(i);
    else if (byte === 0x23) this.#noteBlock(tally.headings);
    else if ((byte === 0x2d || byte === 0x2a) && bytes[i + 1] === 0x20) this.#noteBlock(tally.bullets);
    else if (byte === 0xe2 && bytes[i + 1] === 0x80 && bytes[i + 2] === 0xa2) this.#noteBlock(tally.bullets);
    return i;
  }

  /** A list item or heading ends the sentence before it. */
  #noteBlock(name: number): void {
    this.#endSentence(false);
    this.#add(name, 1);
  }

  #toggleCode(): void {
    if (!this.#inCode) this.#add(tally.codeFences, 1);
    this.#inCode = !this.#inCode;
    this.#endSentence(false);
  }

  /** `1.` `2)` at the start of a line: counts the line and the longest run 1, 2, 3 … */
  #noteNumber(start: number): void {
    const value = listNumberAt(this.#bytes, start, this.#end);
    if (value < 0) return;
    this.#noteBlock(tally.numberedLines);
    if (value === 1) this.#expectedNumber = 1;
    if (value !== this.#expectedNumber) return;
    const at = this.#side * tallyCount + tally.numberedRun;
    this.tallies[at] = Math.max(this.tallies[at] ?? 0, value);
    this.#expectedNumber = value + 1;
  }

  /** Nearly all words are letters up to a byte that no word can hold; the others are read again, byte by byte. */
  #readWord(start: number): number {
    const bytes = this.#bytes;
    const end = this.#end;
    let hash = fnvOffset;
    let upper = 0;
    let i = start;
    while (i < end) {
      const byte = bytes[i] as number;
      const letter = letterOfByte[byte] as number;
      if (letter === 0) break;
      hash = Math.imul(hash ^ letter, fnvPrime);
      upper += (letter ^ byte) >> 5; // lower-casing sets bit 5; counted without a branch
      i++;
    }
    if (i === start || (i < end && endsWord[bytes[i] as number] === 0)) return this.#readMixedWord(start);
    this.#endWord(start, i, hash, upper, 0, 0);
    return i;
  }

  /** Reads the word at `start` and returns its end, or `start` when the bytes there are punctuation after all. */
  #readMixedWord(start: number): number {
    const bytes = this.#bytes;
    const end = this.#end;
    let hash = fnvOffset;
    let i = start;
    let upper = 0;
    let digits = 0;
    let high = 0;
    for (;;) {
      for (; i < end; i++) {
        const byte = bytes[i] as number;
        const letter = letterOfByte[byte] as number;
        if (letter === 0) break;
        hash = Math.imul(hash ^ letter, fnvPrime);
        upper += (letter ^ byte) >> 5; // lower-casing sets bit 5; counted without a branch
      }
      if (i >= end) break;
      const byte = bytes[i] as number;
      if (byte >= 0x80) {
        const wide = wideMark(bytes, i, end);
        if (wide === notMark) {
          hash = Math.imul(hash ^ byte, fnvPrime);
          high++;
          i++;
        } else if (wide === apostropheMark && i > start && isLetterAt(bytes, i + 3, end)) {
          hash = Math.imul(hash ^ 0x27, fnvPrime);
          i += 3;
        } else break;
      } else if (byte === 0x27) {
        if (i === start || !isLetterAt(bytes, i + 1, end)) break;
        hash = Math.imul(hash ^ 0x27, fnvPrime);
        i++;
      } else if (byte >= 0x30 && byte <= 0x39) {
        hash = Math.imul(hash ^ 0x30, fnvPrime);
        const from = i;
        while (i < end && isDigit(bytes[i] as number)) i++;
        digits += i - from;
      } else break;
    }
    if (i === start) return afterWideMark(bytes, i, end);
    this.#endWord(start, i, hash, upper, digits, high);
    return i;
  }

  #endWord(start: number, end: number, hash: number, upper: number, digits: number, high: number): void {
    this.#lastVisible = byteClass.lower;
    if ((upper | digits | high) !== 0) this.#countBytes(upper, digits, high);
    const bits = lookUp(wordLexicon, hash);
    if ((bits & mask.roleLabel) !== 0 && this.#bytes[end] === 0x3a && this.#isFirstWordOfLine) {
      this.#add(tally.turnMarkers, 1);
      this.#history.last = 0;
      return;
    }
    this.#isFirstWordOfLine = false;
    if (this.#featureCount + 2 <= this.#featureLimit) this.#keepFeature(hash);
    if (this.#inCode) {
      this.#add(tally.codeBytes, end - start);
      this.#history.last = hash;
      return;
    }
    this.#words++;
    this.#wordBytes += end - start;
    if (end - start > 8) this.#longWords++;
    const isCapital = upper === 1 && classOfByte[this.#bytes[start] ?? 0] === byteClass.upper;
    if (isCapital && this.#wordsInSentence > 0) this.#add(tally.capitalised, 1);
    this.#wordsInSentence++;
    // "May" inside a sentence is the month, not a hedge.
    if ((bits & mask.counted) !== 0 && !(hash === mask.mayHash && isCapital && this.#wordsInSentence > 1))
      this.#count(bits & mask.counted, hash);
    this.#history.push(hash, bits);
    this.#clauseStart = false;
  }

  #countBytes(upper: number, digits: number, high: number): void {
    const { classes } = this;
    const base = this.#side * byteClassCount;
    classes[base + byteClass.upper] = (classes[base + byteClass.upper] ?? 0) + upper;
    classes[base + byteClass.digit] = (classes[base + byteClass.digit] ?? 0) + digits;
    classes[base + byteClass.high] = (classes[base + byteClass.high] ?? 0) + high;
  }

  #keepFeature(hash: number): void {
    const features = this.#sideFeatures;
    const salt = this.#featureSalt;
    features[this.#featureCount++] = bucketOf(hash, salt);
    if (this.#history.last !== 0)
      features[this.#featureCount++] = bucketOf(joinHash(this.#history.last, hash), salt ^ bigramSalt);
  }

  #count(wordBits: number, hash: number): void {
    let bits = this.#clauseStart ? wordBits : wordBits & ~mask.clauseOnly;
    if ((bits & mask.phraseEnd) !== 0) bits = this.#history.phraseBits(hash) | (bits & ~mask.phraseEnd);
    if (bits === 0) return;
    if (this.#side === side.assistant && this.#isFirstSentence) {
      if ((bits & mask.hedge) !== 0) this.#add(tally.firstSentenceHedges, 1);
      if ((bits & mask.deferral) !== 0 && this.#wordsInSentence <= 3)
        this.#add(tally.firstSentenceDeferral, 1);
    }
    if (this.#isLaterTurn && (bits & mask.backReference) !== 0) this.#add(tally.laterBackReferences, 1);
    const base = this.#side * categoryCount;
    while (bits !== 0) {
      const place = base + 31 - Math.clz32(bits & -bits);
      this.lexical[place] = (this.lexical[place] ?? 0) + 1;
      bits &= bits - 1;
    }
  }

  #endSentence(isQuestion: boolean): void {
    if (this.#wordsInSentence === 0 || this.#inCode) return;
    this.#add(tally.sentences, 1);
    if (isQuestion) this.#add(tally.questions, 1);
    if (this.#side === side.assistant && this.#isFirstSentence) {
      this.#isFirstSentence = false;
      if (isQuestion) this.#add(tally.firstSentenceQuestion, 1);
      this.#add(tally.firstSentenceWords, this.#wordsInSentence);
    }
    this.#wordsInSentence = 0;
  }

  #add(name: number, amount: number): void {
    const at = this.#side * tallyCount + name;
    this.tallies[at] = (this.tallies[at] ?? 0) + amount;
  }
}
