import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

import { temporaryBeside } from '../lib/atomic-file.ts';
import { crashPoint } from '../lib/crash-point.ts';
import { ByteWriter } from './byte-writer.ts';

/**
 * The file of a spill while it is written, under the temporary name of lib/atomic-file. Synchronous, as rows are added
 * between reads of the unit, by a worker that has nothing else to do. Holds one block.
 */
export class SpillFile implements Disposable {
  bytes = 0;
  private readonly temporary: string;
  private readonly file: number;
  private readonly hash = createHash('sha256');
  private readonly block = new ByteWriter(blockBytes);
  private isOpen = true;

  constructor(path: string) {
    mkdirSync(dirname(path), { recursive: true });
    this.temporary = temporaryBeside(path);
    this.file = openSync(this.temporary, 'wx');
  }

  /** Appends `source[start, end)`; records are gathered into blocks, for one write per block. */
  append(source: Buffer, start: number, end: number): void {
    const { block } = this;
    if (block.length > 0 && block.length + end - start > blockBytes) this.flush();
    block.reserve(end - start);
    source.copy(block.bytes, block.length, start, end);
    block.length += end - start;
    this.bytes += end - start;
  }

  /** fsync, close, rename. */
  publish(path: string): { bytes: number; sha256: string } {
    this.flush();
    fsyncSync(this.file);
    closeSync(this.file);
    this.isOpen = false;
    crashPoint('after-temp', path);
    renameSync(this.temporary, path);
    crashPoint('after-rename', path);
    return { bytes: this.bytes, sha256: this.hash.digest('hex') };
  }

  [Symbol.dispose](): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    closeSync(this.file);
    rmSync(this.temporary, { force: true });
  }

  private flush(): void {
    const { block } = this;
    this.hash.update(block.bytes.subarray(0, block.length));
    for (let at = 0; at < block.length;) at += writeSync(this.file, block.bytes, at, block.length - at);
    block.clear();
  }
}

const blockBytes = 1 << 20;
