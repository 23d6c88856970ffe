/** A margin in whole rows: `allowed` includes the stated tolerance, `wanted` does not. */
export interface IntegerMargin {
  readonly groups: readonly number[];
  readonly wantedLo: number;
  readonly wantedHi: number;
  readonly allowedLo: number;
  readonly allowedHi: number;
}

/**
 * Whole numbers that sum to `total` and differ from `values` by less than one where the upper bounds allow: the largest
 * remainders are rounded up, ties by position. Values need not sum to the total exactly.
 */
export function roundLargestRemainders(
  values: ArrayLike<number>,
  total: number,
  upper: ArrayLike<number>,
): number[] {
  const counts = Array.from(values, (value, index) => Math.min(Math.floor(value + 1e-9), upper[index] ?? 0));
  let left = total - counts.reduce((sum, count) => sum + count, 0);
  const order = counts.map((_, index) => index);
  const remainder = (index: number): number => (values[index] ?? 0) - (counts[index] ?? 0);
  while (left !== 0) {
    const step = Math.sign(left);
    const open = order.filter((index) => canStep(counts[index] ?? 0, upper[index] ?? 0, step));
    if (open.length === 0) return counts;
    const wanted = open.map((index) => ({ index, key: quantise(remainder(index)) * step }));
    const ranked = wanted.toSorted((a, b) => b.key - a.key || a.index - b.index);
    // A gap of many rows (values far from the total) is shared out in rounds.
    for (const { index } of ranked.slice(0, Math.abs(left))) counts[index] = (counts[index] ?? 0) + step;
    left -= step * Math.min(Math.abs(left), wanted.length);
  }
  return counts;
}

/**
 * Moves single rows between groups until no move brings the margins nearer to what they want; each move is the best of all
 * pairs (most gain in the sum of squared distances, then the one that follows the real-valued mix most closely, then the
 * first). Changes `counts`. Returns whether every margin is within its allowance.
 */
export function repairMargins(params: {
  readonly counts: number[];
  readonly values: Float64Array;
  readonly upper: ArrayLike<number>;
  readonly margins: readonly IntegerMargin[];
}): boolean {
  const { counts, values, upper, margins } = params;
  const membersOf = counts.map((): number[] => []);
  margins.forEach((margin, index) => margin.groups.forEach((group) => membersOf[group]?.push(index)));
  const sums = margins.map((margin) => margin.groups.reduce((sum, group) => sum + (counts[group] ?? 0), 0));
  for (let step = 0; step < maxMoves; step++) {
    const move = bestMove({ counts, values, upper, margins, membersOf, sums });
    if (!move) break;
    counts[move.from] = (counts[move.from] ?? 0) - 1;
    counts[move.to] = (counts[move.to] ?? 0) + 1;
    for (const margin of membersOf[move.from] ?? []) sums[margin] = (sums[margin] ?? 0) - 1;
    for (const margin of membersOf[move.to] ?? []) sums[margin] = (sums[margin] ?? 0) + 1;
  }
  return margins.every(({ allowedLo, allowedHi }, index) => {
    const sum = sums[index] ?? 0;
    return sum >= allowedLo && sum <= allowedHi;
  });
}

const maxMoves = 2000;

interface RepairState {
  readonly counts: readonly number[];
  readonly values: Float64Array;
  readonly upper: ArrayLike<number>;
  readonly margins: readonly IntegerMargin[];
  readonly membersOf: readonly (readonly number[])[];
  readonly sums: readonly number[];
}

/** Change of the squared distance when a margin's sum grows or shrinks by one. */
function stepCosts({ margins, sums }: RepairState): { up: Float64Array; down: Float64Array } {
  const cost = (step: number): Float64Array =>
    Float64Array.from(margins, (margin, index) => {
      const sum = sums[index] ?? 0;
      return square(margin, sum + step) - square(margin, sum);
    });
  return { up: cost(1), down: cost(-1) };
}

function square(margin: IntegerMargin, sum: number): number {
  return Math.max(margin.wantedLo - sum, sum - margin.wantedHi, 0) ** 2;
}

function bestMove(state: RepairState): { from: number; to: number } | null {
  const { up, down } = stepCosts(state);
  const donors = shortlist(state, -1, down);
  const takers = shortlist(state, 1, up);
  const inDonor = new Uint8Array(state.margins.length);
  let best: { from: number; to: number } | null = null;
  let bestGain = -1e-6;
  let bestDrift = Infinity;
  for (const donor of donors) {
    const members = state.membersOf[donor.group] ?? [];
    for (const margin of members) inDonor[margin] = 1;
    for (const taker of takers) {
      if (taker.group === donor.group) continue;
      let gain = donor.cost + taker.cost;
      for (const margin of state.membersOf[taker.group] ?? []) {
        if (inDonor[margin]) gain -= (up[margin] ?? 0) + (down[margin] ?? 0);
      }
      const drift = donor.drift + taker.drift;
      if (gain > bestGain + 1e-9 || (gain > bestGain - 1e-9 && drift >= bestDrift - 1e-9)) continue;
      bestGain = gain;
      bestDrift = drift;
      best = { from: donor.group, to: taker.group };
    }
    for (const margin of members) inDonor[margin] = 0;
  }
  return best;
}

interface Candidate {
  readonly group: number;
  readonly cost: number;
  readonly drift: number;
}

/**
 * Groups that can give (or take) a row: per set of margins only the one that drifts least, and of those the cheapest few per
 * first margin (the persona), since a move inside a persona leaves the persona alone.
 */
function shortlist(state: RepairState, step: number, costs: Float64Array): Candidate[] {
  const byFirst = new Map<number, Candidate[]>();
  state.counts.forEach((count, group) => {
    if (!canStep(count, state.upper[group] ?? 0, step)) return;
    const members = state.membersOf[group] ?? [];
    const cost = members.reduce((sum, margin) => sum + (costs[margin] ?? 0), 0);
    const value = state.values[group] ?? 0;
    const drift = Math.abs(count + step - value) - Math.abs(count - value);
    const first = members[0] ?? -1;
    const list = byFirst.get(first);
    if (list) list.push({ group, cost, drift });
    else byFirst.set(first, [{ group, cost, drift }]);
  });
  return [...byFirst.values()].flatMap((list) =>
    list
      .toSorted((a, b) => a.cost - b.cost || a.drift - b.drift || a.group - b.group)
      .slice(0, candidatesPerPersona),
  );
}

const candidatesPerPersona = 6;

function canStep(count: number, upper: number, step: number): boolean {
  return step > 0 ? count < upper : count > 0;
}

/** Remainders that differ by less than the solver can tell are equal, so that ties fall by position. */
function quantise(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
