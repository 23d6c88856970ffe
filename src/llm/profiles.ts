import { readFile } from 'node:fs/promises';

import { parse, YAMLParseError } from 'yaml';
import { z } from 'zod';

import { ConfigError } from '../core/errors.ts';
import { suggestName } from '../lib/nearest.ts';
import { providerNames } from './provider.ts';

const amount = z.number().nonnegative();
const limit = z.number().int().positive();

/** A key that stands where the name of its variable should must not be taken for one, and so be shown. */
export const keyVariableSchema = z
  .string()
  .regex(
    /^[A-Z_][A-Z0-9_]*$/,
    'names an environment variable, in capitals; the key itself has no place here',
  );

const profileSchema = z.strictObject({
  provider: z.enum(providerNames),
  /** For `openai`; credentials have no place in it. */
  base_url: z.url({ protocol: /^https?$/ }).optional(),
  model: z.string().min(1).optional(),
  /** Name of the environment variable with the key, never the key. */
  key_env: keyVariableSchema.optional(),
  /** US dollars for a million tokens. */
  prices: z.strictObject({ prompt: amount, completion: amount }).optional(),
  concurrency: limit.optional(),
  requests_per_minute: limit.optional(),
  tokens_per_minute: limit.optional(),
  timeout_seconds: z.number().positive().max(86_400).optional(),
});

export type Profile = z.infer<typeof profileSchema>;

const fileSchema = z.strictObject({ profiles: z.record(z.string(), z.unknown()) });

/**
 * The profile called `name` of a file like configs/llm.yaml.
 * @throws ConfigError naming file, profile and key, and the nearest known name; values are never shown, a key may be one
 */
export async function loadProfile(path: string, name: string): Promise<Profile> {
  const file = fileSchema.safeParse(await readYaml(path));
  if (!file.success) {
    throw new ConfigError(`${path}: needs the key "profiles" and no other`, { code: 'llm-profiles-invalid' });
  }
  const { profiles } = file.data;
  if (!Object.hasOwn(profiles, name)) {
    throw new ConfigError(`${path}: no profile "${name}"`, {
      code: 'llm-profile-unknown',
      hint: suggestName(name, Object.keys(profiles)),
    });
  }
  const parsed = profileSchema.safeParse(profiles[name]);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const place = ['profiles', name, ...(issue?.path ?? [])].map(String).join('.');
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const what =
    unknown === undefined
      ? (issue?.message ?? 'not valid')
      : `unknown key "${unknown}"; ${suggestName(unknown, Object.keys(profileSchema.shape))}`;
  throw new ConfigError(`${path}: ${place}: ${what}`, { code: 'llm-profiles-invalid' });
}

async function readYaml(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new ConfigError(`${path}: cannot read the profiles`, { code: 'llm-profiles-not-found', cause });
  });
  try {
    return parse(text);
  } catch (cause) {
    if (!(cause instanceof YAMLParseError)) throw cause;
    throw new ConfigError(`${path}: not valid YAML: ${cause.message.split('\n')[0] ?? ''}`, {
      code: 'llm-profiles-invalid',
    });
  }
}
