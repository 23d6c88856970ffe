import { z } from 'zod';

import { configSchema } from './schema.ts';

/** JSON schema of the configuration file, for editors. */
export function configJsonSchema(): Record<string, unknown> {
  return { title: 'tag-datasets configuration', ...z.toJSONSchema(configSchema, { io: 'input' }) };
}

/** docs/configuration.md: every key with type, default and meaning, generated from the schema. */
export function configReference(): string {
  const rows: string[] = [];
  collect(configJsonSchema(), '', rows);
  return `# Configuration reference

Generated from \`src/config/schema.ts\` by \`npm run docs\`; do not edit. \`--set key=value\` overrides any key; the section may be
left out where the key is unique (\`--set persona_weights.code_expert=0.2\`). \`configs/schema.json\` is the same for editors.

| key | type | default | meaning |
|---|---|---|---|
${rows.join('\n')}
`;
}

interface SchemaNode {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly SchemaNode[];
  readonly items?: SchemaNode;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: SchemaNode | boolean;
  readonly description?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
}

function collect(node: SchemaNode, path: string, rows: string[]): void {
  for (const [key, child] of Object.entries(node.properties ?? {}))
    describe(child, path ? `${path}.${key}` : key, rows);
  if (typeof node.additionalProperties === 'object')
    describe(node.additionalProperties, `${path}.<name>`, rows);
}

function describe(node: SchemaNode, path: string, rows: string[]): void {
  if (node.properties || path === '') {
    if (node.description) rows.push(`| \`${path}\` | section | | ${node.description} |`);
    collect(node, path, rows);
    return;
  }
  const fallback = node.default === undefined ? '' : `\`${JSON.stringify(node.default)}\``;
  rows.push(`| \`${path}\` | ${typeName(node)} | ${fallback} | ${escapeCell(node.description ?? '')} |`);
  if (node.items?.properties) collect(node.items, `${path}[]`, rows);
  if (typeof node.additionalProperties === 'object' && node.additionalProperties.properties)
    collect(node.additionalProperties, `${path}.<name>`, rows);
}

function typeName(node: SchemaNode): string {
  if (node.enum) return node.enum.map(String).join(', ');
  if (node.const !== undefined) return JSON.stringify(node.const).replaceAll('"', '');
  if (node.anyOf) return [...new Set(node.anyOf.map(typeName))].join(' or ');
  if (node.type === 'array') return `list of ${node.items ? typeName(node.items) : 'values'}`;
  if (node.type === 'object') return 'map';
  const bounded =
    node.maximum !== undefined && node.maximum < Number.MAX_SAFE_INTEGER && node.minimum !== undefined;
  return bounded ? `${node.type} ${node.minimum}–${node.maximum}` : (node.type ?? 'value');
}

function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|');
}
