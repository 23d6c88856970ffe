import { join } from 'node:path';

import { throwIfInterrupted } from '../../core/errors.ts';
import type { CategorisedMessage } from '../../extract/records.ts';
import { hashText } from '../../lib/hash.ts';
import { type EncodedBlocks, readEmbeddings } from './encode-stage.ts';
import { categorisedFile } from './extract-paths.ts';
import { readJsonl } from './jsonl-file.ts';

/** A message with its numbers; `embedding` is valid until the next one. */
export interface EncodedMessage {
  readonly index: number;
  readonly message: CategorisedMessage;
  readonly embedding: Float32Array;
}

/** All messages with their embeddings, in order. Holds one block, 256 messages. */
export async function* readEncoded(
  out: string,
  encoded: EncodedBlocks,
  signal: AbortSignal | undefined,
): AsyncGenerator<EncodedMessage> {
  const { width } = encoded;
  let index = 0;
  for (const block of encoded.blocks) {
    throwIfInterrupted(signal, 'interrupted while messages were clustered');
    const numbers = await readEmbeddings(block.path);
    let row = 0;
    for await (const message of readJsonl<CategorisedMessage>(join(out, categorisedFile), block)) {
      yield { index, message, embedding: numbers.subarray(row * width, (row + 1) * width) };
      row++;
      index++;
    }
  }
}

/** A number in [0, 1) that hangs on the message's id and the purpose alone: who is drawn does not depend on the order. */
export function drawOf(id: string, purpose: string): number {
  return (hashText(`${purpose}/${id}`)[0] ?? 0) / 2 ** 32;
}
