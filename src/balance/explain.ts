import type { BalanceProblem } from './problem.ts';
import type { BalanceSolution, ConstraintReport } from './solution.ts';
import { bandWords, countWords, listWords, percentWords } from './words.ts';

/** Rows that are missing: which, how many, why. `persona` null: of any persona (of `category`, where given). */
export interface Gap {
  readonly persona: string | null;
  readonly category: string | null;
  readonly traits: readonly string[];
  /** New rows needed, each usable as often as `maxRepeats` allows. */
  readonly rows: number;
  readonly cause: 'supply' | 'conflict' | 'abstention' | 'rounding';
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
  if (!certificate) return [`All shares hold: ${size}${copies}.`, ...explainBinding(solution)];
  return [
    `${certificate.sentence.charAt(0).toUpperCase()}${certificate.sentence.slice(1)}.`,
    `The nearest mix is used: ${size}${copies}.`,
    ...certificate.relaxation.map(({ constraint, from, to }) => {
      if (constraint === 'total')
        return `It is smaller than asked: ${countWords(to[0])} rows instead of ${countWords(from[0])}.`;
      return `It takes ${nameWords(constraint)} at ${bandWords(to[0], to[1])} instead of ${bandWords(from[0], from[1])}.`;
    }),
    explainCure(solution),
    ...(certificate.maxRepeatsNeeded === null
      ? []
      : [`With max_repeats ${certificate.maxRepeatsNeeded} everything asked for would hold.`]),
  ];
}

/**
 * The rows that are missing, for a generator or a fetch. Where new rows cure the plan it is that cure; where none do, what
 * each constraint lacks. `abstainedRows`: rows whose tagger was not sure; where they are enough to fill a supply gap the cause
 * is abstention, since a surer tagger may find the rows.
 */
export function gapsOf(
  solution: BalanceSolution,
  problem: BalanceProblem,
  options: { readonly abstainedRows?: number } = {},
): Gap[] {
  const { certificate, constraints } = solution;
  const abstained = options.abstainedRows ?? 0;
  if (certificate?.cure) {
    return certificate.cure.map((rows) => ({
      ...rows,
      category: problem.categories[rows.persona] ?? null,
      cause: abstained >= rows.rows ? 'abstention' : 'supply',
      curable: true,
    }));
  }
  return constraints.flatMap((constraint) => gapOf(constraint));
}

function gapOf(constraint: ConstraintReport): Gap[] {
  const missing = constraint.wantedRows[0] - constraint.rows;
  if (constraint.cause === null || missing <= 0 || constraint.name === 'total') return [];
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

function explainCure({ certificate }: BalanceSolution): string {
  if (!certificate?.cure) return 'New rows would not help: the targets contradict each other.';
  const parts = certificate.cure.map(({ persona, traits, rows }) => {
    const kind = traits.length > 0 ? ` that are ${listWords(traits)}` : '';
    return `${countWords(rows)} of ${persona}${kind}`;
  });
  const sum = certificate.cure.reduce((all, { rows }) => all + rows, 0);
  return `${countWords(sum)} new rows would cure it: ${listWords(parts)}.`;
}

/** The constraints whose supply is used up: what more rows would let grow. */
function explainBinding({ constraints }: BalanceSolution): string[] {
  const used = constraints.filter(({ name, binding, rows, supplyRows }) => {
    return name !== 'total' && binding && supplyRows > 0 && rows >= supplyRows;
  });
  return used.map(({ name, share, rows, supplyRows }) => {
    const copies = rows > supplyRows ? `, ${(rows / supplyRows).toFixed(1)} copies of each on average` : '';
    return `${nameWords(name)} (${percentWords(share)}) uses all of its ${countWords(supplyRows)} rows${copies}.`;
  });
}

function nameWords(name: string): string {
  return splitName(name).join(' ');
}

function splitName(name: string): string[] {
  const at = name.indexOf(':');
  return at < 0 ? [name] : [name.slice(0, at), name.slice(at + 1)];
}
