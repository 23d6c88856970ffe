import { createReadStream } from 'node:fs';

import { type AtomicFile, openAtomic } from '../../lib/atomic-file.ts';

const bufferChars = 1 << 20;

/** Writes records one a line; holds a mebibyte. Becomes visible with `publish`. */
export class JsonlWriter implements AsyncDisposable {
  readonly #file: AtomicFile;
  #buffer = '';
  #bytes = 0;
  #rows = 0;

  private constructor(file: AtomicFile) {
    this.#file = file;
  }

  static async open(path: string): Promise<JsonlWriter> {
    return new JsonlWriter(await openAtomic(path));
  }

  /** Bytes of all lines so far. */
  get bytes(): number {
    return this.#bytes;
  }

  get rows(): number {
    return this.#rows;
  }

  async write(record: unknown): Promise<void> {
    const line = `${JSON.stringify(record)}\n`;
    this.#buffer += line;
    this.#bytes += Buffer.byteLength(line);
    this.#rows++;
    if (this.#buffer.length >= bufferChars) await this.#flush();
  }

  async publish(): Promise<void> {
    await this.#flush();
    await this.#file.publish();
  }

  async #flush(): Promise<void> {
    await this.#file.handle.writeFile(this.#buffer);
    this.#buffer = '';
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file[Symbol.asyncDispose]();
  }
}

/** Records of a file that a `JsonlWriter` wrote, in order; holds one line. `range` in bytes must lie on borders of lines. */
export async function* readJsonl<Row>(
  path: string,
  range: { readonly start: number; readonly end: number } | null = null,
): AsyncGenerator<Row> {
  if (range && range.end <= range.start) return;
  const stream = createReadStream(path, {
    highWaterMark: 1 << 18,
    ...(range ? { start: range.start, end: range.end - 1 } : {}),
  });
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    let block = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    for (let end = block.indexOf(newline); end >= 0; end = block.indexOf(newline)) {
      yield JSON.parse(block.toString('utf8', 0, end)) as Row; // written by JsonlWriter
      block = block.subarray(end + 1);
    }
    rest = block;
  }
}

const newline = 0x0a;
