import type { SentenceEncoder } from '../../core/tagger.ts';
import { RowEncoder } from '../../tag/encode.ts';
import { readBlock } from '../evaluate/labelled-rows.ts';
import type { BlockEmbeddings, EmbedTask } from '../tasks.ts';

/** Encodes the rows of one block. Holds their numbers, 1.5 KiB a row for 384 of them. */
export async function embedStep({ block }: EmbedTask, encoder: SentenceEncoder): Promise<BlockEmbeddings> {
  const { width } = encoder;
  const rowEncoder = new RowEncoder();
  const numbers = new Float32Array((block.to - block.from) * width);
  let at = 0;
  for await (const batch of readBlock(block)) {
    numbers.set(await encoder.encode(rowEncoder.encode(batch).text), at * width);
    at += batch.length;
  }
  return { numbers, width };
}
