import type { Unit } from '../../core/unit.ts';
import { type StepKey, stepKey } from '../checkpoint.ts';

/** Key of a step over one unit. Where a local file lies is no part of it: a corpus can be moved. */
export function unitKey(
  read: {
    readonly unit: Unit;
    readonly take: number | null;
    /** Hash of the file. */ readonly input: string;
  },
  parts: Readonly<Record<string, unknown>>,
): StepKey {
  const { format, shape, rowUnit, range, firstRow, records } = read.unit;
  const { location, source, name } = read.unit.file;
  const revision = location.kind === 'hub' ? location.revision : null;
  return stepKey(
    {
      'input file': [source, name, revision, read.input],
      'way it is read': [format, shape, rowUnit],
      ...parts,
    },
    { 'cut into units': [range, firstRow, records], 'row limit': read.take },
  );
}
