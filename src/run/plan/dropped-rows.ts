import { join } from 'node:path';

import { forEachDuplicate } from '../../balance/dedupe.ts';
import { RecordPartitions } from '../../lib/record-partitions.ts';
import type { CorpusSource } from './corpus.ts';
import { type PlanTable, stateIndex } from './plan-table.ts';
import { duplicateOrder } from './screen-table.ts';
import type { UnitStream } from './unit-stream.ts';

/** Content hash, unit, row, variant. */
const recordWords = 7;

/**
 * Exact duplicates of any number of rows: records are spread over files by content hash, so that equal contents meet in one
 * file, and each file is solved on its own by `forEachDuplicate`; the rows to drop are spread again by unit.
 * The same rows fall out as in memory. Disk: 28 bytes a row while it works, then 8 per dropped row until disposed. Memory: one
 * file of each kind, about a million rows.
 */
export class DroppedRows implements Disposable {
  readonly #dropped: RecordPartitions;
  readonly #unitsPerPart: number;
  #loaded: { part: number; rows: Map<number, number[]> } = { part: -1, rows: new Map() };

  private constructor(dropped: RecordPartitions, unitsPerPart: number) {
    this.#dropped = dropped;
    this.#unitsPerPart = unitsPerPart;
  }

  static async find(
    stream: UnitStream,
    options: {
      readonly folder: string;
      readonly sources: readonly CorpusSource[];
      /** Default a million. */
      readonly rowsPerPart?: number;
    },
  ): Promise<DroppedRows> {
    const parts = Math.min(4096, Math.ceil(stream.rows / (options.rowsPerPart ?? 2 ** 20)) + 1);
    using records = new RecordPartitions({
      folder: join(options.folder, 'by-content'),
      parts,
      words: recordWords,
    });
    await spread(stream, records);
    const unitsPerPart = Math.ceil(stream.units.length / Math.min(256, parts));
    const dropped = new RecordPartitions({
      folder: join(options.folder, 'by-unit'),
      parts: Math.ceil(stream.units.length / unitsPerPart),
      words: 2,
    });
    const isBefore = duplicateOrder(stream.units, options.sources);
    for (let part = 0; part < parts; part++) {
      dropFrom(records.read(part), isBefore, dropped, unitsPerPart);
      records.drop(part);
    }
    return new DroppedRows(dropped, unitsPerPart);
  }

  /** Sets the state of the unit's duplicates. Units in ascending order are read from disk once. */
  mark(unit: number, table: PlanTable): void {
    const part = Math.floor(unit / this.#unitsPerPart);
    if (this.#loaded.part !== part) this.#loaded = { part, rows: byUnit(this.#dropped.read(part)) };
    for (const row of this.#loaded.rows.get(unit) ?? []) table.state[row] = stateIndex.duplicate;
  }

  [Symbol.dispose](): void {
    this.#dropped[Symbol.dispose]();
  }
}

async function spread(stream: UnitStream, records: RecordPartitions): Promise<void> {
  const record = new Uint32Array(recordWords);
  for (let unit = 0; unit < stream.units.length; unit++) {
    const table = await stream.read(unit);
    record[4] = unit;
    for (let row = 0; row < table.rows; row++) {
      if (table.state[row] !== stateIndex.eligible) continue;
      for (let word = 0; word < 4; word++) record[word] = table.hash[row * 4 + word] ?? 0;
      record[5] = row;
      record[6] = table.variant[row] ?? 0;
      // The second word: forEachDuplicate takes its slots from the first.
      records.add((record[1] ?? 0) % records.parts, record);
    }
  }
}

function dropFrom(
  records: Uint32Array,
  isBefore: ReturnType<typeof duplicateOrder>,
  dropped: RecordPartitions,
  unitsPerPart: number,
): void {
  const rows = records.length / recordWords;
  const hashes = new Uint32Array(rows * 4);
  for (let i = 0; i < rows; i++) hashes.set(records.subarray(i * recordWords, i * recordWords + 4), i * 4);
  const place = (i: number): { unit: number; row: number; variant: number } => {
    const [unit = 0, row = 0, variant = 0] = records.subarray(i * recordWords + 4, (i + 1) * recordWords);
    return { unit, row, variant };
  };
  forEachDuplicate({
    rows,
    hashes,
    isEligible: () => true,
    isBefore: (a, b) => isBefore(place(a), place(b)),
    visit(i) {
      const { unit, row } = place(i);
      dropped.add(Math.floor(unit / unitsPerPart), Uint32Array.of(unit, row));
    },
  });
}

function byUnit(records: Uint32Array): Map<number, number[]> {
  const rows = new Map<number, number[]>();
  for (let at = 0; at < records.length; at += 2) {
    const unit = records[at] ?? 0;
    const own = rows.get(unit);
    if (own) own.push(records[at + 1] ?? 0);
    else rows.set(unit, [records[at + 1] ?? 0]);
  }
  return rows;
}
