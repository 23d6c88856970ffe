import { ValidationError } from '../../core/errors.ts';
import type { ResolvedSource } from '../scan/sources.ts';
import type { TaggedFileUnit } from './tag-pass.ts';

const shownFiles = 5;
const shownReasons = 3;

/**
 * One bad row costs one row, whatever the source's size; a rate above the limit means that the source is not what it seems.
 * The error names each such source with its reasons, and its worst files with a row of every reason met first.
 * @throws ValidationError `too-many-bad-rows`
 */
export function checkBadRates(
  units: readonly TaggedFileUnit[],
  sources: readonly ResolvedSource[],
  maxBadRate: number,
): void {
  const sentences = sources.flatMap((source, index) => {
    const own = units.filter((unit) => unit.source === index);
    const records = own.reduce((sum, unit) => sum + unit.counts.records, 0);
    const bad = own.reduce((sum, unit) => sum + badRows(unit), 0);
    return bad <= Math.max(1, records * maxBadRate)
      ? []
      : [describeSource(source.name, own, { bad, records })];
  });
  if (sentences.length === 0) return;
  throw new ValidationError(
    `more rows are bad than run.max_bad_rate ${maxBadRate} allows\n${sentences.join('\n')}`,
    {
      code: 'too-many-bad-rows',
      hint: 'look at quarantine/ in the run folder; mend the file, set columns: or shape:, or raise run.max_bad_rate',
    },
  );
}

function badRows(unit: TaggedFileUnit): number {
  return Object.values(unit.counts.rejected).reduce((sum, count) => sum + count, 0);
}

function describeSource(
  name: string,
  units: readonly TaggedFileUnit[],
  { bad, records }: { readonly bad: number; readonly records: number },
): string {
  const byFile = new Map<string, TaggedFileUnit[]>();
  for (const unit of units) {
    if (badRows(unit) === 0) continue;
    byFile.set(unit.unit.file.name, [...(byFile.get(unit.unit.file.name) ?? []), unit]);
  }
  const files = [...byFile].toSorted(
    ([a, ofA], [b, ofB]) => countBad(ofB) - countBad(ofA) || (a < b ? -1 : 1),
  );
  return [
    `source "${name}": ${bad} of ${records} rows are bad (${reasonCounts(units)}); the worst:`,
    ...files.slice(0, shownFiles).flatMap(([file, own]) => describeFile(file, own)),
    ...(files.length > shownFiles ? [`  and ${files.length - shownFiles} more files`] : []),
  ].join('\n');
}

function countBad(units: readonly TaggedFileUnit[]): number {
  return units.reduce((sum, unit) => sum + badRows(unit), 0);
}

/** `json-invalid 12, utf8-invalid 8` */
function reasonCounts(units: readonly TaggedFileUnit[]): string {
  const counts = new Map<string, number>();
  for (const unit of units)
    for (const [reason, rows] of Object.entries(unit.counts.rejected))
      counts.set(reason, (counts.get(reason) ?? 0) + rows);
  return [...counts]
    .toSorted(([a, rowsA], [b, rowsB]) => rowsB - rowsA || (a < b ? -1 : 1))
    .map(([reason, rows]) => `${reason} ${rows}`)
    .join(', ');
}

function describeFile(file: string, units: readonly TaggedFileUnit[]): string[] {
  const rows = units.flatMap((unit) => unit.counts.firstRejected);
  const firstOfReason = rows.filter((row, i) => rows.findIndex(({ code }) => code === row.code) === i);
  return firstOfReason
    .slice(0, shownReasons)
    .map((row) => `  ${file}: ${countBad(units)} bad, row ${row.row}: ${row.code}: ${row.message}`);
}
