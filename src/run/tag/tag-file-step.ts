import { openAtomic } from '../../lib/atomic-file.ts';
import { jsonLines } from '../../lib/json-lines.ts';
import { openBytes } from '../../source/open-bytes.ts';
import { readUnit } from '../../source/read-unit.ts';
import type { TagKit } from '../../tag/tag-unit.ts';
import { canWrite } from './can-write.ts';
import { createRecordTagger } from './tag-records.ts';
import type { TagFileCounts, TagFileTask } from '../tasks.ts';

/** Tags one unit into a JSONL part. Holds one batch, and what the accurate tier says of the unit. */
export async function tagFileStep(task: TagFileTask, kit: TagKit): Promise<TagFileCounts> {
  const counts = { rows: 0, rejected: 0, bytes: 0, personas: {}, traits: {}, taggers: {}, examples: [] };
  const { cascade } = task;
  const tag = createRecordTagger(kit, task, counts, cascade);
  const lookAt = new Map(cascade?.looks ? [...cascade.looks.at].map((at, look) => [at, look]) : []);
  let first = 0;
  await using file = await openAtomic(task.path);
  for await (const batch of readUnit(task.unit, { keepExtra: false, keepRecords: true, openBytes })) {
    const start = first;
    first += batch.length;
    const rows = batch.flatMap((entry, i) =>
      'value' in entry && canWrite(entry.record)
        ? [{ row: entry.value, record: entry.record, look: lookAt.get(start + i) }]
        : [],
    );
    counts.rejected += batch.length - rows.length;
    if (rows.length === 0) continue;
    const records = await tag(rows);
    const text = Buffer.from(jsonLines(records), 'utf8');
    await file.handle.writeFile(text);
    counts.rows += rows.length;
    counts.bytes += text.length;
  }
  await file.publish();
  return counts;
}
