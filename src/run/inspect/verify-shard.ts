import { type FileMetaData, parquetMetadataAsync, parquetReadObjects, type SchemaElement } from 'hyparquet';
import { asyncBufferFromFile } from 'hyparquet/src/node.js';
import { compressors } from 'hyparquet-compressors';

import { hashText, hashToHex } from '../../lib/hash.ts';
import { parquetSchema, type ShardFormat } from '../../shard/schema.ts';

/** What verify looks at in the rows of one shard. Arrays are parallel, in file order. */
export interface ShardLabels {
  readonly keys: string[];
  /** Hash of the text a trainer sees, white space at its ends aside. */
  readonly contents: string[];
  readonly copies: number[];
  readonly personas: string[];
  readonly taggers: string[];
  readonly traits: string[][];
  readonly sources: string[];
  readonly phases: (string | null)[];
  readonly synthetic: boolean[];
}

/** Reads a shard one row group at a time. Throws what the Parquet reader throws. */
export async function readShard(
  path: string,
  format: ShardFormat,
): Promise<{ readonly labels: ShardLabels; readonly schemaProblems: string[] }> {
  const file = await asyncBufferFromFile(path);
  const metadata = await parquetMetadataAsync(file);
  const labels: ShardLabels = {
    keys: [],
    contents: [],
    copies: [],
    personas: [],
    taggers: [],
    traits: [],
    sources: [],
    phases: [],
    synthetic: [],
  };
  const schemaProblems = compareSchema(metadata, format);
  if (schemaProblems.length > 0) return { labels, schemaProblems };
  let rowStart = 0;
  for (const group of metadata.row_groups) {
    const rowEnd = rowStart + Number(group.num_rows);
    const rows = await parquetReadObjects({ file, metadata, compressors, rowStart, rowEnd });
    for (const row of rows) addRow(row, format, labels);
    rowStart = rowEnd;
  }
  return { labels, schemaProblems };
}

/** Differences from the columns that every shard has, one sentence each. */
function compareSchema({ schema }: FileMetaData, format: ShardFormat): string[] {
  const [wanted, found] = [leafTypes(parquetSchema(format)), leafTypes(schema)];
  const missing = [...wanted.keys()].filter((name) => !found.has(name));
  const unknown = [...found.keys()].filter((name) => !wanted.has(name));
  const mistyped = [...wanted].flatMap(([name, type]) => {
    const is = found.get(name);
    return is === undefined || is === type ? [] : [`Its column ${name} is of type ${is}, not ${type}.`];
  });
  return [
    ...(missing.length > 0 ? [`It has no column ${missing.join(', ')}.`] : []),
    ...(unknown.length > 0 ? [`It has a column that no shard has: ${unknown.join(', ')}.`] : []),
    ...mistyped,
  ];
}

/** Type of every leaf by its path; the levels that writers spell differently inside lists are left out. */
function leafTypes(schema: readonly SchemaElement[]): Map<string, string> {
  const types = new Map<string, string>();
  let next = 1;
  const walk = (children: number, path: readonly string[]): void => {
    for (let left = children; left > 0; left--) {
      const element = schema[next++];
      if (!element) return;
      const own = listLevels.has(element.name) && path.length > 0 ? path : [...path, element.name];
      if (element.num_children) walk(element.num_children, own);
      else types.set(own.join('.'), element.type ?? '');
    }
  };
  walk(schema[0]?.num_children ?? 0, []);
  return types;
}

const listLevels = new Set(['list', 'element', 'array', 'item', 'bag']);

function addRow(row: Record<string, unknown>, format: ShardFormat, into: ShardLabels): void {
  into.keys.push(String(row['_row_key']));
  // Alpaca rows are cut to three texts, so that rows of different content can look alike.
  into.contents.push(format === 'alpaca' ? String(row['_row_key']) : hashToHex(hashText(contentOf(row))));
  into.copies.push(Number(row['_copy']));
  into.personas.push(String(row['_persona']));
  into.taggers.push(String(row['_tagged_by']));
  into.traits.push(Array.isArray(row['_traits']) ? row['_traits'].map(String) : []);
  into.sources.push(String(row['_source']));
  into.phases.push(typeof row['_phase'] === 'string' ? row['_phase'] : null);
  into.synthetic.push(row['_synthetic'] === true);
}

function contentOf(row: Record<string, unknown>): string {
  const messages: readonly Record<string, unknown>[] = Array.isArray(row['messages']) ? row['messages'] : [];
  return JSON.stringify(
    messages.map((message) => [message['role'], normalise(message['content']), message['tool_calls']]),
  );
}

function normalise(text: unknown): string {
  return typeof text === 'string' ? text.trim().replace(/\r\n?/g, '\n') : '';
}
