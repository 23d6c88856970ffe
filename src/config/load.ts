import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { z } from 'zod';

import { ConfigError } from '../core/errors.ts';
import type { Taxonomy } from '../core/taxonomy.ts';
import { suggestName } from '../lib/nearest.ts';
import { configJsonSchema } from './explain.ts';
import { checkNames, type ConfigIssue } from './check-names.ts';
import { readYaml } from './read-yaml.ts';
import { type Config, configSchema } from './schema.ts';
import { applySets, sectionKeys } from './set-values.ts';

export interface LoadedConfig {
  readonly config: Config;
  /** Absolute path of the file. */
  readonly path: string;
  /** As the user gave it. */
  readonly shown: string;
}

/**
 * Reads a YAML configuration, applies `--set` overrides, validates everything and fills in defaults.
 * @throws ConfigError naming the file, line, key, value and the nearest known name
 */
export async function loadConfig(params: {
  readonly path: string;
  readonly sets: readonly string[];
  readonly taxonomy: Taxonomy;
}): Promise<LoadedConfig> {
  const path = resolve(params.path);
  const text = await readText(path, params.path);
  const read = readYaml(text);
  if (read.problem) {
    const { message, hint } = read.problem;
    throw new ConfigError(`${params.path}:${read.problem.line}: not valid YAML: ${message}`, {
      code: 'config-yaml',
      hint,
    });
  }
  const plain = read.value;
  if (plain !== null && (typeof plain !== 'object' || Array.isArray(plain))) {
    throw new ConfigError(
      `${params.path}: expected keys and values, found ${Array.isArray(plain) ? 'a list' : typeof plain}`,
      { code: 'config-yaml' },
    );
  }
  const overridden = applySets({ ...plain }, params.sets);
  const locate = (keys: readonly PropertyKey[]): string => {
    const at = read.lineOf(keys);
    return at === undefined ? '' : `:${at}`;
  };
  return { config: validate(overridden, params, locate), path, shown: params.path };
}

/** A stored configuration (run.json) with overrides, validated again. `path` is what messages call it. @throws ConfigError */
export function reviseConfig(params: {
  readonly config: unknown;
  readonly path: string;
  readonly sets: readonly string[];
  readonly taxonomy: Taxonomy;
}): Config {
  const plain = typeof params.config === 'object' && params.config !== null ? { ...params.config } : {};
  return validate(applySets(plain, params.sets), params, () => '');
}

/** A data path of a configuration: absolute, else beside the configuration file, else in the working directory. */
export function resolveDataPath(path: string, configPath: string): string {
  if (isAbsolute(path)) return path;
  const beside = join(dirname(configPath), path);
  return existsSync(globRoot(beside)) ? beside : resolve(path);
}

function globRoot(path: string): string {
  const at = path.search(/[*?{[]/);
  return at < 0 ? path : dirname(path.slice(0, at + 1));
}

async function readText(path: string, shown: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new ConfigError(`${shown}: cannot read the configuration file`, {
      code: 'config-not-found',
      hint: 'give its path with --config; configs/quickstart.yaml ships with the package',
      cause,
    });
  }
}

function validate(
  plain: unknown,
  params: { path: string; sets: readonly string[]; taxonomy: Taxonomy },
  locate: (keys: readonly PropertyKey[]) => string,
): Config {
  const parsed = configSchema.safeParse(plain);
  const issues = parsed.success
    ? checkNames(parsed.data, params.taxonomy)
    : parsed.error.issues.flatMap((issue) => issueText(issue, plain));
  const first = issues[0];
  if (parsed.success && !first) return parsed.data;
  const more =
    issues.length > 1
      ? `\n${issues
          .slice(1, 6)
          .map((issue) => line(issue, params.path, locate))
          .join('\n')}`
      : '';
  throw new ConfigError(
    first ? line(first, params.path, locate) + more : `${params.path}: not a valid configuration`,
    {
      code: 'config-invalid',
      hint: 'docs/configuration.md lists every key; `tag-datasets config --explain` prints it',
    },
  );
}

function line(issue: ConfigIssue, path: string, locate: (keys: readonly PropertyKey[]) => string): string {
  return `${path}${locate(issue.path)}: ${issue.path.length > 0 ? `${issue.path.join('.')}: ` : ''}${issue.message}`;
}

function issueText(issue: z.core.$ZodIssue, plain: unknown): ConfigIssue[] {
  const path = issue.path.map((key) => (typeof key === 'number' ? key : String(key)));
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: [...path, key],
      message: `unknown key "${key}"; ${suggestName(key, knownKeysAt(path))}`,
    }));
  }
  if (issue.code === 'invalid_union') {
    const nested = deepest(issue.errors);
    const problem = nested ? issueText(nested, undefined)[0]?.message : undefined;
    return [{ path, message: `${problem ?? 'not an allowed value'}${valueAt(plain, path)}` }];
  }
  return [{ path, message: `${lowerFirst(issue.message)}${valueAt(plain, path)}` }];
}

/** The branch of a union that came furthest is the one the user meant. */
function deepest(branches: readonly (readonly z.core.$ZodIssue[])[]): z.core.$ZodIssue | undefined {
  const candidates = branches.map((branch) => branch[0]).filter((issue) => issue !== undefined);
  return (
    candidates.find((issue) => issue.code !== 'invalid_type' && issue.code !== 'invalid_value') ??
    candidates[0]
  );
}

function knownKeysAt(path: readonly (string | number)[]): string[] {
  if (path.length === 0) return [...Object.keys(configSchema.shape), ...Object.values(sectionKeys()).flat()];
  return nestedKeys(path);
}

/** Keys of the strict objects below a section, found through their JSON schema. */
function nestedKeys(path: readonly (string | number)[]): string[] {
  let node: unknown = configJsonSchema();
  for (const key of path) node = step(node, key);
  const properties = property(node, 'properties');
  return properties && typeof properties === 'object' ? Object.keys(properties) : [];
}

function step(node: unknown, key: string | number): unknown {
  if (typeof key === 'number') return property(node, 'items');
  const own = property(property(node, 'properties'), key);
  return own ?? property(node, 'additionalProperties');
}

function property(node: unknown, key: string): unknown {
  return typeof node === 'object' && node !== null && Object.hasOwn(node, key)
    ? (node as Record<string, unknown>)[key]
    : undefined;
}

function valueAt(plain: unknown, path: readonly (string | number)[]): string {
  let node = plain;
  for (const key of path) node = property(node, String(key));
  return node === undefined ? '' : `, found ${JSON.stringify(node)?.slice(0, 80)}`;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
