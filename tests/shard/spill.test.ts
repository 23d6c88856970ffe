import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { parquetReadObjects } from 'hyparquet';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { TagDatasetsError } from '../../src/core/errors.ts';
import { loadZstd } from '../../src/lib/zstd.ts';
import type { OutputRow } from '../../src/shard/output-row.ts';
import { openSpill } from '../../src/shard/spill.ts';
import {
  type ShardSegment,
  type WriteShardOptions,
  writeShard,
  type WrittenFile,
} from '../../src/shard/write-shard.ts';
import { awkwardRows, outputRow } from './support/rows.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tag-datasets-spill-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

interface Placed {
  readonly shard: number;
  readonly position: number;
  readonly row: OutputRow;
}

/** Spills one unit and gives its segments by shard. */
async function spillUnit(name: string, placed: readonly Placed[]): Promise<Map<number, ShardSegment>> {
  const spill = openSpill();
  for (const { shard, position, row } of placed) spill.add(shard, position, row);
  const path = join(folder, name);
  const { segments, output } = await spill.publish(path);
  const bytes = await readFile(path);
  expect(output).toEqual({ bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') });
  expect(segments.reduce((sum, segment) => sum + segment.bytes, 0)).toBe(bytes.length);
  return new Map(segments.map(({ shard, ...segment }) => [shard, { path, ...segment }]));
}

function write(
  segments: readonly ShardSegment[],
  change: Partial<WriteShardOptions> = {},
): Promise<WrittenFile> {
  const path = join(folder, 'out', 'shard.parquet');
  return writeShard({
    path,
    segments,
    format: 'messages',
    writer: 'hyparquet',
    rowGroupRows: 3,
    zstdLevel: 1,
    ...change,
  });
}

async function readShard(): Promise<Record<string, unknown>[]> {
  const zstd = await loadZstd();
  const bytes = await readFile(join(folder, 'out', 'shard.parquet'));
  return parquetReadObjects({
    file: Uint8Array.from(bytes).buffer,
    compressors: { ZSTD: (data, size) => zstd.decompress(data, size) },
  });
}

const rows = Array.from({ length: 10 }, (_, i) =>
  outputRow({ rowKey: `row-${i}`, source: i % 2 ? 'odd' : 'even', copy: i > 7 ? 1 : 0 }),
);
const placed = rows.map((row, position) => ({ shard: 4, position, row }));

test('a shard holds the rows of all units in order of position', async () => {
  const units = [placed.slice(7), placed.slice(0, 3).toReversed(), placed.slice(3, 7)];
  const segments = await Promise.all(units.map((unit, i) => spillUnit(`u${i}.bin`, unit)));
  const written = await write(segments.flatMap((unit) => unit.get(4) ?? []));
  expect(written.rows).toBe(10);
  expect((await readShard()).map((row) => row['_row_key'])).toEqual(rows.map((row) => row.rowKey));
});

test('the bytes of a shard do not depend on how its rows came in units', async () => {
  const one = await spillUnit('one.bin', placed);
  const first = await write([...one.values()]);
  const parts = await Promise.all(
    [placed.slice(5).toReversed(), placed.slice(0, 5)].map((unit, i) => spillUnit(`p${i}.bin`, unit)),
  );
  const second = await write(parts.flatMap((part) => [...part.values()]));
  expect(second).toEqual(first);
});

test('what is said of a shard is what lies on disk', async () => {
  const written = await write([...(await spillUnit('u.bin', placed)).values()]);
  const bytes = await readFile(join(folder, 'out', 'shard.parquet'));
  expect(written).toEqual({
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    rows: 10,
    counts: {
      persona: { factual_informant: 10 },
      tagger: { 'persona-v1': 10 },
      trait: { brief: 10 },
      source: { even: 5, odd: 5 },
      phase: { foundation: 10 },
      adapter: {},
      synthetic: 0,
      copies: 2,
    },
  });
  expect(await readdir(join(folder, 'out'))).toEqual(['shard.parquet']);
});

test('placements that share their row are stored alike but for phase and copy', async () => {
  const base = awkwardRows[2] ?? outputRow();
  const segments = await spillUnit('u.bin', [
    { shard: 0, position: 0, row: { ...base, phase: 'one', copy: 0 } },
    { shard: 0, position: 1, row: { ...base, phase: 'two', copy: 1 } },
    { shard: 0, position: 2, row: { ...base, persona: 'other', phase: null } },
  ]);
  await write([...segments.values()]);
  const read = await readShard();
  expect(read.map((row) => [row['_persona'], row['_phase'], row['_copy']])).toEqual([
    ['factual_informant', 'one', 0],
    ['factual_informant', 'two', 1],
    ['other', null, 0],
  ]);
  expect(read[1]?.['messages']).toEqual(read[0]?.['messages']);
});

test('segments come in order of shard, and a shard without rows in the unit has none', async () => {
  const segments = await spillUnit('u.bin', [
    { shard: 9, position: 0, row: outputRow() },
    { shard: 2, position: 1, row: outputRow() },
    { shard: 2, position: 0, row: outputRow() },
  ]);
  expect([...segments].map(([shard, segment]) => [shard, segment.records])).toEqual([
    [2, 2],
    [9, 1],
  ]);
});

test('a unit without placed rows is an empty file', async () => {
  expect((await spillUnit('u.bin', [])).size).toBe(0);
});

test('a unit larger than a run is written in runs and gives the same shard', async () => {
  const whole = await write([...(await spillUnit('u.bin', placed)).values()]);
  const path = join(folder, 'runs.bin');
  using spill = openSpill(path, { runBytes: 500 });
  for (const { shard, position, row } of placed.toReversed()) spill.add(shard, position, row);
  expect((await readdir(folder)).some((name) => name.startsWith('runs.bin.tmp-'))).toBe(true);
  const { segments } = await spill.publish(path);
  expect(segments.length).toBeGreaterThan(2);
  expect(await write(segments.map((segment) => ({ ...segment, path })))).toEqual(whole);
});

test('a spill that is given up leaves nothing behind', async () => {
  {
    using spill = openSpill(join(folder, 'given-up.bin'), { runBytes: 1 });
    spill.add(0, 0, outputRow());
    expect(await readdir(folder)).toHaveLength(1);
  }
  expect(await readdir(folder)).toEqual([]);
});

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'no error',
    (error: unknown) => (error instanceof TagDatasetsError ? error.code : String(error)),
  );
}

test('a missing, doubled or cut row is an error and leaves no shard', async () => {
  const whole = [...(await spillUnit('u.bin', placed)).values()];
  const gap = [
    ...(
      await spillUnit(
        'gap.bin',
        placed.filter(({ position }) => position !== 4),
      )
    ).values(),
  ];
  expect(await codeOf(write(gap))).toBe('spill-corrupt');
  expect(await codeOf(write([...whole, ...whole]))).toBe('spill-corrupt');
  expect(await codeOf(write(whole.map((segment) => ({ ...segment, records: 11 }))))).toBe('spill-corrupt');
  await truncate(join(folder, 'u.bin'), 100);
  expect(await codeOf(write(whole))).toBe('spill-corrupt');
  expect(await readdir(folder)).not.toContain('out');
});

test('trouble with the disk comes out as it is', async () => {
  const segments = [...(await spillUnit('u.bin', placed)).values()];
  await writeFile(join(folder, 'file'), '');
  await expect(write(segments, { path: join(folder, 'file', 'shard.parquet') })).rejects.toMatchObject({
    code: 'EEXIST',
  });
});

test('an alpaca shard by the other writer holds the same rows', async () => {
  const segments = [...(await spillUnit('u.bin', placed)).values()];
  await write(segments, { format: 'alpaca', writer: 'parquetjs-lite' });
  const read = await readShard();
  expect(read.map((row) => [row['output'], row['_row_key']])).toEqual(
    rows.map((row) => [row.messages[1]?.content, row.rowKey]),
  );
});
