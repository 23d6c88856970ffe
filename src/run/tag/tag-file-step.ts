import type { Tagger } from '../../core/tagger.ts';
import { openAtomic } from '../../lib/atomic-file.ts';
import { jsonLines } from '../../lib/json-lines.ts';
import { openBytes } from '../../source/open-bytes.ts';
import { readUnit } from '../../source/read-unit.ts';
import type { TagKit } from '../../tag/tag-unit.ts';
import { canWrite } from './can-write.ts';
import { createRecordTagger } from './tag-records.ts';
import type { TagFileCounts, TagFileTask } from '../tasks.ts';

/** Tags one unit into a JSONL part; `accurate` is the accurate tier of a cascade. Holds one batch. */
export async function tagFileStep(
  task: TagFileTask,
  kit: TagKit,
  accurate: Tagger | null,
): Promise<TagFileCounts> {
  const counts = { rows: 0, rejected: 0, bytes: 0, personas: {}, traits: {}, taggers: {}, examples: [] };
  const tag = createRecordTagger({ ...kit, accurate }, task, counts);
  await using file = await openAtomic(task.path);
  for await (const batch of readUnit(task.unit, { keepExtra: false, keepRecords: true, openBytes })) {
    const rows = batch.flatMap((entry) =>
      'value' in entry && canWrite(entry.record) ? [{ row: entry.value, record: entry.record }] : [],
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
