import type { SchemaElement } from 'hyparquet';
import type { AlpacaText } from '../alpaca.ts';
import { toAlpaca } from '../alpaca.ts';
import type { ShardFormat } from '../schema.ts';
import type { StoredMessage, StoredRow, StoredToolCall } from '../stored-row.ts';

export type LeafValue = Uint8Array | string | number | boolean | null;

/** One leaf column of a row group in Dremel form (Melnik et al., VLDB 2010): a value or null per level pair. */
export interface LeafColumn {
  readonly values: LeafValue[];
  readonly definitionLevels: number[];
  /** Empty for a column that stands in no list. */
  readonly repetitionLevels: number[];
}

/**
 * The leaf columns of `rows` by dotted path. Written for this one schema, where every field is optional: the general
 * shredder of hyparquet-writer walks each row once per leaf and took a third of the time of a shard
 * (docs/decisions/2026-11-21-parquet-writer-and-zstd.md).
 */
export function shredRows(rows: readonly StoredRow[], format: ShardFormat): Map<string, LeafColumn> {
  return new Map([
    ...(format === 'messages'
      ? [...shredMessages(rows), flat('tools', rows, (row) => row.tools)]
      : shredAlpaca(rows)),
    flat('_persona', rows, (row) => row.persona),
    flat('_persona_score', rows, (row) => row.personaScore),
    flat('_tagged_by', rows, (row) => row.taggedBy),
    listed('_traits', rows, (row) => row.traits),
    listed('_trait_scores', rows, (row) => row.traitScores),
    flat('_source', rows, (row) => row.source),
    flat('_row_key', rows, (row) => row.rowKey),
    flat('_phase', rows, (row) => row.phase),
    flat('_adapter', rows, (row) => row.adapter),
    flat('_copy', rows, (row) => row.copy),
    flat('_synthetic', rows, (row) => row.synthetic),
    flat('extra', rows, (row) => row.extra),
  ]);
}

type NamedColumn = [path: string, column: LeafColumn];

function flat<T>(path: string, rows: readonly T[], valueOf: (row: T) => LeafValue): NamedColumn {
  const values = rows.map(valueOf);
  return [
    path,
    { values, definitionLevels: values.map((value) => (value === null ? 0 : 1)), repetitionLevels: [] },
  ];
}

/** A list of values: 1 is an empty list, 3 a value. */
function listed(
  path: string,
  rows: readonly StoredRow[],
  valuesOf: (row: StoredRow) => readonly LeafValue[],
): NamedColumn {
  const column = emptyColumn();
  for (const row of rows) {
    const values = valuesOf(row);
    if (values.length === 0) push(column, null, 1, 0);
    values.forEach((value, i) => push(column, value, 3, i === 0 ? 0 : 1));
  }
  return [`${path}.list.element`, column];
}

function shredAlpaca(rows: readonly StoredRow[]): NamedColumn[] {
  const texts: readonly AlpacaText[] = rows.map(toAlpaca);
  return [
    flat('instruction', texts, (text) => text.instruction),
    flat('input', texts, (text) => text.input),
    flat('output', texts, (text) => text.output),
  ];
}

interface MessageColumns {
  readonly role: LeafColumn;
  readonly content: LeafColumn;
  readonly name: LeafColumn;
  readonly id: LeafColumn;
  readonly type: LeafColumn;
  readonly functionName: LeafColumn;
  readonly functionArguments: LeafColumn;
}

function shredMessages(rows: readonly StoredRow[]): NamedColumn[] {
  const columns: MessageColumns = {
    role: emptyColumn(),
    content: emptyColumn(),
    name: emptyColumn(),
    id: emptyColumn(),
    type: emptyColumn(),
    functionName: emptyColumn(),
    functionArguments: emptyColumn(),
  };
  for (const { messages } of rows) {
    if (messages.length === 0) pushNoMessage(columns);
    for (let i = 0; i < messages.length; i++) {
      const message = messages[i];
      if (message) pushMessage(columns, message, i === 0 ? 0 : 1);
    }
  }
  const element = 'messages.list.element';
  const call = `${element}.tool_calls.list.element`;
  return [
    [`${element}.role`, columns.role],
    [`${element}.content`, columns.content],
    [`${element}.name`, columns.name],
    [`${call}.id`, columns.id],
    [`${call}.type`, columns.type],
    [`${call}.function.name`, columns.functionName],
    [`${call}.function.arguments`, columns.functionArguments],
  ];
}

function pushNoMessage(columns: MessageColumns): void {
  for (const column of [columns.role, columns.content, columns.name]) push(column, null, 1, 0);
  pushCall(columns, noCall, [1, 1, 1], 0);
}

/** Levels: 1 messages, 2 its list, 3 the message, 4 its field. */
function pushMessage(columns: MessageColumns, message: StoredMessage, repetition: number): void {
  push(columns.role, message.role, 4, repetition);
  push(columns.content, message.content, 4, repetition);
  push(columns.name, message.name, message.name === null ? 3 : 4, repetition);
  const calls = message.tool_calls;
  if (calls === null) return pushCall(columns, noCall, [3, 3, 3], repetition);
  if (calls.length === 0) return pushCall(columns, noCall, [4, 4, 4], repetition);
  calls.forEach((call, i) =>
    pushCall(columns, call, [call.id === null ? 6 : 7, 7, 8], i === 0 ? repetition : 2),
  );
}

interface ShreddedCall {
  readonly id: LeafValue;
  readonly type: LeafValue;
  readonly function: { readonly name: LeafValue; readonly arguments: LeafValue };
}
const noCall: ShreddedCall = { id: null, type: null, function: { name: null, arguments: null } };

/** Levels of id, type, and the fields of function: 4 tool_calls, 5 its list, 6 the call, 7 its field, 8 a field of function. */
function pushCall(
  columns: MessageColumns,
  call: ShreddedCall | StoredToolCall,
  [id, type, inFunction]: readonly [number, number, number],
  repetition: number,
): void {
  push(columns.id, call.id, id, repetition);
  push(columns.type, call.type, type, repetition);
  push(columns.functionName, call.function.name, inFunction, repetition);
  push(columns.functionArguments, call.function.arguments, inFunction, repetition);
}

function emptyColumn(): LeafColumn {
  return { values: [], definitionLevels: [], repetitionLevels: [] };
}

function push(column: LeafColumn, value: LeafValue, definition: number, repetition: number): void {
  column.values.push(value);
  column.definitionLevels.push(definition);
  column.repetitionLevels.push(repetition);
}

/** A leaf of the schema with the elements from the root to it. */
export interface SchemaLeaf {
  readonly path: string;
  readonly element: SchemaElement;
  /** From the root to `element`. */
  readonly elements: SchemaElement[];
  readonly maxDefinitionLevel: number;
}

/** The leaves in file order; `schema` is depth first, as Parquet stores it. */
export function schemaLeaves(schema: readonly SchemaElement[]): SchemaLeaf[] {
  const leaves: SchemaLeaf[] = [];
  let next = 0;
  const visit = (parents: SchemaElement[]): void => {
    const element = schema[next++];
    if (!element) return;
    const elements = [...parents, element];
    for (let left = element.num_children ?? 0; left > 0; left--) visit(elements);
    if (element.num_children) return;
    leaves.push({
      path: elements
        .slice(1)
        .map(({ name }) => name)
        .join('.'),
      element,
      elements,
      maxDefinitionLevel: elements.slice(1).filter(({ repetition_type: type }) => type !== 'REQUIRED').length,
    });
  };
  visit([]);
  return leaves;
}
