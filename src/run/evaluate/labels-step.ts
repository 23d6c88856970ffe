import { errorToShape, TagDatasetsError } from '../../core/errors.ts';
import type { Taxonomy } from '../../core/taxonomy.ts';
import { hashText } from '../../lib/hash.ts';
import { RowEncoder } from '../../tag/encode.ts';
import { labelColumns, personaReader, readLabelledRows } from './labelled-rows.ts';
import type { LabelsTask, UnitLabels } from '../tasks.ts';

/** Columns that say which data set a row came from; the first that a row has counts. */
const originColumns = ['origin', '_source', 'source', 'dataset'];

/** Reads the labels of one unit; the first wrong one ends it and comes back as `problem`. About 21 bytes a row. */
export async function labelsStep({ unit }: LabelsTask, taxonomy: Taxonomy): Promise<UnitLabels> {
  const encoder = new RowEncoder();
  const goldOf = personaReader(taxonomy);
  const gold: number[] = [];
  const origins: number[] = [];
  const hashes: Uint32Array[] = [];
  let unreadable = 0;
  try {
    for await (const batch of readLabelledRows(unit)) {
      unreadable += batch.unreadable;
      for (const row of batch.rows) {
        const columns = labelColumns(row);
        gold.push(goldOf(columns, row.at));
        origins.push(originOf(columns));
      }
      hashes.push(encoder.encode(batch.rows.map(({ row }) => row)).contentHash);
    }
  } catch (error) {
    if (!(error instanceof TagDatasetsError)) throw error;
    return { ...emptyLabels, problem: errorToShape(error) };
  }
  return {
    gold: Uint8Array.from(gold),
    origins: Uint32Array.from(origins),
    contentHash: joined(hashes),
    unreadable,
  };
}

const emptyLabels = {
  gold: new Uint8Array(),
  origins: new Uint32Array(),
  contentHash: new Uint32Array(),
  unreadable: 0,
};

/** A hash of the data set's name, a number's digits being one; 0: none given. */
function originOf(columns: Readonly<Record<string, unknown>>): number {
  const column = originColumns.find((name) => isOriginName(columns[name]));
  return column === undefined ? 0 : (hashText(String(columns[column]))[0] ?? 0) || 1;
}

function isOriginName(value: unknown): boolean {
  return (
    (typeof value === 'string' && value !== '') || typeof value === 'number' || typeof value === 'bigint'
  );
}

function joined(parts: readonly Uint32Array[]): Uint32Array {
  const all = new Uint32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
