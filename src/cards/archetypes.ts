import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';

import { ConfigError } from '../core/errors.ts';

const archetypeSchema = z.strictObject({
  name: z.string().min(1),
  description: z.string().min(1),
  /** How such a persona behaves, one sentence an entry. */
  behaviour: z.array(z.string().min(1)).min(1),
  /** Fields that `archetype.data` must have → what they hold; `choices` where only those are allowed. */
  required_fields: z.record(
    z.string(),
    z.strictObject({
      description: z.string(),
      choices: z.array(z.string()).optional(),
      list: z.boolean().default(false),
    }),
  ),
  /** Detail categories that a persona of this archetype always has. */
  required_categories: z.array(z.string()).default([]),
});

const fileSchema = z.strictObject({
  /** For a persona whose archetype nobody knows. */
  unknown: z.strictObject({ behaviour: z.array(z.string()).min(1) }),
  archetypes: z.array(archetypeSchema),
  /** Scenario type → detail categories that its personas always have. */
  domains: z.record(z.string(), z.array(z.string())).default({}),
});

export type Archetypes = z.output<typeof fileSchema>;

/** Reads `configs/archetypes.yaml` or a file like it. @throws ConfigError naming the file and the key */
export async function readArchetypes(path: string): Promise<Archetypes> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new ConfigError(`${path}: cannot read the archetypes`, { code: 'archetypes-not-found', cause });
  });
  const parsed = fileSchema.safeParse(parse(text));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new ConfigError(`${path}: ${issue?.path.join('.')}: ${issue?.message}`, {
    code: 'archetypes-invalid',
  });
}
