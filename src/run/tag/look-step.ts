import type { Row } from '../../core/row.ts';
import type { Tagger } from '../../core/tagger.ts';
import { abstainPersona } from '../../core/taxonomy.ts';
import { openBytes } from '../../source/open-bytes.ts';
import { readUnit } from '../../source/read-unit.ts';
import { bestLabel } from '../../tag/decide.ts';
import { RowEncoder } from '../../tag/encode.ts';
import type { TagKit } from '../../tag/tag-unit.ts';
import type { LookTask, UnitLooks } from '../tasks.ts';
import { recordLessons } from './lessons.ts';

/** The accurate tier's word on one row. */
export interface SecondLook {
  /** Which entry of the unit. */
  readonly at: number;
  /** Final persona: the reject class where the best is not sure enough. */
  readonly persona: string;
  readonly score: number;
  /** Trait scores with the accurate tier's heads, in the order of the trait tagger's labels. */
  readonly traits: Float32Array;
}

/** Asks the accurate tier about the chosen rows of one unit. Holds one batch, and 300 bytes a chosen row. */
export async function lookStep(task: LookTask, kit: TagKit, fast: Tagger): Promise<UnitLooks> {
  const recorder = task.lessonShare > 0 ? recordLessons(kit.persona, fast) : null;
  const look = createLook({ ...kit, persona: recorder?.tagger ?? kit.persona }, task.threshold);
  const chosen = new Set(task.rows);
  const looks: SecondLook[] = [];
  const hashes: number[] = [];
  let [entries, readable] = [0, 0];
  for await (const batch of readUnit(task.unit, { keepExtra: false, openBytes })) {
    const rows: EntryRow[] = [];
    for (const entry of batch) {
      const at = entries++;
      if ('value' in entry && chosen.has(readable++)) rows.push({ at, row: entry.value });
    }
    if (rows.length === 0) continue;
    const seen = await look(rows);
    looks.push(...seen.looks);
    hashes.push(...seen.hashes);
  }
  return { looks, lessons: recorder?.lessons(hashes, task.lessonShare) ?? null };
}

/** A row, and which entry of its unit it is. */
interface EntryRow {
  readonly at: number;
  readonly row: Row;
}

function createLook(
  { persona, traits }: TagKit,
  threshold: number | null,
): (rows: readonly EntryRow[]) => Promise<{ looks: readonly SecondLook[]; hashes: readonly number[] }> {
  const encoder = new RowEncoder();
  const { labels, thresholds } = persona.info;
  const width = traits.info.labels.length;
  const limits = threshold === null ? thresholds : thresholds.map(() => threshold);
  return async (rows) => {
    const { text, contentHash } = encoder.encode(rows.map(({ row }) => row));
    const hashes = rows.map((_, i) => contentHash[i * 4] ?? 0);
    const { scores, heads } = await persona.tag(text);
    const traitScores = (await traits.tag(text, heads)).scores;
    const looks = rows.map(({ at }, i): SecondLook => {
      const { label, score, isSure } = bestLabel(scores, i, limits);
      return {
        at,
        persona: isSure ? (labels[label] ?? abstainPersona) : abstainPersona,
        score,
        traits: traitScores.slice(i * width, (i + 1) * width),
      };
    });
    return { looks, hashes };
  };
}
