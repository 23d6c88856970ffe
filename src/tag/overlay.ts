import { ValidationError } from '../core/errors.ts';
import { maximumTraits, rowFlags, runnersUp, type TagColumns } from './sidecar.ts';

/**
 * Puts the personas and traits of rows that the accurate tier tagged over those of the fast tier, and flags them. Both are of one unit, in the
 * order of its records; `refined` holds a few of the rows of `columns`.
 * @throws ValidationError `sidecar-damaged`
 */
export function overlayRefined(columns: TagColumns, refined: TagColumns, path: string): void {
  let at = 0;
  for (let row = 0; row < columns.rows && at < refined.rows; row++) {
    if (columns.row[row] !== refined.row[at]) continue;
    for (let i = 0; i < runnersUp; i++) {
      columns.personas[row * runnersUp + i] = refined.personas[at * runnersUp + i] ?? 0;
      columns.personaScores[row * runnersUp + i] = refined.personaScores[at * runnersUp + i] ?? 0;
    }
    columns.originScore[row] = refined.originScore[at] ?? 0;
    columns.traits[row] = refined.traits[at] ?? 0;
    const scores = refined.traitScores.subarray(at * maximumTraits, (at + 1) * maximumTraits);
    columns.traitScores.set(scores, row * maximumTraits);
    columns.flags[row] = (columns.flags[row] ?? 0) | rowFlags.refined;
    at++;
  }
  if (at === refined.rows) return;
  throw new ValidationError(`${path}: names rows that its unit does not have`, {
    code: 'sidecar-damaged',
    hint: 'delete the file and run again; its rows are tagged anew',
  });
}
