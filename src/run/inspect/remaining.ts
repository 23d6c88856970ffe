import type { Stage } from '../../core/events.ts';
import type { StageStatus } from './status.ts';

/**
 * Seconds of each stage for one second of TAG, where no earlier run of the folder tells: one million rows with a corpus of
 * the same size, two workers (bench/results.md, "Whole runs"). Rough: the last three depend on
 * how much is selected. `refine`, `correct` and `screen` run by option, and no share of TAG tells their time.
 */
const shareOfTag: Readonly<Record<Stage, number>> = {
  scan: 0.05,
  tag: 1,
  refine: 0,
  correct: 0,
  screen: 0,
  plan: 0.08,
  order: 0.08,
  collect: 0.6,
  write: 1.1,
  report: 0.02,
};

/** Until the run ends: what remains of the stage under way, and the stages to come. null before anything can be told. */
export function remainingSeconds(
  stages: readonly StageStatus[],
  earlier: Readonly<Partial<Record<Stage, number>>>,
): number | null {
  const running = stages.find((stage) => stage.state === 'running');
  const waiting = stages.filter((stage) => stage.state === 'waiting');
  const tag = stages.find((stage) => stage.stage === 'tag');
  const tagSeconds = tag && (tag.state === 'done' || tag.remaining_seconds !== null) ? wholeTag(tag) : null;
  let total = 0;
  for (const stage of [...(running ? [running] : []), ...waiting]) {
    if (stage.remaining_seconds !== null) {
      total += stage.remaining_seconds;
      continue;
    }
    const whole = earlier[stage.stage] ?? (tagSeconds === null ? null : tagSeconds * shareOfTag[stage.stage]);
    if (whole === null) return null;
    total += Math.max(0, whole - stage.seconds);
  }
  return Math.round(total * 10) / 10;
}

/** What TAG takes or would have taken had no unit been reused. */
function wholeTag(tag: StageStatus): number {
  const fresh = tag.units_done - tag.units_reused;
  const own = tag.seconds + (tag.remaining_seconds ?? 0);
  return fresh > 0 ? (own * tag.units) / Math.max(1, tag.units - tag.units_reused) : own;
}
