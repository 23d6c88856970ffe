import { RowError } from '../core/errors.ts';
import { maxRecordBytes } from './record-splitter.ts';

/** A whole document as one value; RowError `record-too-large` over 32 MiB, `json-invalid`. Holds the document. */
export async function readSingle(blocks: AsyncIterable<Buffer>): Promise<unknown> {
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
  try {
    return JSON.parse(Buffer.concat(taken).toString('utf8'));
  } catch (error) {
    throw new RowError(`not valid JSON: ${error instanceof Error ? error.message : String(error)}`, {
      code: 'json-invalid',
    });
  }
}
