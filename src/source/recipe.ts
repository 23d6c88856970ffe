import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { parse, YAMLParseError } from 'yaml';
import { z } from 'zod';

import { ConfigError } from '../core/errors.ts';
import { suggestName } from '../lib/nearest.ts';

const groups = [
  'dialog',
  'reasoning',
  'creative',
  'factual',
  'code-debugging',
  'psychology',
  'tool',
  'multi-turn',
  'adversarial',
] as const;

const rows = z.number().int().positive();

const recipeSchema = z
  .strictObject({
    id: z.string().regex(/^[a-z0-9-]+$/),
    /** Hub dataset, owner/name. */
    repo: z.string().regex(/^[\w.-]+\/[\w.-]+$/, 'must look like owner/name'),
    /** Branch, tag or commit; `refs/convert/parquet` where the repository holds a loading script only. */
    revision: z.string().min(1).default('main'),
    /** Globs inside the repository; default: every data file. */
    files: z.array(z.string().min(1)).min(1).optional(),
    /** SPDX, LicenseRef-…, or `unknown`. */
    license: z.string().regex(/^(unknown|[A-Z][\w.+-]*)$/, 'must be an SPDX name or unknown'),
    non_commercial: z.boolean(),
    shape: z.string().optional(),
    /** Slot of the shape → column, where the names do not say it. */
    columns: z.record(z.string(), z.string()).optional(),
    /** Columns that the files have; a hint for people. */
    expected_columns: z.array(z.string()).optional(),
    persona: z.string(),
    prior_strength: z.number().min(0).max(1),
    /** What the original plan tags the dataset with, where we disagree. */
    printed_persona: z.string().optional(),
    /** At most this many rows enter the balance. */
    cap: rows,
    /** Rows the original plan counts on. */
    declared_rows: rows,
    /** Rows the dataset offers, where known. */
    published_rows: rows.optional(),
    group: z.enum(groups),
    phase: z.union([z.literal(1), z.literal(2)]),
    benchmark: z.boolean(),
    notes: z.array(z.string().min(1)).default([]),
  })
  .refine((recipe) => !/-NC(-|$)/.test(recipe.license) || recipe.non_commercial, {
    path: ['non_commercial'],
    message: 'must be true: the licence forbids commercial use',
  });

/** One public dataset: where it lies and what is known about it. */
export type Recipe = z.infer<typeof recipeSchema>;

/**
 * All `*.yaml` of `directory`, in code unit order of their ids. Throws ConfigError `recipe-invalid` that names file, key
 * and value, and the nearest known name for a misspelt key.
 */
export async function loadRecipes(directory: string): Promise<Recipe[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.yaml'));
  const recipes = await Promise.all(names.toSorted().map((name) => loadRecipe(join(directory, name), name)));
  return recipes.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** The recipe called `id`; ConfigError `recipe-unknown` suggests the nearest or lists all. */
export function findRecipe(recipes: readonly Recipe[], id: string): Recipe {
  const found = recipes.find((recipe) => recipe.id === id);
  if (found) return found;
  throw new ConfigError(`recipe "${id}" does not exist`, {
    code: 'recipe-unknown',
    hint: suggestName(
      id,
      recipes.map((recipe) => recipe.id),
    ),
  });
}

async function loadRecipe(path: string, name: string): Promise<Recipe> {
  const value = parseYaml(await readFile(path, 'utf8'), path);
  const result = recipeSchema.safeParse(value);
  if (!result.success) throw describeIssue(path, result.error, value);
  if (`${result.data.id}.yaml` === name) return result.data;
  throw new ConfigError(`${path}: id is "${result.data.id}", but the file is called ${name}`, {
    code: 'recipe-invalid',
    hint: `call it ${result.data.id}.yaml`,
  });
}

function parseYaml(text: string, path: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error;
    const line = error.linePos?.[0].line ?? 1;
    throw new ConfigError(`${path}: line ${line}: not valid YAML (${error.code})`, {
      code: 'recipe-invalid',
    });
  }
}

function describeIssue(path: string, error: z.ZodError, value: unknown): ConfigError {
  const issue = error.issues[0];
  if (issue?.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? '';
    return new ConfigError(`${path}: unknown key "${key}"`, {
      code: 'recipe-invalid',
      hint: suggestName(key, Object.keys(recipeSchema.shape)),
    });
  }
  const key = issue?.path.join('.') ?? '';
  const given = valueAt(value, issue?.path ?? []);
  const isGroup = key === 'group' && typeof given === 'string';
  return new ConfigError(
    `${path}: ${key || 'recipe'}: ${JSON.stringify(given)}: ${issue?.message ?? 'invalid'}`,
    {
      code: 'recipe-invalid',
      hint: isGroup ? suggestName(given, groups) : undefined,
    },
  );
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let current = value;
  for (const key of path) {
    if (typeof current !== 'object' || current === null) return undefined;
    current = Reflect.get(current, key);
  }
  return current;
}
