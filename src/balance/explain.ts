import type { BalanceProblem } from './problem.ts';
import type { BalanceSolution, Certificate, ConstraintReport, GapCause, NewRows } from './solution.ts';
import { bandWords, countWords, listWords, percentWords } from './words.ts';

/** Rows that are missing: which, how many, why. `persona` null: of any persona (of `category`, where given). */
export interface Gap {
  readonly persona: string | null;
  readonly category: string | null;
  readonly traits: readonly string[];
  /** New rows needed, each usable as often as `maxRepeats` allows. */
  readonly rows: number;
  readonly cause: Exclude<GapCause, 'rounding'> | 'abstention';
  /** Whether these rows would help; false where the targets contradict each other and only a change of targets does. */
  readonly curable: boolean;
}

/** What the plan says to people: the outcome, why, the nearest mix, what would cure it, what binds. One sentence each. */
export function explainSolution(solution: BalanceSolution, problem: BalanceProblem): string[] {
  const { certificate } = solution;
  const supplied = problem.cells.reduce((sum, cell) => sum + cell.rows, 0);
  const size = `${countWords(solution.total)} rows from ${countWords(supplied)} supplied`;
  const copied = problem.cells.reduce(
    (sum, cell, index) => sum + Math.max(0, (solution.quotas[index] ?? 0) - cell.rows),
    0,
  );
  const copies = copied > 0 ? `, ${countWords(copied)} of them copies` : '';
  if (!certificate) {
    return [
      `All shares hold: ${size}${copies}.`,
      ...explainBinding(solution, problem.maxRepeats),
      ...(solution.growth
        ? [describeRows(solution.growth, `would let it reach ${countWords(supplied)}`)]
        : []),
    ];
  }
  return [
    `${certificate.sentence.charAt(0).toUpperCase()}${certificate.sentence.slice(1)}.`,
    `The nearest mix is used: ${size}${copies}.`,
    ...certificate.relaxation.map(({ constraint, from, to }) => {
      if (constraint === 'total')
        return `It is smaller than asked: ${countWords(to[0])} rows instead of ${countWords(from[0])}.`;
      const end = to[0] < from[0] ? `down to ${percentWords(to[0])}` : `up to ${percentWords(to[1])}`;
      return `It takes ${nameWords(constraint)} ${end} (asked: ${bandWords(from[0], from[1])}).`;
    }),
    ...explainCure(certificate),
    ...(certificate.maxRepeatsNeeded === null
      ? []
      : [`With max_repeats ${certificate.maxRepeatsNeeded} everything asked for would hold.`]),
  ];
}

/**
 * The rows that are missing, for a generator or a fetch. Where new rows cure the plan it is that cure; where none do, what
 * each constraint lacks beyond rounding. In a plan that is feasible but smaller than its supply, what would let it
 * grow. `abstainedRows`: per persona, rows that looked most like it to a tagger that was not sure; where they are enough to
 * fill a supply gap the cause is abstention, since a surer tagger may find the rows.
 */
export function gapsOf(
  solution: BalanceSolution,
  problem: BalanceProblem,
  options: { readonly abstainedRows?: Readonly<Record<string, number>> } = {},
): Gap[] {
  const { certificate, constraints } = solution;
  const cure = certificate ? certificate.cure : solution.growth;
  if (cure) {
    return cure.map((rows) => ({
      ...rows,
      category: problem.categories[rows.persona] ?? null,
      cause: (options.abstainedRows?.[rows.persona] ?? 0) >= rows.rows ? 'abstention' : 'supply',
      curable: true,
    }));
  }
  return constraints.flatMap((constraint) => gapOf(constraint));
}

function gapOf(constraint: ConstraintReport): Gap[] {
  const missing = constraint.wantedRows[0] - constraint.rows;
  if (
    constraint.cause === null ||
    constraint.cause === 'rounding' ||
    missing <= 0 ||
    constraint.name === 'total'
  )
    return [];
  const [kind, name = ''] = splitName(constraint.name);
  return [
    {
      persona: kind === 'persona' ? name : null,
      category: kind === 'category' ? name : null,
      traits: kind === 'trait' ? [name] : [],
      rows: Math.ceil(missing - 1e-6),
      cause: constraint.cause,
      curable: false,
    },
  ];
}

/** Without a cure the targets contradict each other, unless no target is in the conflict: then its sentence says all. */
function explainCure({ cure, conflicts }: Certificate): string[] {
  if (cure) return [describeRows(cure, 'would cure it')];
  return conflicts.some((name) => name !== 'total')
    ? ['New rows would not help: the targets contradict each other.']
    : [];
}

function describeRows(cure: readonly NewRows[], effect: string): string {
  const parts = cure.map(({ persona, traits, rows }) => {
    const kind = traits.length > 0 ? ` that are ${listWords(traits)}` : '';
    return `${countWords(rows)} of ${persona}${kind}`;
  });
  const sum = cure.reduce((all, { rows }) => all + rows, 0);
  const made = cure.some(({ synthetic }) => synthetic === false) ? ' that are not synthetic' : '';
  return `${countWords(sum)} new rows${made} ${effect}: ${listWords(parts)}.`;
}

/** The constraints whose supply is used up: what more rows would let grow. */
function explainBinding({ constraints }: BalanceSolution, maxRepeats: number): string[] {
  const used = constraints.filter(({ name, binding, rows, supplyRows }) => {
    return name !== 'total' && !isCap(name) && binding && supplyRows > 0 && rows >= supplyRows;
  });
  const capped = constraints.filter(({ name, binding, rows, supplyRows }) => {
    return isCap(name) && binding && rows < supplyRows;
  });
  return [...used.map((constraint) => explainUsed(constraint, maxRepeats)), ...capped.map(explainCapped)];
}

function isCap(name: string): boolean {
  return splitName(name)[0] === 'synthetic';
}

function explainCapped({ name, hi, rows, supplyRows }: ConstraintReport): string {
  const [, persona] = splitName(name);
  const where = persona === undefined ? 'in the corpus' : `of ${persona}`;
  return `Synthetic rows ${where} are held at ${percentWords(hi)}: ${countWords(rows)} of ${countWords(supplyRows)} supplied enter.`;
}

function explainUsed({ name, share, rows, supplyRows }: ConstraintReport, maxRepeats: number): string {
  const copies = rows > supplyRows ? `, ${(rows / supplyRows).toFixed(1)} copies of each on average` : '';
  const limits = rows >= supplyRows * maxRepeats - 1 ? ' and limits the size' : '';
  const part = `${Number((share * 100).toFixed(2))} %`;
  return `${nameWords(name)} (${part}) uses all of its ${countWords(supplyRows)} rows${copies}${limits}.`;
}

function nameWords(name: string): string {
  return splitName(name).join(' ');
}

function splitName(name: string): string[] {
  const at = name.indexOf(':');
  return at < 0 ? [name] : [name.slice(0, at), name.slice(at + 1)];
}
