import { ConfigError } from '../core/errors.ts';
import { suggestName } from '../lib/nearest.ts';
import { readYaml } from './read-yaml.ts';
import { configSchema } from './schema.ts';

/**
 * Applies `a.b=c` overrides to a plain configuration object, in order; values are read as YAML.
 * A path may leave its section out where the key is unique: `persona_weights.code_expert` is
 * `dataset.persona_weights.code_expert`.
 * @throws ConfigError `set-syntax`, `set-unknown-key`
 */
export function applySets(plain: Record<string, unknown>, sets: readonly string[]): Record<string, unknown> {
  const result = structuredClone(plain);
  for (const text of sets) {
    const at = text.indexOf('=');
    if (at < 1) {
      throw new ConfigError(`--set ${text}: expected key=value`, {
        code: 'set-syntax',
        hint: 'for example --set balance.total=100000 or --set persona_weights.code_expert=0.2',
      });
    }
    assign(result, fullPath(text.slice(0, at).split('.'), text), readValue(text.slice(at + 1), text));
  }
  return result;
}

function readValue(value: string, text: string): unknown {
  const read = readYaml(value);
  if (!read.problem) return read.value;
  throw new ConfigError(`--set ${text}: not valid YAML: ${read.problem.message}`, {
    code: 'set-syntax',
    hint: read.problem.hint,
  });
}

function fullPath(path: readonly string[], text: string): string[] {
  const [first = '', ...rest] = path;
  if (first in configSchema.shape) return [first, ...rest];
  const sections = sectionsWith(first);
  if (sections.length === 1) return [sections[0] ?? '', first, ...rest];
  const known = [...Object.keys(configSchema.shape), ...Object.values(sectionKeys()).flat()];
  throw new ConfigError(
    sections.length > 1
      ? `--set ${text}: "${first}" stands in several sections (${sections.join(', ')})`
      : `--set ${text}: unknown key "${first}"; ${suggestName(first, known)}`,
    { code: 'set-unknown-key', hint: 'write the whole path, as in dataset.persona_weights.code_expert' },
  );
}

function sectionsWith(key: string): string[] {
  return Object.entries(sectionKeys())
    .filter(([, keys]) => keys.includes(key))
    .map(([section]) => section);
}

/** Keys of every section that is an object. */
export function sectionKeys(): Record<string, string[]> {
  const keys: Record<string, string[]> = {};
  for (const [section, schema] of Object.entries(configSchema.shape)) {
    const shape = shapeOf(schema);
    if (shape) keys[section] = Object.keys(shape);
  }
  return keys;
}

function shapeOf(schema: unknown): Record<string, unknown> | undefined {
  let inner = schema;
  while (typeof inner === 'object' && inner !== null) {
    if ('shape' in inner && typeof inner.shape === 'object') return inner.shape as Record<string, unknown>; // zod's own record of fields
    if (!('unwrap' in inner) || typeof inner.unwrap !== 'function') return undefined;
    inner = inner.unwrap() as unknown; // zod's optional/default/prefault wrappers
  }
  return undefined;
}

function assign(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let node = target;
  for (const key of path.slice(0, -1)) {
    const next = Object.hasOwn(node, key) ? node[key] : undefined;
    const child = typeof next === 'object' && next !== null ? (next as Record<string, unknown>) : {}; // arrays are addressed by index
    Object.defineProperty(node, key, { value: child, enumerable: true, writable: true, configurable: true });
    node = child;
  }
  const last = path.at(-1) ?? '';
  Object.defineProperty(node, last, { value, enumerable: true, writable: true, configurable: true });
}
