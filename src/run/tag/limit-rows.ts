import type { Unit } from '../../core/unit.ts';
import { openBytes } from '../../source/open-bytes.ts';
import { readUnit } from '../../source/read-unit.ts';
import { damageOf } from './damage.ts';
import { takeEntries } from './take-entries.ts';

/**
 * How many entries each unit gives under `run.limit`, the first units first; null: all it has. The list ends with the unit
 * that reaches the limit. What the scan could not count (files of the Hub, dialogues of several records) is read here first,
 * no further than the limit: so the rows are the same for any number of workers, and none beyond it is tagged.
 */
export async function takesUnderLimit(
  units: readonly Unit[],
  limit: number | null,
  signal: AbortSignal | undefined,
): Promise<(number | null)[]> {
  if (limit === null) return units.map(() => null);
  const takes: (number | null)[] = [];
  let left = limit;
  for (const unit of units) {
    if (left <= 0) break;
    const entries = unit.shape.grouped ? null : unit.records;
    const found = entries ?? (await countEntries(unit, left + 1, signal));
    takes.push(found > left ? left : null);
    left -= found;
  }
  return takes;
}

/** Entries of a unit, at most `most`; none of a damaged one, which TAG will tell of. */
async function countEntries(unit: Unit, most: number, signal: AbortSignal | undefined): Promise<number> {
  let entries = 0;
  try {
    for await (const batch of takeEntries(readUnit(unit, { keepExtra: false, openBytes, signal }), most))
      entries += batch.length;
  } catch (error) {
    if (!damageOf(error)) throw error;
    return 0;
  }
  return entries;
}
