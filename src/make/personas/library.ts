import { z } from 'zod';

import { ConfigError } from '../../core/errors.ts';

/** What an archetype of configs/archetypes.yaml says, as far as makers need it. */
export interface Archetype {
  readonly name: string;
  readonly description: string;
  readonly behaviour: readonly string[];
  readonly required_fields: Readonly<Record<string, ArchetypeField>>;
  readonly required_categories: readonly string[];
}

export interface ArchetypeField {
  readonly description: string;
  readonly choices?: readonly string[];
  /** Several, as a list of texts. */
  readonly list: boolean;
}

const categorySchema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9_]*$/),
  description: z.string().min(1),
  /** At least as many as a persona must have fields. */
  example_fields: z.array(z.string().min(1)).min(5).max(12),
  when_relevant: z.string().min(1),
});
const categoriesSchema = z.strictObject({ categories: z.array(categorySchema).min(3) });

const citySchema = z.strictObject({
  city: z.string(),
  state: z.string(),
  region: z.string(),
  areas: z.array(z.string()).min(1),
  pincodes: z.array(z.string()).min(1),
  landmarks: z.array(z.string()).min(1),
  culture: z.string(),
  languages: z.array(z.string()).min(1),
  customs: z.string(),
});
const localeSchema = z.strictObject({
  country: z.string(),
  /** `Indian`: what a model is told to stay true to. */
  adjective: z.string(),
  /** How much an amount of money in a text is worth there. */
  money: z.strictObject({ sign: z.string(), factor: z.number().positive() }),
  names: z.strictObject({ female: z.array(z.string()).min(3), male: z.array(z.string()).min(3) }),
  family_names: z.array(z.string()).min(3),
  cities: z.array(citySchema).min(1),
});
const localesSchema = z.strictObject({ locales: z.record(z.string(), localeSchema) });

const grammarSchema = z.strictObject({
  /** For fields that the grammar does not know. */
  other: z.array(z.string()).min(1),
  /** Detail category → field → ways to say it. */
  details: z.record(z.string(), z.record(z.string(), z.array(z.string()).min(1))),
  /** Field of an archetype → ways to say it. */
  archetypes: z.record(z.string(), z.array(z.string()).min(1)),
  rules: z.strictObject({
    opening_behavior: z.array(z.string()).min(1),
    response_style: z.array(z.string()).min(1),
    what_engages: z.array(z.string()).min(2),
    what_frustrates: z.array(z.string()).min(2),
    what_escalates: z.array(z.string()).min(2),
    what_ends_conversation: z.array(z.string()).min(2),
  }),
});

export type DetailCategory = z.output<typeof categorySchema>;
export type Locale = z.output<typeof localeSchema>;
export type Grammar = z.output<typeof grammarSchema>;

/** Everything that personas are made from besides the scenario. */
export interface PersonaLibrary {
  /** In the order of the file. */
  readonly categories: readonly DetailCategory[];
  readonly archetypes: readonly Archetype[];
  /** Scenario type → detail categories that its personas always have. */
  readonly domains: Readonly<Record<string, readonly string[]>>;
  readonly locale: Locale;
  readonly localeName: string;
  readonly grammar: Grammar;
}

/** The detail categories of a file. @throws ConfigError naming the file and the key */
export function parseCategories(plain: unknown, file: string): DetailCategory[] {
  const { categories } = parse(categoriesSchema, plain, file);
  const names = categories.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return categories;
  throw new ConfigError(`${file}: the detail category "${twice}" is there twice`, {
    code: 'category-duplicate',
  });
}

/** The locales of a file. @throws ConfigError */
export function parseLocales(plain: unknown, file: string): Readonly<Record<string, Locale>> {
  return parse(localesSchema, plain, file).locales;
}

/** What the template provider says. @throws ConfigError */
export function parseGrammar(plain: unknown, file: string): Grammar {
  return parse(grammarSchema, plain, file);
}

function parse<T>(schema: z.ZodType<T>, plain: unknown, file: string): T {
  const parsed = schema.safeParse(plain);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new ConfigError(`${file}: ${issue?.path.join('.')}: ${issue?.message}`, { code: 'library-invalid' });
}
