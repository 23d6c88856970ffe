// AssemblyScript: compiled to src/onnx/scanner-wasm.ts by `npm run kernel`. The names in capitals are the numbers of
// byte-classes, lexicon-categories, scan-layout and scan-memory, written by scripts/build-kernel.ts.
//
// One pass over UTF-8 bytes that fills hashed features and counters of one row; `reset` between rows. Words are lower-cased
// ASCII letters, digits (any run of digits reads as `0`) and the bytes of all non-ASCII characters except general punctuation.
// Fenced code feeds the features but none of the word counters.
import * as at from './constants';

const FNV_OFFSET: i32 = 0x811c9dc5;
const FNV_PRIME: i32 = 0x01000193;

let side: i32 = 0;
let end: i32 = 0;
let isLaterTurn = false;
let inCode = false;
let lineStart = false;
let isFirstWordOfLine = false;
let clauseStart = false;
let wordsInSentence: i32 = 0;
let isFirstSentence = true;
let expectedNumber: i32 = 1;
let lastVisible: i32 = 0;
let words: i32 = 0;
let wordBytes: i32 = 0;
let longWords: i32 = 0;
let upperLetters: i32 = 0;
let featuresAt: i32 = 0;
let featureCount: i32 = 0;
let featureLimit: i32 = 0;
let featureSalt: i32 = 0;

// The last three words of the message by hash, 0 for none, and the lexicon bits of the last.
let last: i32 = 0;
let lastBits: i32 = 0;
let beforeLast: i32 = 0;
let thirdLast: i32 = 0;

export function reset(): void {
  memory.fill(0, 0, at.COUNTERS_END);
  isFirstSentence = true;
}

/** Reads the bytes [start, stop) of the memory as one message of `speaker` (0 assistant, 1 user). */
export function scan(start: i32, stop: i32, speaker: i32): void {
  side = speaker;
  end = stop;
  isLaterTurn = tally(at.TALLY_SEGMENTS) > 0;
  inCode = false;
  expectedNumber = 1;
  last = lastBits = beforeLast = thirdLast = 0;
  words = wordBytes = longWords = upperLetters = 0;
  wordsInSentence = lastVisible = 0;
  featuresAt = speaker == 0 ? at.ASSISTANT_FEATURES : at.USER_FEATURES;
  featureLimit = speaker == 0 ? at.ASSISTANT_LIMIT : at.USER_LIMIT;
  featureSalt = speaker == 0 ? 0x3c6ef372 : 0x1b873593;
  featureCount = load<i32>(at.FEATURE_COUNTS + (speaker << 2));
  if (speaker == 0 && !isLaterTurn && stop > start) {
    const first = load<u8>(start);
    if (first == 0x7b || first == 0x5b) add(at.TALLY_STARTS_AS_DATA, 1);
  }
  add(at.TALLY_SEGMENTS, 1);
  add(at.TALLY_BYTES, stop - start);
  walk(start);
  store<i32>(at.FEATURE_COUNTS + (speaker << 2), featureCount);
  add(at.TALLY_WORDS, words);
  add(at.TALLY_WORD_BYTES, wordBytes);
  add(at.TALLY_LONG_WORDS, longWords);
  countClass(at.CLASS_UPPER, upperLetters);
  const isQuestion = lastVisible == at.CLASS_QUESTION;
  endSentence(isQuestion);
  store<i32>(tallyPlace(at.TALLY_ENDS_AS_QUESTION), i32(isQuestion));
}

function walk(start: i32): void {
  let i = start;
  lineStart = clauseStart = true;
  while (i < end) {
    if (lineStart) {
      i = beginLine(i);
      if (i >= end) return;
    }
    const byte = <i32>load<u8>(i);
    if (byte == 0x20) {
      i++;
      continue;
    }
    const kind = <i32>load<u8>(at.CLASS_OF_BYTE + byte);
    if (kind >= at.CLASS_LOWER && kind <= at.CLASS_HIGH) {
      i = readWord(i);
      continue;
    }
    i++;
    countClass(kind, 1);
    if (kind == at.CLASS_SPACE) continue;
    if (kind == at.CLASS_NEWLINE) {
      lineStart = clauseStart = true;
      continue;
    }
    lastVisible = kind;
    if (kind >= at.CLASS_PERIOD && kind <= at.CLASS_SEMICOLON) {
      clauseStart = true;
      if (kind <= at.CLASS_EXCLAMATION && isSentenceEnd(i)) endSentence(kind == at.CLASS_QUESTION);
    } else if (kind == at.CLASS_DASH || kind == at.CLASS_STAR || kind == at.CLASS_PARENTHESIS)
      clauseStart = true;
  }
}

/** Skips indentation, notes fences, list markers and headings; returns where the words of the line begin. */
function beginLine(start: i32): i32 {
  lineStart = false;
  isFirstWordOfLine = true;
  let i = start;
  while (i < end && (load<u8>(i) == 0x20 || load<u8>(i) == 0x09)) i++;
  if (i >= end) return i;
  const byte = load<u8>(i);
  if (i + 2 < end && byte == 0x60 && load<u8>(i, 1) == 0x60 && load<u8>(i, 2) == 0x60) {
    if (!inCode) add(at.TALLY_CODE_FENCES, 1);
    inCode = !inCode;
    endSentence(false);
    return i + 3;
  }
  if (inCode) return i;
  const next = i + 1 < end ? load<u8>(i, 1) : 0;
  if (byte == 0x0a) endSentence(lastVisible == at.CLASS_QUESTION);
  else if (isDigit(byte)) noteNumber(i);
  else if (byte == 0x23) noteBlock(at.TALLY_HEADINGS);
  else if ((byte == 0x2d || byte == 0x2a) && next == 0x20) noteBlock(at.TALLY_BULLETS);
  else if (byte == 0xe2 && i + 2 < end && next == 0x80 && load<u8>(i, 2) == 0xa2) noteBlock(at.TALLY_BULLETS);
  return i;
}

/** A list item or heading ends the sentence before it. */
function noteBlock(name: i32): void {
  endSentence(false);
  add(name, 1);
}

/** `1.` `2)` at the start of a line: counts the line and the longest run 1, 2, 3 … */
function noteNumber(start: i32): void {
  let i = start;
  let value = 0;
  while (i < end && i - start < 4 && isDigit(load<u8>(i))) value = value * 10 + load<u8>(i++) - 0x30;
  if (i >= end || (load<u8>(i) != 0x2e && load<u8>(i) != 0x29)) return;
  if (i + 1 < end && load<u8>(i, 1) != 0x20 && load<u8>(i, 1) != 0x2a) return;
  noteBlock(at.TALLY_NUMBERED_LINES);
  if (value == 1) expectedNumber = 1;
  if (value != expectedNumber) return;
  const place = tallyPlace(at.TALLY_NUMBERED_RUN);
  store<i32>(place, max(load<i32>(place), value));
  expectedNumber = value + 1;
}

/** Nearly all words are letters up to a byte that no word can hold; the others are read again, byte by byte. */
function readWord(start: i32): i32 {
  let hash = FNV_OFFSET;
  let raised = 0;
  let i = start;
  let byte = <i32>load<u8>(i);
  let letter = <i32>load<u8>(at.LETTER_OF_BYTE + byte);
  while (letter != 0) {
    hash = (hash ^ letter) * FNV_PRIME;
    raised += letter - byte; // lower-casing adds 32
    if (++i == end) break;
    byte = load<u8>(i);
    letter = load<u8>(at.LETTER_OF_BYTE + byte);
  }
  if (i == start || (i < end && load<u8>(at.ENDS_WORD + byte) == 0)) return readMixedWord(start);
  endWord(start, i, hash, raised >> 5);
  return i;
}

/** Reads a word with digits, apostrophes or non-ASCII letters; or skips the punctuation that stands there after all. */
function readMixedWord(start: i32): i32 {
  let hash = FNV_OFFSET;
  let i = start;
  let raised = 0;
  let digits = 0;
  let high = 0;
  while (i < end) {
    const byte = <i32>load<u8>(i);
    const letter = <i32>load<u8>(at.LETTER_OF_BYTE + byte);
    if (letter != 0) {
      hash = (hash ^ letter) * FNV_PRIME;
      raised += letter - byte;
      i++;
    } else if (byte >= 0x80) {
      const mark = wideMark(i);
      if (mark == 0) {
        hash = (hash ^ byte) * FNV_PRIME;
        high++;
        i++;
      } else if (mark == 2 && i > start && isLetterAt(i + 3)) {
        hash = (hash ^ 0x27) * FNV_PRIME;
        i += 3;
      } else break;
    } else if (byte == 0x27) {
      if (i == start || !isLetterAt(i + 1)) break;
      hash = (hash ^ 0x27) * FNV_PRIME;
      i++;
    } else if (isDigit(byte)) {
      hash = (hash ^ 0x30) * FNV_PRIME;
      const from = i;
      while (i < end && isDigit(load<u8>(i))) i++;
      digits += i - from;
    } else break;
  }
  if (i == start) return load<u8>(i) == 0xc2 ? i + 2 : min(i + 3, end);
  countClass(at.CLASS_DIGIT, digits);
  countClass(at.CLASS_HIGH, high);
  endWord(start, i, hash, raised >> 5);
  return i;
}

function endWord(start: i32, stop: i32, hash: i32, upper: i32): void {
  lastVisible = at.CLASS_LOWER;
  upperLetters += upper;
  const bits = lookUp(at.WORD_LEXICON, hash);
  if ((bits & at.BIT_ROLE_LABEL) != 0 && isFirstWordOfLine && load<u8>(stop) == 0x3a) {
    add(at.TALLY_TURN_MARKERS, 1);
    last = 0;
    return;
  }
  isFirstWordOfLine = false;
  if (featureCount + 2 <= featureLimit) keepFeature(hash);
  if (inCode) {
    add(at.TALLY_CODE_BYTES, stop - start);
    last = hash;
    return;
  }
  const length = stop - start;
  words++;
  wordBytes += length;
  longWords += i32(length > 8);
  const isCapital = upper == 1 && load<u8>(at.CLASS_OF_BYTE + <i32>load<u8>(start)) == at.CLASS_UPPER;
  if (isCapital && wordsInSentence > 0) add(at.TALLY_CAPITALISED, 1);
  wordsInSentence++;
  // "May" inside a sentence is the month, not a hedge.
  if ((bits & at.BITS_COUNTED) != 0 && !(hash == at.MAY_HASH && isCapital && wordsInSentence > 1))
    count(bits, hash);
  thirdLast = beforeLast;
  beforeLast = last;
  last = hash;
  lastBits = bits;
  clauseStart = false;
}

function keepFeature(hash: i32): void {
  store<i32>(featuresAt + (featureCount++ << 2), wordBucketOf(hash));
  if (last != 0) {
    store<i32>(featuresAt + (featureCount++ << 2), pairBucketOf(joinHash(last, hash), featureSalt));
  }
}

function count(wordBits: i32, hash: i32): void {
  let bits = wordBits & at.BITS_COUNTED;
  if (!clauseStart) bits &= ~at.BITS_CLAUSE_ONLY;
  if ((bits & at.BIT_PHRASE_END) != 0) bits = phraseBits(hash) | (bits & ~at.BIT_PHRASE_END);
  if (bits == 0) return;
  if (side == 0 && isFirstSentence) {
    if ((bits & at.BIT_HEDGE) != 0) add(at.TALLY_FIRST_SENTENCE_HEDGES, 1);
    if ((bits & at.BIT_DEFERRAL) != 0 && wordsInSentence <= 3) add(at.TALLY_FIRST_SENTENCE_DEFERRAL, 1);
  }
  if (isLaterTurn && (bits & at.BIT_BACK_REFERENCE) != 0) add(at.TALLY_LATER_BACK_REFERENCES, 1);
  const base = at.LEXICAL + side * at.CATEGORY_COUNT * 4;
  while (bits != 0) {
    const place = base + (ctz(bits) << 2);
    store<i32>(place, load<i32>(place) + 1);
    bits &= bits - 1;
  }
}

/** Bits of the two-, three- and four-word phrases that `hash` would end. */
function phraseBits(hash: i32): i32 {
  if (last == 0 || (lastBits & at.BIT_PHRASE_INNER) == 0) return 0;
  let bits = lookUp(at.PHRASE_LEXICON, joinHash(last, hash));
  if (beforeLast == 0) return bits;
  bits |= lookUp(at.PHRASE_LEXICON, joinHash(joinHash(beforeLast, last), hash));
  if (thirdLast == 0) return bits;
  return bits | lookUp(at.PHRASE_LEXICON, joinHash(joinHash(joinHash(thirdLast, beforeLast), last), hash));
}

function endSentence(isQuestion: bool): void {
  if (wordsInSentence == 0 || inCode) return;
  add(at.TALLY_SENTENCES, 1);
  if (isQuestion) add(at.TALLY_QUESTIONS, 1);
  if (side == 0 && isFirstSentence) {
    isFirstSentence = false;
    if (isQuestion) add(at.TALLY_FIRST_SENTENCE_QUESTION, 1);
    add(at.TALLY_FIRST_SENTENCE_WORDS, wordsInSentence);
  }
  wordsInSentence = 0;
}

/** A full stop, question or exclamation mark before `next` ends a sentence. */
function isSentenceEnd(next: i32): bool {
  if (next >= end) return true;
  const kind = <i32>load<u8>(at.CLASS_OF_BYTE + <i32>load<u8>(next));
  return kind == at.CLASS_SPACE || kind == at.CLASS_NEWLINE || kind == at.CLASS_QUOTE;
}

/** 1 for no-break space (C2 A0) and general punctuation (E2 80 xx), 2 for U+2019 in it, 0 for other characters. */
function wideMark(i: i32): i32 {
  const byte = load<u8>(i);
  if (byte == 0xc2) return i32(load<u8>(i, 1) == 0xa0);
  if (byte != 0xe2 || i + 2 >= end || load<u8>(i, 1) != 0x80) return 0;
  return load<u8>(i, 2) == 0x99 ? 2 : 1;
}

function isLetterAt(i: i32): bool {
  return i < end && load<u8>(at.LETTER_OF_BYTE + <i32>load<u8>(i)) != 0;
}

function isDigit(byte: i32): bool {
  return byte >= 0x30 && byte <= 0x39;
}

/** Category bits of a hash, 0 when unknown; the tables of lexicon.ts. */
function lookUp(table: i32, hash: i32): i32 {
  let entry = table + ((hash & at.LEXICON_MASK) << 3);
  let key = load<i32>(entry);
  while (key != hash) {
    if (key == 0) return 0;
    entry = table + ((entry - table + 8) & (at.LEXICON_MASK << 3));
    key = load<i32>(entry);
  }
  return load<i32>(entry, 4);
}

/** As `joinHash` of lexicon.ts. */
function joinHash(left: i32, right: i32): i32 {
  return (left ^ (left >>> 15)) * 0x2c1b3c6d + right;
}

/** Words have the lower half of the buckets, the same for both sides; bucket 0 is padding and never a feature. */
function wordBucketOf(hash: i32): i32 {
  const bucket = mix(hash ^ at.WORD_SALT) & at.WORD_MASK;
  return bucket == 0 ? 1 : bucket;
}

/** Pairs of words have the upper half, apart by side. */
function pairBucketOf(hash: i32, salt: i32): i32 {
  return (mix(hash ^ salt) & at.WORD_MASK) | (at.WORD_MASK + 1);
}

function mix(value: i32): i32 {
  let mixed = value * 0x85ebca6b;
  mixed = (mixed ^ (mixed >>> 15)) * 0xc2b2ae35;
  return mixed ^ (mixed >>> 16);
}

function countClass(kind: i32, amount: i32): void {
  const place = at.CLASSES + ((side * at.CLASS_COUNT + kind) << 2);
  store<i32>(place, load<i32>(place) + amount);
}

function tallyPlace(name: i32): i32 {
  return at.TALLIES + ((side * at.TALLY_COUNT + name) << 2);
}

function tally(name: i32): i32 {
  return load<i32>(tallyPlace(name));
}

function add(name: i32, amount: i32): void {
  const place = tallyPlace(name);
  store<i32>(place, load<i32>(place) + amount);
}
