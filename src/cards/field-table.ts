import { cardJsonSchema } from './schema.ts';

/** The fields of a card as a Markdown table: path, type, what it is. For the reference. */
export function cardFieldTable(): string {
  const rows = fieldRows(cardJsonSchema(), '');
  return ['| field | type | what it is |', '|---|---|---|', ...rows].join('\n');
}

function fieldRows(schema: unknown, path: string): string[] {
  const node = openNode(schema);
  const fields: Readonly<Record<string, unknown>> = node.properties ?? {};
  return Object.entries(fields).flatMap(([key, field]) => {
    const inner = openNode(field);
    const place = path === '' ? key : `${path}.${key}`;
    const description = inner.description ?? '';
    const item = inner.items === undefined ? undefined : openNode(inner.items);
    const row = `| \`${place}\` | ${typeName(inner)} | ${description.replaceAll('|', '\\|')} |`;
    const below = inner.properties
      ? fieldRows(inner, place)
      : item?.properties
        ? fieldRows(item, `${place}[]`)
        : [];
    return [row, ...below];
  });
}

interface SchemaNode {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly items?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: string | number;
  readonly anyOf?: readonly SchemaNode[];
  readonly isNullable?: boolean;
}

/** A schema without its alternative null. */
function openNode(schema: unknown): SchemaNode {
  const node = schema as SchemaNode; // JSON Schema of our own making
  const branches = node.anyOf?.filter(({ type }) => type !== 'null') ?? [];
  const [only] = branches;
  if (!only || branches.length > 1) return node;
  return {
    ...only,
    isNullable: true,
    ...(node.description === undefined ? {} : { description: node.description }),
  };
}

function typeName(node: SchemaNode): string {
  const types = [node.type ?? 'any'].flat().filter((type) => type !== 'null');
  const name =
    node.enum?.map((value) => `\`${String(value)}\``).join(', ') ??
    (node.const === undefined ? undefined : `\`${String(node.const)}\``) ??
    node.anyOf?.map(({ const: value }) => String(value)).join(', ') ??
    types.map((type) => (type === 'array' ? 'list' : type)).join(', ');
  const isNullable = node.isNullable ?? [node.type].flat().includes('null');
  return isNullable ? `${name} or null` : name;
}
