import { join } from 'node:path';

import type { SentenceEncoder } from '../../core/tagger.ts';
import type { CategorisedMessage } from '../../extract/records.ts';
import { cutText } from '../../extract/messages-of.ts';
import { writeFileAtomic } from '../../lib/atomic-file.ts';
import { RowEncoder } from '../../tag/encode.ts';
import { fileSha256, writeDone } from '../checkpoint.ts';
import type { EncodeMessagesCounts, EncodeMessagesTask, StepResult } from '../tasks.ts';
import { readJsonl } from './jsonl-file.ts';

/** The encoder reads 128 tokens; no language it knows fills more than this with them. */
const readChars = 2000;

/** Encodes one block of messages into a file of float32, row by row, and publishes its marker. Holds one block. */
export async function encodeMessagesStep(
  task: EncodeMessagesTask,
  encoder: SentenceEncoder,
): Promise<StepResult<EncodeMessagesCounts>> {
  const started = performance.now();
  const rowEncoder = new RowEncoder();
  const { width } = encoder;
  const numbers = new Float32Array(task.block.rows * width);
  let row = 0;
  for await (const { text } of readJsonl<CategorisedMessage>(task.messages, task.block)) {
    const batch = rowEncoder.encode([{ messages: [{ role: 'user', content: cutText(text, readChars) }] }]);
    numbers.set(await encoder.encode(batch.text), row * width);
    row++;
  }
  const path = join(task.out, task.path);
  await writeFileAtomic(path, Buffer.from(numbers.buffer));
  const counts = { rows: row, width };
  const outputs = [{ path: task.path, ...(await fileSha256(path)) }];
  await writeDone(task.done, task.key, { outputs, counts, ms: 0 });
  return { counts, outputs, ms: performance.now() - started };
}
