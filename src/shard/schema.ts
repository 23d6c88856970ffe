import type { SchemaElement } from 'hyparquet';

export type ShardFormat = 'messages' | 'alpaca';

/**
 * Columns of a shard, in order. The same for every run: nothing is inferred from the rows, everything may be null, so
 * shards of different runs can be read together.
 */
export function shardColumns(format: ShardFormat): ShardColumn[] {
  const text =
    format === 'messages'
      ? [messagesColumn, leaf('tools', 'text')]
      : [leaf('instruction', 'text'), leaf('input', 'text'), leaf('output', 'text')];
  return [...text, ...labelColumns];
}

/** A column as data; each writer turns it into its own schema. */
export type ShardColumn =
  | { readonly kind: LeafKind; readonly name: string }
  | { readonly kind: 'list'; readonly name: string; readonly element: ShardColumn }
  | { readonly kind: 'struct'; readonly name: string; readonly fields: readonly ShardColumn[] };

/** `text`: UTF-8; `float`: 32 bits; `int`: 32 bits signed. */
export type LeafKind = 'text' | 'float' | 'int' | 'bool';

function leaf(name: string, kind: LeafKind): ShardColumn {
  return { kind, name };
}

function list(name: string, element: ShardColumn): ShardColumn {
  return { kind: 'list', name, element };
}

function struct(name: string, ...fields: ShardColumn[]): ShardColumn {
  return { kind: 'struct', name, fields };
}

/** The OpenAI shape, which `datasets`, TRL, axolotl and LLaMA-Factory read. */
const messagesColumn = list(
  'messages',
  struct(
    'element',
    leaf('role', 'text'),
    leaf('content', 'text'),
    leaf('name', 'text'),
    list(
      'tool_calls',
      struct(
        'element',
        leaf('id', 'text'),
        leaf('type', 'text'),
        struct('function', leaf('name', 'text'), leaf('arguments', 'text')),
      ),
    ),
  ),
);

const labelColumns: readonly ShardColumn[] = [
  leaf('_persona', 'text'),
  leaf('_persona_score', 'float'),
  leaf('_tagged_by', 'text'),
  list('_traits', leaf('element', 'text')),
  list('_trait_scores', leaf('element', 'float')),
  leaf('_source', 'text'),
  leaf('_row_key', 'text'),
  leaf('_phase', 'text'),
  leaf('_adapter', 'text'),
  leaf('_copy', 'int'),
  leaf('_synthetic', 'bool'),
  leaf('extra', 'text'),
];

/** The columns as Parquet elements, depth first: three-level lists as the format's LogicalTypes.md requires, all optional. */
export function parquetSchema(format: ShardFormat): SchemaElement[] {
  const columns = shardColumns(format);
  return [{ name: 'schema', num_children: columns.length }, ...columns.flatMap(columnElements)];
}

function columnElements(column: ShardColumn): SchemaElement[] {
  const base = { name: column.name, repetition_type: 'OPTIONAL' } as const;
  if (column.kind === 'struct') {
    return [{ ...base, num_children: column.fields.length }, ...column.fields.flatMap(columnElements)];
  }
  if (column.kind !== 'list') return [{ ...base, ...leafTypes[column.kind] }];
  return [
    { ...base, num_children: 1, converted_type: 'LIST', logical_type: { type: 'LIST' } },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    ...columnElements(column.element),
  ];
}

const leafTypes: Readonly<Record<LeafKind, Omit<SchemaElement, 'name'>>> = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
  float: { type: 'FLOAT' },
  int: { type: 'INT32' },
  bool: { type: 'BOOLEAN' },
};
