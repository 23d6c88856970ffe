import { roundLargestRemainders } from './apportion.ts';
import type { Group } from './model.ts';
import type { Margin } from './rake.ts';

/**
 * Whole rows where shares are shares of tokens: rounds rows by largest remainder, then adds or drops single rows while that
 * brings the margins (in units) nearer to their bands. What is left is less than the units of a row or two per margin.
 */
export function repairUnits(params: {
  readonly groups: readonly Group[];
  /** Units per group. */
  readonly values: Float64Array;
  readonly upper: readonly number[];
  readonly margins: readonly Margin[];
}): number[] {
  const { groups, values, upper, margins } = params;
  const units = groups.map((group) => group.unitsPerRow);
  const rows = Float64Array.from(values, (value, group) => value / (units[group] ?? 1));
  const total = Math.round(rows.reduce((sum, value) => sum + value, 0));
  const counts = roundLargestRemainders(rows, total, upper);
  const membersOf = counts.map((): number[] => []);
  margins.forEach((margin, index) => margin.groups.forEach((group) => membersOf[group]?.push(index)));
  const sums = margins.map(({ groups: members }) =>
    members.reduce((sum, group) => sum + (counts[group] ?? 0) * (units[group] ?? 1), 0),
  );
  const square = (index: number, sum: number): number => {
    const { lo, hi } = margins[index] ?? { lo: 0, hi: Infinity };
    return Math.max(lo - sum, sum - hi, 0) ** 2;
  };
  for (let moves = 0; moves < maxMoves; moves++) {
    let best = { group: -1, step: 0, gain: -1e-9 };
    counts.forEach((count, group) => {
      for (const step of [1, -1]) {
        if (step > 0 ? count >= (upper[group] ?? 0) : count <= 0) continue;
        // A group stays within two rows of its real value, so that the repair keeps the mix.
        if (Math.abs(count + step - (rows[group] ?? 0)) > 2) continue;
        const change = step * (units[group] ?? 1);
        let gain = 0;
        for (const margin of membersOf[group] ?? []) {
          const sum = sums[margin] ?? 0;
          gain += square(margin, sum + change) - square(margin, sum);
        }
        if (gain < best.gain) best = { group, step, gain };
      }
    });
    if (best.group < 0) break;
    counts[best.group] = (counts[best.group] ?? 0) + best.step;
    const change = best.step * (units[best.group] ?? 1);
    for (const margin of membersOf[best.group] ?? []) sums[margin] = (sums[margin] ?? 0) + change;
  }
  return counts;
}

const maxMoves = 2000;
