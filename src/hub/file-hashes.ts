import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';

export interface FileHashes {
  readonly bytes: number;
  /** What the Hub calls a file in large-file storage. */
  readonly sha256: string;
  /** What it calls any other file: git's object id. */
  readonly gitOid: string;
}

/** Both names that the Hub may have for the content of a file, in one reading. Holds 1 MiB. */
export async function hashFile(path: string): Promise<FileHashes> {
  const { size } = await stat(path);
  const sha256 = createHash('sha256');
  const git = createHash('sha1').update(`blob ${size}\0`);
  for await (const block of createReadStream(path, { highWaterMark: 1 << 20 })) {
    const bytes = block as Buffer; // a stream without encoding gives buffers
    sha256.update(bytes);
    git.update(bytes);
  }
  return { bytes: size, sha256: sha256.digest('hex'), gitOid: git.digest('hex') };
}
