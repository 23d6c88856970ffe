import { ValidationError } from '../core/errors.ts';
import { maximumTraits, rowFlags, runnersUp, type TagColumns } from './sidecar.ts';

/**
 * Puts the personas and traits of rows that the accurate tier tagged over those of the fast tier, and flags them. Both are of one unit, in the
 * order of its records; `refined` holds a few of the rows of `columns`.
 * @throws ValidationError `sidecar-damaged`
 */
export function overlayRefined(columns: TagColumns, refined: TagColumns, path: string): void {
  overlay(columns, refined, path, (row, at) => {
    columns.traits[row] = refined.traits[at] ?? 0;
    const scores = refined.traitScores.subarray(at * maximumTraits, (at + 1) * maximumTraits);
    columns.traitScores.set(scores, row * maximumTraits);
    columns.flags[row] = (columns.flags[row] ?? 0) | rowFlags.refined;
  });
}

/**
 * Puts the personas of corrected rows over those of the fast tier in the sidecar at `path`, and flags them; their traits stay. Returns how many
 * have another best one. @throws ValidationError `sidecar-damaged`
 */
export function overlayCorrected(columns: TagColumns, corrected: TagColumns, path: string): number {
  let changed = 0;
  const before = columns.personas.slice();
  overlay(columns, corrected, path, (row, at) => {
    if (before[row * runnersUp] !== corrected.personas[at * runnersUp]) changed++;
    columns.flags[row] = (columns.flags[row] ?? 0) | rowFlags.corrected;
  });
  return changed;
}

/** Writes the personas of `some` into the rows of `columns` of the same record. */
function overlay(
  columns: TagColumns,
  some: TagColumns,
  path: string,
  onRow: (row: number, at: number) => void,
): void {
  let at = 0;
  for (let row = 0; row < columns.rows && at < some.rows; row++) {
    if (columns.row[row] !== some.row[at]) continue;
    for (let i = 0; i < runnersUp; i++) {
      columns.personas[row * runnersUp + i] = some.personas[at * runnersUp + i] ?? 0;
      columns.personaScores[row * runnersUp + i] = some.personaScores[at * runnersUp + i] ?? 0;
    }
    columns.originScore[row] = some.originScore[at] ?? 0;
    onRow(row, at);
    at++;
  }
  if (at === some.rows) return;
  throw new ValidationError(`${path}: names rows that its unit does not have`, {
    code: 'sidecar-damaged',
    hint: 'delete the file and run again; its rows are tagged anew',
  });
}
