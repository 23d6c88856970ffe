import type { ImportanceLabel } from '../../core/meeting.ts';
import { largestRemainder } from '../../lib/largest-remainder.ts';
import { tiltToMean } from './draw.ts';
import type { CompiledRules } from './label.ts';
import { firedByText } from './routes.ts';

export interface PlannedPrep {
  readonly match: string;
  readonly minutes: number;
}

interface PrepNeed {
  readonly intent: ImportanceLabel;
  readonly rows: number;
  readonly needsPrep: boolean;
}

/** Middle of the printed 20-30 minutes. */
const meanMinutes = 25;

/** A preparation rule for every group that needs one, so that the mean over rows comes near 25 minutes. */
export function planPreparation(rules: CompiledRules, needs: readonly PrepNeed[]): (PlannedPrep | null)[] {
  const planned: (PlannedPrep | null)[] = needs.map(() => null);
  const wanting = needs
    .map((need, index) => ({ ...need, index }))
    .filter(({ needsPrep }) => needsPrep)
    .sort((left, right) => right.rows - left.rows || left.index - right.index);
  const total = wanting.reduce((sum, { rows }) => sum + rows, 0);
  const all = rules.prep.requires.map(({ match, minutes }): PlannedPrep => ({ match, minutes }));
  if (all.length === 0) return planned;
  const open = largestRemainder(
    tiltToMean(
      all.map(({ minutes }) => minutes),
      all.map(() => 1),
      meanMinutes,
    ),
    total,
  );
  let error = 0;
  for (const { index, intent, rows } of wanting) {
    const usable = [...all.keys()].filter((at) => isUsable(rules, all[at]?.match ?? '', intent));
    const best = usable.sort(
      (left, right) =>
        (open[right] ?? 0) - (open[left] ?? 0) ||
        off(all[left], rows, error) - off(all[right], rows, error) ||
        left - right,
    )[0];
    const prep = best === undefined ? undefined : all[best];
    if (best === undefined || !prep) continue;
    open[best] = (open[best] ?? 0) - rows;
    error += (prep.minutes - meanMinutes) * rows;
    planned[index] = prep;
  }
  return planned;
}

function off(prep: PlannedPrep | undefined, rows: number, error: number): number {
  return Math.abs(error + ((prep?.minutes ?? 0) - meanMinutes) * rows);
}

/** Whether naming the preparation leaves the importance as it is meant. */
function isUsable(rules: CompiledRules, match: string, intent: ImportanceLabel): boolean {
  const fired = firedByText(rules, match);
  const isStrong = fired.always.length > 0;
  const isPriority = fired.priorities.length > 0;
  if (intent === 'critical') return true;
  if (intent === 'high') return !(isStrong && (isPriority || fired.usually.length > 0));
  return !isStrong && !isPriority && intent === 'medium';
}
