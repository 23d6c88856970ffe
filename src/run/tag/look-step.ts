import type { Row } from '../../core/row.ts';
import type { Tagger } from '../../core/tagger.ts';
import { openBytes } from '../../source/open-bytes.ts';
import { readUnit } from '../../source/read-unit.ts';
import { bestLabel } from '../../tag/decide.ts';
import { RowEncoder } from '../../tag/encode.ts';
import type { TagKit } from '../../tag/tag-unit.ts';
import type { LookTask } from './cascade-tasks.ts';
import { type LessonRows, recordLessons } from './lessons.ts';

/** The accurate tier's word on some rows of a unit, in its order. Parallel arrays, 77 bytes a row at 16 traits. */
export interface UnitLooks {
  /** Which entry of the unit. */
  readonly at: Int32Array;
  /** Best label of the accurate tier, and its probability. */
  readonly label: Uint8Array;
  readonly score: Float64Array;
  /** 0: below its threshold. */
  readonly isSure: Uint8Array;
  /** Row-major: trait scores with the accurate tier's heads, in the order of the trait tagger's labels. */
  readonly traits: Float32Array;
}

/** Asks the accurate tier about the chosen rows of one unit. Holds one batch, and 500 bytes a chosen row. */
export async function lookStep(
  task: LookTask,
  kit: TagKit,
  fast: Tagger,
): Promise<{ readonly looks: UnitLooks; readonly lessons: LessonRows | null }> {
  const recorder = task.lessonShare > 0 ? recordLessons(kit.persona, fast) : null;
  const persona = recorder?.tagger ?? kit.persona;
  const { thresholds } = persona.info;
  const limits = task.threshold === null ? thresholds : thresholds.map(() => task.threshold ?? 0);
  const width = kit.traits.info.labels.length;
  const rows = task.rows.length;
  const looks = {
    at: new Int32Array(rows),
    label: new Uint8Array(rows),
    score: new Float64Array(rows),
    isSure: new Uint8Array(rows),
    traits: new Float32Array(rows * width),
  };
  const hashes = new Uint32Array(rows);
  const encoder = new RowEncoder();
  let next = 0;
  for await (const batch of chosenRows(task)) {
    const { text, contentHash } = encoder.encode(batch.map(({ row }) => row));
    const { scores, heads } = await persona.tag(text);
    looks.traits.set((await kit.traits.tag(text, heads)).scores, next * width);
    for (const [i, { at }] of batch.entries()) {
      const { label, score, isSure } = bestLabel(scores, i, limits);
      looks.at[next] = at;
      looks.label[next] = label;
      looks.score[next] = score;
      looks.isSure[next] = isSure ? 1 : 0;
      hashes[next++] = contentHash[i * 4] ?? 0;
    }
  }
  return { looks, lessons: recorder?.lessons(hashes, task.lessonShare) ?? null };
}

/** A row, and which entry of its unit it is. */
interface EntryRow {
  readonly at: number;
  readonly row: Row;
}

/** What lies behind the last of them is not read. */
async function* chosenRows({ unit, rows }: LookTask): AsyncGenerator<EntryRow[]> {
  const last = rows.at(-1) ?? -1;
  let next = 0;
  let [entries, readable] = [0, 0];
  for await (const batch of readUnit(unit, { keepExtra: false, openBytes })) {
    const chosen: EntryRow[] = [];
    for (const entry of batch) {
      const at = entries++;
      if (!('value' in entry) || readable++ !== rows[next]) continue;
      next++;
      chosen.push({ at, row: entry.value });
    }
    if (chosen.length > 0) yield chosen;
    if (readable > last) return;
  }
}
