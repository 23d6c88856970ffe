import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

import { ConfigError } from '../../core/errors.ts';
import type { CategoryRules } from '../../extract/categorise.ts';
import type { NameRules } from '../../extract/name-clusters.ts';
import { fingerprint } from '../checkpoint.ts';

/** What ships in configs/extract/: how messages are sorted and clusters are named. */
export interface ExtractRules {
  readonly categories: CategoryRules;
  readonly names: NameRules;
  readonly stopWords: Readonly<Record<string, readonly string[]>>;
  /** Hash of each part, for the keys of the stages. */
  readonly hashes: { readonly categories: string; readonly names: string; readonly stopWords: string };
}

const groups = z.record(z.string(), z.array(z.string().min(1)).min(1));
const signs = z.record(z.string(), z.number());

const categoriesSchema = z.strictObject({
  topics: groups,
  tones: groups,
  reasoning: groups,
  questions: groups,
  lengths: z.strictObject({ short: z.number(), medium: z.number(), long: z.number() }),
  code_forms: z.array(z.string()),
});

const namesSchema = z.strictObject({
  nouns: z
    .array(
      z.strictObject({
        name: z.string(),
        persona: z.string(),
        focus: z.string(),
        priority: z.string(),
        signs,
      }),
    )
    .min(1),
  adjectives: z.array(z.strictObject({ name: z.string(), signs })).min(1),
});

/** Reads and checks the rules. @throws ConfigError `extract-rules-invalid` */
export async function loadExtractRules(configs: string): Promise<ExtractRules> {
  const categories = await load(join(configs, 'extract', 'categories.yaml'), categoriesSchema);
  const names = await load(join(configs, 'extract', 'names.yaml'), namesSchema);
  const stopWords = await load(join(configs, 'extract', 'stop-words.yaml'), groups);
  return {
    categories,
    names,
    stopWords,
    hashes: {
      categories: fingerprint(categories),
      names: fingerprint(names),
      stopWords: fingerprint(stopWords),
    },
  };
}

async function load<Value>(path: string, schema: z.ZodType<Value>): Promise<Value> {
  const read = schema.safeParse(parse(await readFile(path, 'utf8')));
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new ConfigError(`${path}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid'}`, {
    code: 'extract-rules-invalid',
    hint: 'install the package again, or undo the change',
  });
}
