import type { FileMetaData, SchemaElement } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';

import { FatalError } from '../core/errors.ts';

/** Decimal columns by name, and how many of their digits stand behind the point. */
export type Decimals = ReadonlyMap<string, number>;

/**
 * Throws FatalError `unsupported` for what the reader does not decode, or would decode to another value than was written.
 * Everything is told from the footer, so that a file is taken or left as a whole.
 */
export function refuseUnsupported(metadata: FileMetaData, name: string): void {
  for (const { columns } of metadata.row_groups) {
    for (const { meta_data: column, file_path: otherFile, crypto_metadata: crypto } of columns) {
      if (otherFile !== undefined) throw unsupported(name, 'columns in other files');
      if (!column || crypto) throw unsupported(name, 'encrypted columns');
      const codec: string = column.codec;
      if (codec !== 'UNCOMPRESSED' && !(codec in compressors))
        throw unsupported(name, `Parquet codec ${codec}`);
      const unknown = column.encodings.find((encoding) => !encodings.has(encoding));
      if (unknown !== undefined) throw unsupported(name, `Parquet encoding ${unknown}`);
    }
  }
  for (const element of metadata.schema) {
    const type = element.converted_type ?? '';
    if (type === 'BSON' || type === 'INTERVAL')
      throw unsupported(name, `Parquet type ${type} (column ${element.name})`);
  }
}

/** BIT_PACKED is listed by writers whose columns have no levels to pack. */
const encodings = new Set<string>([
  'PLAIN',
  'PLAIN_DICTIONARY',
  'RLE',
  'BIT_PACKED',
  'DELTA_BINARY_PACKED',
  'DELTA_LENGTH_BYTE_ARRAY',
  'DELTA_BYTE_ARRAY',
  'RLE_DICTIONARY',
  'BYTE_STREAM_SPLIT',
]);

/**
 * Takes the mark of a decimal off the schema, because hyparquet makes floating numbers of decimals (3.3 becomes
 * 3.3000000000000003): the columns then hold their unscaled integers, which `decimalText` turns into what was written.
 * Throws FatalError `unsupported` for decimals inside lists and structs, and for those of variable length.
 */
export function takeDecimals(metadata: FileMetaData, name: string): Decimals {
  const decimals = new Map<string, number>();
  const topLevel = new Set(topLevelElements(metadata.schema));
  for (const element of metadata.schema) {
    const logical = element.logical_type;
    if (element.converted_type !== 'DECIMAL' && logical?.type !== 'DECIMAL') continue;
    if (!topLevel.has(element) || element.repetition_type === 'REPEATED') {
      throw unsupported(name, `Parquet type DECIMAL inside lists and structs (column ${element.name})`);
    }
    if (element.type === 'BYTE_ARRAY') {
      throw unsupported(name, `Parquet type DECIMAL of variable length (column ${element.name})`);
    }
    decimals.set(element.name, element.scale ?? (logical?.type === 'DECIMAL' ? logical.scale : 0));
    element.converted_type = undefined;
    element.logical_type = undefined;
  }
  return decimals;
}

/** Announces the keys of maps as text, which they become in any case as names of an object's members. */
export function announceKeys({ schema }: FileMetaData): void {
  for (const [at, element] of schema.entries()) {
    const isKey = element.name === 'key' && schema[at - 2]?.converted_type === 'MAP';
    if (isKey && element.type === 'BYTE_ARRAY') element.converted_type ??= 'UTF8';
  }
}

/** The schema is a tree in preorder; the root comes first. */
function topLevelElements(schema: readonly SchemaElement[]): SchemaElement[] {
  const found: SchemaElement[] = [];
  for (let at = 1; at < schema.length; at = endOf(schema, at)) {
    const element = schema[at];
    if (element) found.push(element);
  }
  return found;
}

function endOf(schema: readonly SchemaElement[], at: number): number {
  let next = at + 1;
  for (let child = 0; child < (schema[at]?.num_children ?? 0); child++) next = endOf(schema, next);
  return next;
}

function unsupported(name: string, feature: string): FatalError {
  return new FatalError(`${name}: unsupported: ${feature}`, {
    code: 'unsupported',
    hint: 'write the file again without it; docs/formats.md says what is read',
  });
}
