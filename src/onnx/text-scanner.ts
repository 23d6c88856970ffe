import { byteClassCount, classOfByte, endsWord, letterOfByte } from './byte-classes.ts';
import { categoryCount } from './lexicon-categories.ts';
import { phraseLexicon, wordLexicon } from './lexicon.ts';
import { featureLimits, side, type Side, tallyCount } from './scan-layout.ts';
import { scanMemory } from './scan-memory.ts';
import { scannerWasm } from './scanner-wasm.ts';

interface ScannerExports {
  readonly memory: WebAssembly.Memory;
  reset(): void;
  scan(start: number, end: number, speaker: Side): void;
}

const pageBytes = 65_536;
/** Bytes that may be read past the end of a text. */
const slack = 8;

/**
 * Hashed features and counters of one row at a time, from text in WebAssembly memory (assembly/text-scanner.ts; twice as fast as
 * the same loop in JavaScript, bench/results.md). `load` a batch, then per row `reset` and `scan` its messages; the views
 * hold what was counted since. Its memory grows to the largest batch seen.
 */
export class TextScanner {
  readonly #exports = instantiate();
  #views = viewsOf(this.#exports.memory);

  /** Counters of both sides by byte class, lexicon category and tally; features by side. Valid until the next `load`. */
  get views(): ScanViews {
    return this.#views;
  }

  /** Copies a batch's bytes; `scan` counts its offsets from the first of them. */
  load(bytes: Uint8Array): void {
    const { memory } = this.#exports;
    const missing = scanMemory.text + bytes.length + slack - memory.buffer.byteLength;
    if (missing > 0) {
      memory.grow(Math.ceil(missing / pageBytes));
      this.#views = viewsOf(memory);
    }
    this.#views.text.set(bytes);
    this.#views.text.fill(0, bytes.length, bytes.length + slack);
  }

  reset(): void {
    this.#exports.reset();
  }

  /** Reads bytes [start, end) of the batch as one message of `speaker`. */
  scan(start: number, end: number, speaker: Side): void {
    this.#exports.scan(scanMemory.text + start, scanMemory.text + end, speaker);
  }
}

export interface ScanViews {
  /** `byteClassCount` a side. */
  readonly classes: Int32Array;
  /** `categoryCount` a side. */
  readonly lexical: Int32Array;
  /** `tallyCount` a side. */
  readonly tallies: Int32Array;
  readonly features: readonly [Int32Array, Int32Array];
  readonly featureCounts: Int32Array;
  readonly text: Uint8Array;
}

function instantiate(): ScannerExports {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(scannerWasm, 'base64')));
  const scanner = exports as unknown as ScannerExports; // what assembly/text-scanner.ts exports
  const missing = scanMemory.text + pageBytes - scanner.memory.buffer.byteLength;
  if (missing > 0) scanner.memory.grow(Math.ceil(missing / pageBytes));
  const memory = new Uint8Array(scanner.memory.buffer);
  memory.set(classOfByte, scanMemory.classOfByte);
  memory.set(letterOfByte, scanMemory.letterOfByte);
  memory.set(endsWord, scanMemory.endsWord);
  memory.set(new Uint8Array(wordLexicon.buffer), scanMemory.wordLexicon);
  memory.set(new Uint8Array(phraseLexicon.buffer), scanMemory.phraseLexicon);
  return scanner;
}

function viewsOf({ buffer }: WebAssembly.Memory): ScanViews {
  return {
    classes: new Int32Array(buffer, scanMemory.classes, 2 * byteClassCount),
    lexical: new Int32Array(buffer, scanMemory.lexical, 2 * categoryCount),
    tallies: new Int32Array(buffer, scanMemory.tallies, 2 * tallyCount),
    features: [
      new Int32Array(buffer, scanMemory.assistantFeatures, featureLimits[side.assistant]),
      new Int32Array(buffer, scanMemory.userFeatures, featureLimits[side.user]),
    ],
    featureCounts: new Int32Array(buffer, scanMemory.featureCounts, 2),
    text: new Uint8Array(buffer, scanMemory.text),
  };
}
