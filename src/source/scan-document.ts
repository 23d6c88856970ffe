import { FatalError, RowError } from '../core/errors.ts';
import type { FormatPlan, LeftOutList, ShapePlan } from '../core/unit.ts';
import { plainName } from './adapt/sample.ts';
import { type JsonList, type JsonOutline, outlineJson, readDocument } from './json-document.ts';
import { openStream } from './open-stream.ts';
import { defaultSampleRows } from './read-options.ts';
import { maxRecordBytes } from './record-splitter.ts';
import { type Found, isProblem, type ScanContext, shapeOf } from './scan-found.ts';
import { glanceAtSingle } from './single-document.ts';

/** More lists than this are no splits of one data set but the inside of records. */
const maxLists = 16;

type Json = NonNullable<FormatPlan['json']>;

/**
 * A JSON document that is one object: it may be the one record itself, hold the records by key, or hold lists of them
 * under some keys (each list is a unit of its own, with its own shape). Read twice: once for its outline, once for the
 * sample. A record of its own with other bytes than UTF-8 is one reject; where records stand in it, FatalError `corrupt`,
 * because they cannot be told apart once the text is decoded.
 */
export async function scanDocument(context: ScanContext, blocks: AsyncIterable<Buffer>): Promise<Found> {
  const outline = await outlineJson(blocks, context.file.name);
  const found = await findRecords(context, outline);
  const isSingle = !isProblem(found) && found.format.json?.layout === 'single';
  if (outline.notUtf8 === undefined || isProblem(found) || isSingle) return found;
  throw new FatalError(`${context.file.name}: the JSON document is not UTF-8 (${outline.notUtf8})`, {
    code: 'corrupt',
    hint: 'convert it to UTF-8, for instance with iconv, or write one record a line (JSON Lines) to lose only the damaged ones',
  });
}

async function findRecords(
  context: ScanContext,
  { members, objectMembers, lists }: JsonOutline,
): Promise<Found> {
  let whole = oneUnit(context, { layout: 'single' }, [(await trySingle(context)) ?? {}], 1);
  if (!isProblem(whole) && isOneRecord(whole.shape, lists, 0)) return whole;
  if (isProblem(whole) && members > 0 && objectMembers === members) {
    const json: Json = { layout: 'object' };
    whole = oneUnit(context, json, await sampleDocument(context, json), members);
    if (!isProblem(whole) && isOneRecord(whole.shape, lists, 1)) return whole;
  }
  if (lists.length === 0 || lists.length > maxLists) return whole;
  return scanLists(context, lists, whole);
}

/** The document as one unit of records like `sample`, or why they have no shape. */
function oneUnit(context: ScanContext, json: Json, sample: readonly unknown[], records: number): Found {
  const shape = shapeOf(sample, context.options, undefined);
  if ('problem' in shape) return shape;
  const format = { format: 'json', compression: context.compression, json } as const;
  const unit = { range: { kind: 'whole' as const }, firstRow: 0, records };
  return { format, shape, records, rowUnit: 'record', units: [unit] };
}

/** Column names under which a data set is described as well as a record. */
const headings = new Set(['title', 'headline', 'subject', 'description']);

/**
 * Whether a shape speaks for a record although there are lists: it takes one of them, whose key stands at `level` of its
 * path, or has an answer to a request. A title, a description, a text or a request alone may be said of the data set.
 */
function isOneRecord({ kind, columns }: ShapePlan, lists: readonly JsonList[], level: number): boolean {
  if (lists.length === 0) return true;
  const used = Object.values(columns);
  if (lists.some(({ path }) => used.includes(path[level] ?? ''))) return true;
  if (kind !== 'instruction') return kind !== 'text';
  return columns['output'] !== undefined && !headings.has(plainName(columns['instruction'] ?? ''));
}

/** Every list whose records have a shape, numbered on from list to list, and what is left out; where none has, the document as a whole. */
async function scanLists(context: ScanContext, lists: readonly JsonList[], whole: Found): Promise<Found> {
  const base = { format: 'json', compression: context.compression } as const;
  const units = [];
  const leftOut: LeftOutList[] = [];
  let problem: Found | undefined;
  let firstRow = 0;
  for (const { path, records } of lists) {
    const json: Json = { layout: 'path', path };
    const shape = shapeOf(await sampleDocument(context, json), context.options, undefined);
    if ('problem' in shape) {
      problem ??= shape;
      leftOut.push({
        records,
        message: `the list "${path.join('.')}" is left out: ${shape.problem.message}`,
      });
      continue;
    }
    units.push({ range: { kind: 'whole' as const }, firstRow, records, format: { ...base, json }, shape });
    firstRow += records;
  }
  const [first] = units;
  if (!first) return isProblem(whole) ? (problem ?? whole) : whole;
  return { format: first.format, shape: first.shape, records: firstRow, rowUnit: 'record', units, leftOut };
}

async function trySingle(context: ScanContext): Promise<unknown> {
  if (context.source.bytes > maxRecordBytes) return undefined;
  const { blocks } = openStream(context.source, {
    compression: context.compression,
    name: context.file.name,
  });
  try {
    return await glanceAtSingle(blocks);
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
