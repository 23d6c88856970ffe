import { isDeepStrictEqual } from 'node:util';
import { RowError } from '../core/errors.ts';
import type { FormatPlan, ShapePlan } from '../core/unit.ts';
import { detectShape } from './adapt/detect-shape.ts';
import { readDocument, outlineJson } from './json-document.ts';
import { openStream } from './open-stream.ts';
import { defaultSampleRows } from './read-options.ts';
import { maxRecordBytes } from './record-splitter.ts';
import { type Found, type ScanContext, shapeOf } from './scan-found.ts';
import { readSingle } from './single-document.ts';

/** More lists than this are no splits of one data set but the inside of records. */
const maxLists = 16;

type Json = NonNullable<FormatPlan['json']>;

/**
 * A JSON document that is one object: it may be the one record itself, hold the records by key, or hold lists of them
 * under some keys (each list is a unit of its own). Read twice: once for its outline, once for the sample.
 */
export async function scanDocument(context: ScanContext, blocks: AsyncIterable<Buffer>): Promise<Found> {
  const { compression, options } = context;
  const outline = await outlineJson(blocks, context.file.name);
  const base = { format: 'json', compression } as const;
  const single = await trySingle(context);
  if (single !== undefined) {
    const detected = detectShape([single], options);
    if ('plan' in detected) {
      const unit = { range: { kind: 'whole' as const }, firstRow: 0, records: 1 };
      return {
        format: { ...base, json: { layout: 'single' } },
        shape: detected.plan,
        records: 1,
        rowUnit: 'record',
        units: [unit],
      };
    }
  }
  if (outline.members > 0 && outline.objectMembers === outline.members) {
    const json: Json = { layout: 'object' };
    const shape = shapeOf(await sampleDocument(context, json), options, undefined);
    if (!('problem' in shape)) {
      const unit = { range: { kind: 'whole' as const }, firstRow: 0, records: outline.members };
      return { format: { ...base, json }, shape, records: outline.members, rowUnit: 'record', units: [unit] };
    }
    if (outline.lists.length === 0) return shape;
  }
  return scanLists(context, outline.lists, single);
}

async function scanLists(
  context: ScanContext,
  lists: readonly { readonly path: readonly string[]; readonly records: number }[],
  single: unknown,
): Promise<Found> {
  const base = { format: 'json', compression: context.compression } as const;
  const alone = shapeOf([single ?? {}], context.options, undefined);
  let problem: Found =
    'problem' in alone ? alone : { problem: { code: 'shape-unknown', message: 'no list of records' } };
  for (const list of lists.length > maxLists ? [] : lists) {
    const json: Json = { layout: 'path', path: list.path };
    const shape = shapeOf(await sampleDocument(context, json), context.options, undefined);
    if ('problem' in shape) {
      if (list === lists[0]) problem = shape;
      continue;
    }
    const units = await unitsOfShape(context, lists, shape);
    const records = units.reduce((sum, unit) => sum + unit.records, 0);
    return { format: { ...base, json }, shape, records, rowUnit: 'record', units };
  }
  return problem;
}

/** The lists whose records have this shape, numbered on from list to list. */
async function unitsOfShape(
  context: ScanContext,
  lists: readonly { readonly path: readonly string[]; readonly records: number }[],
  wanted: ShapePlan,
) {
  const base = { format: 'json', compression: context.compression } as const;
  const units = [];
  let firstRow = 0;
  for (const list of lists) {
    const json: Json = { layout: 'path', path: list.path };
    const shape = shapeOf(await sampleDocument(context, json), context.options, undefined);
    if (!isDeepStrictEqual(shape, wanted)) continue;
    units.push({
      range: { kind: 'whole' as const },
      firstRow,
      records: list.records,
      format: { ...base, json },
    });
    firstRow += list.records;
  }
  return units;
}

async function trySingle(context: ScanContext): Promise<unknown> {
  if (context.source.bytes > maxRecordBytes) return undefined;
  const { blocks } = openStream(context.source, {
    compression: context.compression,
    name: context.file.name,
  });
  try {
    return await readSingle(blocks);
  } catch (error) {
    // Too large or no JSON after all: then it is not the one record.
    if (error instanceof RowError) return undefined;
    throw error;
  }
}

async function sampleDocument(context: ScanContext, json: Json): Promise<unknown[]> {
  const { blocks } = openStream(context.source, {
    compression: context.compression,
    name: context.file.name,
  });
  const records: unknown[] = [];
  for await (const record of readDocument(blocks, json, context.file.name)) {
    records.push(record);
    if (records.length >= (context.options.sampleRows ?? defaultSampleRows)) break;
  }
  return records;
}
