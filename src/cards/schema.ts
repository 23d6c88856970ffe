import { z } from 'zod';

import { cardKinds } from '../core/card.ts';
import { conversationRulesSchema, oracleRulesSchema } from './rules-schema.ts';

/**
 * The card file. What may be left out has the value that says "unknown" (null, an empty list, an empty object), so that a short
 * file and a whole one are read into the same shape. `category`, `adapter` and `phases` are filled in from the taxonomy.
 */
const text = z.string();
const texts = z.array(text).default([]);
const open = z.record(z.string(), z.unknown());
const maybeText = text.nullable().default(null);

/** A slug: what file names, cell names and `persona_id` are made of. */
const cardIdPattern = /^[a-z0-9][a-z0-9_-]{0,119}$/;

const taxonomySchema = z.strictObject({
  persona: text.describe('Behaviour class that the tagger predicts; one of taggers/personas.yaml.'),
  category: text.optional().describe("Category of that class; the taxonomy's when left out."),
  adapter: text.optional().describe("LoRA adapter; the taxonomy's when left out."),
  phases: z.array(text).optional().describe("Curriculum phases; the taxonomy's when left out."),
});

const identitySchema = z.strictObject({
  age: z.number().nullable().default(null).describe('Years.'),
  gender: maybeText.describe('In words.'),
  role: maybeText.describe('What the person does; never the same as the name.'),
  type: maybeText.describe('`angry`, `Experienced gynaecologist`: the kind of person within a set of cards.'),
  location: open
    .nullable()
    .default(null)
    .describe('country, state, city, region, specific_area, current_physical_location, location_type, …'),
  demographics: open
    .nullable()
    .default(null)
    .describe('level, function, tenure, team_size, company, industry, …'),
});

const voiceSchema = z.strictObject({
  traits: texts.describe('Short traits, one an entry.'),
  speech_patterns: texts.describe('How the person speaks, one pattern an entry.'),
  phrases: texts.describe('Words that the person really says: what a check can look for.'),
  tone: maybeText.describe('In a word or two.'),
  reasoning_style: maybeText.describe('In a word or two.'),
  gap_ms: z
    .tuple([z.number(), z.number()])
    .nullable()
    .default(null)
    .describe('Shortest and longest pause before a turn, milliseconds.'),
  word_limit: z.number().nullable().default(null).describe('Typical length of a reply, words.'),
});

const archetypeSchema = z.strictObject({
  type: maybeText.describe(
    'PERSUASION, CONFRONTATION, HELP_SEEKING, INVESTIGATION, NEGOTIATION; null: unknown.',
  ),
  confidence: z.number().nullable().default(null).describe('0 … 1; null where nobody measured it.'),
  data: open.default({}).describe('Fields of the archetype (configs/archetypes.yaml).'),
});

const rulesSchema = z.strictObject({
  conversation: conversationRulesSchema.nullable().default(null).describe('How a conversation goes.'),
  oracle: oracleRulesSchema.nullable().default(null).describe('Preference rules of a meeting persona.'),
});

const promptsSchema = z.strictObject({
  minimal: maybeText.describe('Who it is.'),
  standard: maybeText.describe('Who it is, how it speaks, where it is.'),
  full: maybeText.describe('Everything the card knows.'),
});

const evidenceSchema = z.strictObject({
  cluster: z.number().nullable().default(null).describe('Number of the cluster.'),
  size: z.number().default(0).describe('Messages behind the card.'),
  terms: texts.describe('Words that set it apart.'),
  sample_ids: texts.describe('Ids of messages that show it.'),
});

const provenanceSchema = z.strictObject({
  source: z
    .enum(['seed', 'llm', 'template', 'extract', 'hand', 'import'])
    .default('hand')
    .describe('Where the card comes from.'),
  model: maybeText.describe('Model that wrote it.'),
  prompt_hash: maybeText.describe('sha256 of what the model was sent.'),
  seed: z.number().nullable().default(null).describe('Seed it was made with.'),
});

export const cardSchema = z.strictObject({
  schema: z.literal('persona-card/1').default('persona-card/1').describe('Version of this format.'),
  id: text
    .regex(cardIdPattern, 'must be a slug: a-z, 0-9, _ and -')
    .describe('Slug, unique in a set of cards.'),
  name: text.min(1, 'must not be empty').describe('Name of the person.'),
  kind: z.enum(cardKinds).describe('What the card is for.'),
  taxonomy: taxonomySchema.describe('The behaviour class that the card points at.'),
  summary: text.describe('One paragraph of prose.'),
  identity: identitySchema.prefault({}).describe('Who it is.'),
  voice: voiceSchema.prefault({}).describe('How it speaks.'),
  archetype: archetypeSchema.prefault({}).describe('Kind of encounter.'),
  details: z.record(z.string(), open).default({}).describe('Detail category → its fields.'),
  rules: rulesSchema.prefault({}).describe('How it behaves and decides.'),
  context: open
    .default({})
    .describe(
      'weekly_hours, breakdown, work_style, career_stage, stress_level, notes, scenario_type, mode, template_id, …',
    ),
  prompts: promptsSchema.prefault({}).describe('System prompts at three levels of detail.'),
  evidence: evidenceSchema.nullable().default(null).describe('What a discovered card was found from.'),
  provenance: provenanceSchema.prefault({}).describe('Where the card comes from.'),
  extra: open.default({}).describe('What another format holds and this one has no place for, by format.'),
});

/** JSON Schema of the card file, for editors: `# yaml-language-server: $schema=…`. */
export function cardJsonSchema(): unknown {
  return z.toJSONSchema(cardSchema, { io: 'input' });
}
