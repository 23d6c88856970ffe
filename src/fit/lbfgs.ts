/** Value and gradient of a smooth function at a point. */
export interface Slope {
  readonly loss: number;
  readonly gradient: Float64Array;
}

/** Steps kept to tell the curvature (Liu & Nocedal 1989 use 3 to 20). */
const memory = 10;
/** Sufficient decrease and the share of a step that is tried next. */
const armijo = 1e-4;
const shrink = 0.5;
const mostShrinks = 20;
/** Flatter steps are rounding, not curvature. */
const leastCurvature = 1e-10;

/**
 * Minimises a smooth convex function by L-BFGS with a backtracking line search (Nocedal & Wright 2006, algorithm 7.5).
 * Ends when the largest gradient entry is below `tolerance`, when no step lowers the loss (float32 gradients end there), or
 * after `iterations`. The result depends on the function's bits alone.
 */
export async function minimise(
  slopeAt: (point: Float64Array) => Promise<Slope>,
  start: Float64Array,
  limits: { readonly iterations: number; readonly tolerance: number },
): Promise<{ readonly point: Float64Array; readonly loss: number; readonly iterations: number }> {
  let point = start;
  let slope = await slopeAt(point);
  const steps: Step[] = [];
  let iteration = 0;
  for (; iteration < limits.iterations && largest(slope.gradient) > limits.tolerance; iteration++) {
    const direction = descend(slope.gradient, steps);
    const next = await search(slopeAt, point, slope, direction, steps.length === 0);
    if (!next) break;
    const step = stepBetween(point, slope, next);
    if (step.curvature > leastCurvature * dot(step.turned, step.turned)) steps.push(step);
    if (steps.length > memory) steps.shift();
    ({ point, slope } = next);
  }
  return { point, loss: slope.loss, iterations: iteration };
}

interface Step {
  readonly moved: Float64Array;
  readonly turned: Float64Array;
  /** Inner product of both; positive for a convex function. */
  readonly curvature: number;
}

interface Place {
  readonly point: Float64Array;
  readonly slope: Slope;
}

/** The two-loop recursion: minus the gradient times the curvature seen so far. */
function descend(gradient: Float64Array, steps: readonly Step[]): Float64Array {
  const direction = gradient.map((value) => -value);
  const shares = steps.map(() => 0);
  for (let i = steps.length - 1; i >= 0; i--) {
    const step = steps[i];
    if (!step) continue;
    const share = dot(step.moved, direction) / step.curvature;
    shares[i] = share;
    addScaled(direction, step.turned, -share);
  }
  const last = steps.at(-1);
  if (last) scale(direction, last.curvature / dot(last.turned, last.turned));
  for (const [i, step] of steps.entries()) {
    const share = dot(step.turned, direction) / step.curvature;
    addScaled(direction, step.moved, (shares[i] ?? 0) - share);
  }
  return direction;
}

/** The first of 1, ½, ¼ … of the direction that lowers the loss enough; undefined when none does. */
async function search(
  slopeAt: (point: Float64Array) => Promise<Slope>,
  point: Float64Array,
  slope: Slope,
  direction: Float64Array,
  isFirst: boolean,
): Promise<Place | undefined> {
  const fall = dot(slope.gradient, direction);
  if (!(fall < 0)) return undefined;
  let length = isFirst ? Math.min(1, 1 / Math.sqrt(dot(direction, direction))) : 1;
  for (let attempt = 0; attempt < mostShrinks; attempt++, length *= shrink) {
    const next = point.slice();
    addScaled(next, direction, length);
    const there = await slopeAt(next);
    if (there.loss <= slope.loss + armijo * length * fall) return { point: next, slope: there };
  }
  return undefined;
}

function stepBetween(point: Float64Array, slope: Slope, next: Place): Step {
  const moved = next.point.map((value, i) => value - (point[i] ?? 0));
  const turned = next.slope.gradient.map((value, i) => value - (slope.gradient[i] ?? 0));
  return { moved, turned, curvature: dot(moved, turned) };
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

function addScaled(target: Float64Array, added: Float64Array, factor: number): void {
  for (let i = 0; i < target.length; i++) target[i] = (target[i] as number) + factor * (added[i] as number);
}

function scale(target: Float64Array, factor: number): void {
  for (let i = 0; i < target.length; i++) target[i] = (target[i] as number) * factor;
}

function largest(values: Float64Array): number {
  let most = 0;
  for (const value of values) most = Math.max(most, Math.abs(value));
  return most;
}
