import { appendFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** 32 KiB a part before it is appended to its file. */
const bufferWords = 8192;

/**
 * Records of a fixed number of 32-bit words, spread over files by the caller: the first half of an external hash join.
 * Memory: 32 KiB a part that has records; reading holds one part. Order inside a part is the order of adding.
 * Writes are synchronous: the caller has nothing else to do meanwhile.
 */
export class RecordPartitions implements Disposable {
  readonly parts: number;
  readonly #folder: string;
  readonly #words: number;
  readonly #buffers: (Uint32Array | undefined)[];
  readonly #used: Uint32Array;
  readonly #written: Uint8Array;

  /** @param folder made here and removed by dispose */
  constructor(options: { readonly folder: string; readonly parts: number; readonly words: number }) {
    this.parts = options.parts;
    this.#folder = options.folder;
    this.#words = options.words;
    this.#buffers = new Array<Uint32Array | undefined>(options.parts);
    this.#used = new Uint32Array(options.parts);
    this.#written = new Uint8Array(options.parts);
    mkdirSync(options.folder, { recursive: true });
  }

  /** Adds the first `words` of `record`. */
  add(part: number, record: Uint32Array): void {
    const size = bufferWords - (bufferWords % this.#words);
    const buffer = (this.#buffers[part] ??= new Uint32Array(size));
    let used = this.#used[part] ?? 0;
    for (let word = 0; word < this.#words; word++) buffer[used++] = record[word] ?? 0;
    this.#used[part] = used;
    if (used === size) this.#flush(part);
  }

  /** All records of a part, one after the other. */
  read(part: number): Uint32Array {
    this.#flush(part);
    if (this.#written[part] === 0) return new Uint32Array(0);
    const content = readFileSync(this.#path(part));
    return new Uint32Array(content.buffer.slice(content.byteOffset, content.byteOffset + content.byteLength));
  }

  /** Removes what a part holds on disk. */
  drop(part: number): void {
    this.#buffers[part] = undefined;
    this.#used[part] = 0;
    if (this.#written[part] === 1) rmSync(this.#path(part), { force: true });
    this.#written[part] = 0;
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #flush(part: number): void {
    const used = this.#used[part] ?? 0;
    const buffer = this.#buffers[part];
    if (used === 0 || !buffer) return;
    appendFileSync(this.#path(part), new Uint8Array(buffer.buffer, 0, used * 4));
    this.#used[part] = 0;
    this.#written[part] = 1;
  }

  #path(part: number): string {
    return join(this.#folder, `${part}.bin`);
  }
}
