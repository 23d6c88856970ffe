import { RowError } from '../core/errors.ts';
import type { InputFile } from '../core/unit.ts';
import type { ByteSource } from '../core/byte-source.ts';
import { openParquet, type RowGroup } from './parquet.ts';
import { defaultSampleRows, defaultUnitBytes, type ReadOptions } from './read-options.ts';
import { type Found, shapeOf } from './scan-found.ts';

/** Rows that a unit of several row groups aims at. */
const unitRows = 50_000;

/** Units of whole row groups, by the footer alone; the first rows are read for the shape. */
export async function scanParquet(source: ByteSource, file: InputFile, options: ReadOptions): Promise<Found> {
  const parquet = await openParquet(source, file.name);
  const sampled = Math.min(parquet.rows, options.sampleRows ?? defaultSampleRows);
  const rows = sampled === 0 ? [] : await parquet.readRows(0, sampled);
  const reject = rows.find((row) => row instanceof RowError);
  const readable = rows.filter((row) => !(row instanceof RowError));
  const shape = shapeOf(readable, options, reject?.message);
  if ('problem' in shape) return shape;
  const groups = shape.grouped
    ? [parquet.groups]
    : joinGroups(parquet.groups, options.unitBytes ?? defaultUnitBytes);
  const units = groups.map((joined) => {
    const start = joined[0]?.start ?? 0;
    const end = joined.at(-1)?.end ?? 0;
    return { range: { kind: 'rows' as const, start, end }, firstRow: start, records: end - start };
  });
  const format = { format: 'parquet', compression: 'none' } as const;
  return { format, shape, records: parquet.rows, rowUnit: 'record', units };
}

function joinGroups(groups: readonly RowGroup[], unitBytes: number): RowGroup[][] {
  const units: RowGroup[][] = [];
  let bytes = 0;
  let rows = 0;
  for (const group of groups.filter(({ start, end }) => end > start)) {
    const unit = units.at(-1);
    const size = group.end - group.start;
    if (!unit || bytes + group.bytes > unitBytes || rows + size > unitRows) {
      units.push([group]);
      bytes = 0;
      rows = 0;
    } else unit.push(group);
    bytes += group.bytes;
    rows += size;
  }
  return units;
}
