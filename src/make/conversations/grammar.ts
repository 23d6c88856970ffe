import { z } from 'zod';

import { ConfigError } from '../../core/errors.ts';

const lines = z.array(z.string().min(1)).min(1);
const registers = ['short', 'plain', 'hedged'] as const;

const typeSchema = z.strictObject({
  register: z.enum(registers),
  drinks: z.enum(['any', 'enthusiast']).default('any'),
  greetings: lines,
  greetings_first: lines.optional(),
  leads: lines,
  tails: lines,
  addresses: z.array(z.string()).default([]),
  beats: z.array(
    z.strictObject({
      agent: lines,
      user: lines,
      small_talk: z.boolean().default(false),
      late: z.boolean().default(false),
    }),
  ),
  closings: z.array(z.strictObject({ agent: lines, user: lines })).min(1),
  farewells: lines,
});

const beatSchema = z.strictObject({
  agent: z.strictObject({ short: lines, plain: lines, hedged: lines }),
  user: lines,
  open: z.boolean().default(false),
});

const grammarSchema = z.strictObject({
  lists: z.strictObject({
    milk_drinks: lines,
    black_drinks: lines,
    enthusiast_drinks: lines,
    new_drinks: lines,
    milks: lines,
    plant_milks: lines,
    sizes: lines,
    snacks: lines,
    baristas: lines,
    origins: lines,
    notes: lines,
    methods: lines,
    places: lines,
    colleagues: lines,
    appointments: lines,
    diets: z.strictObject({ dairy: lines, nuts: lines, gluten: lines, sugar: lines }),
  }),
  completions: z.record(z.string(), z.string()).default({}),
  avoid: z.record(z.string(), z.string()).default({}),
  terms: lines,
  safe: z.strictObject({ dairy: z.string(), nuts: z.string(), gluten: z.string(), sugar: z.string() }),
  sizeless: z.array(z.string()).default([]),
  types: z.record(z.string(), typeSchema),
  scenarios: z.record(z.string(), z.array(beatSchema).min(3)),
});

/** What the template provider speaks. */
export type Grammar = z.infer<typeof grammarSchema>;
export type TypeGrammar = Grammar['types'][string];

/** @throws ConfigError `grammar-invalid` */
export function parseGrammar(value: unknown, path: string): Grammar {
  const parsed = grammarSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new ConfigError(`${path}: ${issue?.path.join('.') || 'it'}: ${issue?.message ?? 'invalid'}`, {
    code: 'grammar-invalid',
    hint: 'configs/scenarios/coffee-shop.grammar.yaml shows the form',
  });
}
