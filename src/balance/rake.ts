/** A margin to meet: the values at `groups` must sum to something in [lo, hi]. */
export interface Margin {
  readonly groups: readonly number[];
  /** What each group counts for, parallel to `groups`; default 1. */
  readonly coefficients?: readonly number[];
  readonly lo: number;
  readonly hi: number;
}

export interface RakeResult {
  /** In [lower, upper], as near in proportion to the prior as the margins allow. */
  readonly values: Float64Array;
  /** Largest distance of a margin from its band. */
  readonly residual: number;
}

/**
 * Bounded raking: values = clamp(prior × product of one factor per margin), factors turned margin by margin until all hold.
 * This is dual coordinate ascent on the relative entropy to the prior, so the limit is the mix closest in proportion to the
 * supply. Where groups count for more or less than 1, the factor is taken to that power. A band takes no factor while it holds by itself. Stops at `tolerance` or when sweeps no longer help; at the very
 * edge of what is possible the residual stays positive and `project` finishes the work.
 */
export function rake(params: {
  readonly prior: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly margins: readonly Margin[];
  readonly tolerance: number;
}): RakeResult {
  const { prior, lower, upper, margins, tolerance } = params;
  const weights = prior.slice();
  const values = new Float64Array(prior.length);
  const factors = new Float64Array(margins.length).fill(1);
  let residual = Infinity;
  for (let sweep = 0; sweep < maxSweeps && residual > tolerance; sweep++) {
    margins.forEach((margin, index) => {
      const old = factors[index] ?? 1;
      applyFactor(margin, weights, 1 / old);
      const factor = findFactor(margin, { weights, lower, upper });
      applyFactor(margin, weights, factor);
      factors[index] = factor;
    });
    for (let group = 0; group < values.length; group++) {
      values[group] = Math.min(upper[group] ?? 0, Math.max(lower[group] ?? 0, weights[group] ?? 0));
    }
    residual = margins.reduce((largest, margin) => Math.max(largest, distance(margin, values)), 0);
  }
  return { values, residual };
}

/** Enough for 1e-6 on ordinary problems (tens of sweeps); the rest are edges that `project` handles better. */
const maxSweeps = 400;
/** Factors beyond these have closed or filled their groups. */
const maxFactor = 1e12;

function applyFactor({ groups, coefficients }: Margin, weights: Float64Array, factor: number): void {
  if (factor === 1) return;
  groups.forEach((group, k) => {
    const power = coefficients ? factor ** (coefficients[k] ?? 1) : factor;
    weights[group] = (weights[group] ?? 0) * power;
  });
}

interface Boxes {
  readonly weights: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** The factor nearest to 1 at which the margin holds: a root of a rising piecewise-linear sum, by guarded Newton steps. */
function findFactor(margin: Margin, boxes: Boxes): number {
  const { sum } = sumAt(margin, boxes, 1);
  const wanted = sum < margin.lo ? margin.lo : margin.hi;
  if (sum >= margin.lo && sum <= margin.hi) return 1;
  let [below, above] = sum < wanted ? [1, maxFactor] : [1 / maxFactor, 1];
  let factor = 1;
  for (let step = 0; step < 100; step++) {
    const at = sumAt(margin, boxes, factor);
    if (Math.abs(at.sum - wanted) <= (margin.coefficients ? 1e-9 : 1e-14 * Math.abs(wanted))) break;
    if (at.sum < wanted) below = factor;
    else above = factor;
    const newton = at.slope > 0 ? factor + (wanted - at.sum) / at.slope : -1;
    factor = newton > below && newton < above ? newton : Math.sqrt(below * above);
    if (above - below <= 1e-15 * above) break;
  }
  return factor;
}

function sumAt(
  margin: Margin,
  { weights, lower, upper }: Boxes,
  factor: number,
): { sum: number; slope: number } {
  const { groups, coefficients } = margin;
  let sum = 0;
  let slope = 0;
  for (let k = 0; k < groups.length; k++) {
    const group = groups[k] ?? 0;
    const weight = weights[group] ?? 0;
    const low = lower[group] ?? 0;
    const high = upper[group] ?? 0;
    const coefficient = coefficients?.[k] ?? 1;
    const value = weight * (coefficients ? factor ** coefficient : factor);
    if (value <= low) sum += low * coefficient;
    else if (value >= high) sum += high * coefficient;
    else {
      sum += value * coefficient;
      slope += coefficients ? (coefficient * coefficient * value) / factor : weight;
    }
  }
  return { sum, slope };
}

/** What the values at a margin's groups add up to. */
export function sumOver({ groups, coefficients }: Margin, values: ArrayLike<number>): number {
  let sum = 0;
  groups.forEach((group, k) => (sum += (values[group] ?? 0) * (coefficients?.[k] ?? 1)));
  return sum;
}

/** How far the values at a margin's groups are from its band. */
function distance(margin: Margin, values: ArrayLike<number>): number {
  const sum = sumOver(margin, values);
  return Math.max(margin.lo - sum, sum - margin.hi, 0);
}
