import { z } from 'zod';

import { ConfigError } from '../../core/errors.ts';

const text = z.string().min(1);

/** The persona of one mode. What else stands here goes into the archetype's data when the archetype has such a field. */
const definitionSchema = z.looseObject({
  role: text,
  name: z.string().optional(),
  age: z.number().int().positive().optional(),
  gender: z.string().optional(),
  description: z.string().default(''),
  /** `Mumbai, India` or `Mumbai, Maharashtra, India`. */
  location: z.string().optional(),
  /** Where the persona is right now. */
  current_situation: z.string().optional(),
  /** Kind of place. */
  context: z.string().optional(),
});

/** A kind of person that the scenario works with; `gender` and `age_range` where not everybody can be it. */
const personaTypeSchema = z.union([
  text.transform((type) => ({ type, gender: undefined, age_range: undefined, data: undefined })),
  z.strictObject({
    type: text,
    gender: text.optional(),
    age_range: z.tuple([z.number().int(), z.number().int()]).optional(),
    /** Fields of the archetype that follow from the kind. */
    data: z.record(z.string(), z.unknown()).optional(),
  }),
]);

/** A scenario: the `template_data` of the dynamic generator. Keys of others are kept and shown to the model. */
const scenarioSchema = z.looseObject({
  template_id: z.string().regex(/^[a-z0-9][a-z0-9_-]*$/i, 'must be a name of letters, digits, _ and -'),
  title: z.string().optional(),
  general_info: z.looseObject({ domain: text }),
  context_overview: z.record(z.string(), z.unknown()).default({}),
  archetype_classification: z
    .looseObject({
      primary_archetype: z.string().nullable().default(null),
      confidence_score: z.number().nullable().default(null),
    })
    .prefault({}),
  persona_types: z.array(personaTypeSchema).default([]),
  age_range: z.tuple([z.number().int(), z.number().int()]).optional(),
  persona_definitions: z.record(z.string(), definitionSchema),
  /** Words of the scenario that texts without a model are made of. */
  words: z.record(z.string(), z.array(text).min(1)).default({}),
});

export type Scenario = z.output<typeof scenarioSchema>;
export type PersonaDefinition = z.output<typeof definitionSchema>;

export const personaModes = ['learn_mode', 'assess_mode', 'try_mode'] as const;
export type PersonaMode = (typeof personaModes)[number];

/** @throws ConfigError naming file, key and value */
export function parseScenario(plain: unknown, file: string): Scenario {
  const parsed = scenarioSchema.safeParse(plain);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new ConfigError(`${file}: ${issue?.path.join('.')}: ${issue?.message}`, {
      code: 'scenario-invalid',
      hint: 'configs/scenarios/ has five to start from',
    });
  }
  const modes = Object.keys(parsed.data.persona_definitions);
  if (modes.length > 0) return parsed.data;
  throw new ConfigError(`${file}: persona_definitions: is empty; a scenario needs at least one persona`, {
    code: 'scenario-invalid',
  });
}

/** The persona of a mode; a mode without one of its own takes that of assess mode, else the first. */
export function definitionOf(scenario: Scenario, mode: PersonaMode): PersonaDefinition {
  const { persona_definitions: definitions } = scenario;
  const found =
    definitions[`${mode}_ai_bot`] ?? definitions['assess_mode_ai_bot'] ?? Object.values(definitions)[0];
  if (!found)
    throw new ConfigError(`${scenario.template_id}: no persona definition`, { code: 'scenario-invalid' });
  return found;
}
