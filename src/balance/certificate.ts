import { askedBands } from './bands.ts';
import { findConflict } from './conflict.ts';
import { explainConflict } from './conflict-sentence.ts';
import { findCure } from './cure.ts';
import type { Solver } from './linear-program.ts';
import type { Model } from './model.ts';
import type { Nearest } from './nearest.ts';
import type { BalanceProblem } from './problem.ts';
import { repeatsNeeded } from './repeats.ts';
import type { Certificate, Relaxation } from './solution.ts';
import { countWords, pointWords } from './words.ts';

/** Everything that is said about wishes that cannot all hold. */
export function buildCertificate(
  problem: BalanceProblem,
  model: Model,
  nearest: Nearest,
  solver: Solver,
): Certificate {
  const conflicts = findConflict(model, solver);
  const reason = explainConflict(problem, model, conflicts);
  const byRows = nearest.l1 * nearest.total;
  const byPoints = nearest.l1 * 100;
  const asked = Number(model.total ?? 0n) / Number(model.unitScale);
  const cut = model.total !== null && nearest.total < asked;
  const inRows = nearest.total > 0 ? ` (${countWords(byRows)} rows)` : '';
  const measures = [
    ...(nearest.l1 > 0 ? [`${pointWords(byPoints)}${inRows}`] : []),
    ...(cut ? [`${countWords(asked - nearest.total)} of ${countWords(asked)} rows`] : []),
  ];
  return {
    conflicts,
    byRows,
    byPoints,
    relaxation: [
      ...listRelaxations(model, nearest),
      ...(cut
        ? [
            {
              constraint: 'total',
              from: [asked, asked] as const,
              to: [nearest.total, nearest.total] as const,
            },
          ]
        : []),
    ],
    cure: findCure(problem, model, solver),
    maxRepeatsNeeded: repeatsNeeded(problem, model, solver),
    nearest: { l1: nearest.l1, total: nearest.total },
    sentence: `infeasible${measures.length > 0 ? ` by ${measures.join(' and ')}` : ''}: ${reason}`,
  };
}

function listRelaxations(model: Model, nearest: Nearest): Relaxation[] {
  const asked = askedBands(model);
  return model.constraints.flatMap(({ name }, index) => {
    const from = [asked.lo[index] ?? 0, asked.hi[index] ?? 1] as const;
    const to = [nearest.bands.lo[index] ?? 0, nearest.bands.hi[index] ?? 1] as const;
    return from[0] === to[0] && from[1] === to[1] ? [] : [{ constraint: name, from, to }];
  });
}
