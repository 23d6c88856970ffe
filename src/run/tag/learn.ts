import type { TaggerInfo } from '../../core/tagger.ts';
import type { Correction } from '../../fit/correction.ts';
import type { Lessons } from '../../fit/fit-correction.ts';
import { fewestLessons } from '../../tag/least-sure.ts';
import type { WorkerPool } from '../../tag/pool.ts';
import type { RunContext } from '../context.ts';
import type { LearnTask } from './cascade-tasks.ts';

/** Equal rows are one lesson; so many of the fewest must be left. */
const shareThatDiffers = 0.75;

/** null where too few rows differ. Runs in a worker: ten thousand lessons take some seconds. */
export async function learnFrom(
  pool: WorkerPool,
  lessons: Lessons,
  { doubt }: TaggerInfo,
  { signal }: RunContext,
): Promise<Correction | null> {
  if (lessons.drawn.length < fewestLessons * shareThatDiffers) return null;
  let learnt: Correction | null = null;
  await pool.runAll<LearnTask, Correction>([{ kind: 'learn', lessons, doubt }], {
    ...(signal ? { signal } : {}),
    onResult(correction) {
      learnt = correction;
    },
  });
  return learnt;
}
