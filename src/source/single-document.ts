import { isUtf8 } from 'node:buffer';

import { RowError } from '../core/errors.ts';
import { maxRecordBytes } from './record-splitter.ts';

/** A whole document as one value; RowError `record-too-large` over 32 MiB, `utf8-invalid`, `json-invalid`. Holds the document. */
export async function readSingle(blocks: AsyncIterable<Buffer>): Promise<unknown> {
  const bytes = await joinBlocks(blocks);
  if (!isUtf8(bytes)) throw new RowError('the document is not valid UTF-8', { code: 'utf8-invalid' });
  return parseDocument(bytes);
}

/** The same for a look at its shape, to which the bytes of a text do not matter: U+FFFD where they are no UTF-8. */
export async function glanceAtSingle(blocks: AsyncIterable<Buffer>): Promise<unknown> {
  return parseDocument(await joinBlocks(blocks));
}

async function joinBlocks(blocks: AsyncIterable<Buffer>): Promise<Buffer> {
  const taken: Buffer[] = [];
  let bytes = 0;
  for await (const block of blocks) {
    bytes += block.length;
    if (bytes > maxRecordBytes) {
      throw new RowError(`the document has over ${maxRecordBytes} bytes (32 MiB)`, {
        code: 'record-too-large',
      });
    }
    taken.push(block);
  }
  return Buffer.concat(taken);
}

function parseDocument(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw new RowError(`not valid JSON: ${error instanceof Error ? error.message : String(error)}`, {
      code: 'json-invalid',
    });
  }
}
