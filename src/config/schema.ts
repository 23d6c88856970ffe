import { z } from 'zod';

import { cascadeSchema } from './cascade-schema.ts';
import { decontaminateSchema, nearDuplicatesSchema } from './duplicates-schema.ts';
import { auditSchema, planSchema } from './planning-schema.ts';
import { runSchema } from './run-schema.ts';
import { balanceSchema } from './balance-schema.ts';
import { peftSchema, type phaseSchema, trainingSchema } from './training-schema.ts';
import { bytesSchema, factorSchema, shareSchema } from './values.ts';

const names = z.array(z.string());
const share = z.number().min(0).max(1);

const modelSchema = z.strictObject({
  base_model: z
    .string()
    .default('meta-llama/Llama-3.1-8B')
    .describe('Base model named in the trainer files.'),
  max_seq_length: z
    .number()
    .int()
    .positive()
    .default(4096)
    .describe('Sequence length named in the trainer files.'),
});

const datasetSchema = z.strictObject({
  data_path: z
    .string()
    .optional()
    .describe(
      'A file, folder tree or glob of mixed formats; shorthand for one entry of `sources`. Folders of runs in it are left out.',
    ),
  merged_corpus: z.string().optional().describe('Known from older configurations; not used.'),
  persona_weights: z
    .record(z.string(), shareSchema)
    .default({})
    .describe(
      'Target share of the balanced corpus per persona; a number or {min, max, target}. Covers children without a weight of their own.',
    ),
  trait_requirements: z
    .record(z.string(), shareSchema)
    .default({})
    .describe('Target share of the same corpus per trait; a number or {min, max, target}.'),
  category_bands: z
    .record(z.string(), shareSchema)
    .default({})
    .describe('Share per category; a number or {min, max, target}.'),
  deduplicate: z.boolean().default(true).describe('Drop exact duplicates before supply is counted.'),
  dedup_method: z
    .string()
    .default('content_hash')
    .describe(
      'Known from older configurations; duplicates are found by a 128-bit hash of the normalised messages.',
    ),
  min_output_length: z
    .number()
    .int()
    .min(0)
    .default(10)
    .describe('Rows whose assistant text is shorter (characters) are filtered.'),
  max_output_length: z
    .number()
    .int()
    .positive()
    .nullable()
    .default(null)
    .describe('Rows whose assistant text is longer (characters) are filtered; null: no limit.'),
  filter_empty: z.boolean().default(true).describe('Filter rows without any assistant text.'),
  filter_duplicates: z.boolean().default(true).describe('Same meaning as `deduplicate`; both must be true.'),
  near_duplicates: nearDuplicatesSchema.prefault({}),
  decontaminate: decontaminateSchema.prefault({}),
});

const sourceSchema = z.strictObject({
  name: z.string().min(1).describe('Name of the source; `_source` of its rows.'),
  path: z
    .union([z.string(), names])
    .optional()
    .describe(
      'File, folder or glob, or a list of them; relative to this file, else to the working directory.',
    ),
  hub: z
    .string()
    .regex(/^[^/\s]+\/[^/\s]+$/, 'must look like owner/name')
    .optional()
    .describe('Hugging Face dataset, owner/name.'),
  revision: z
    .string()
    .optional()
    .describe('Branch, tag or commit of the Hub dataset; pinned to a commit in run.json. Default main.'),
  files: names.optional().describe('Globs inside the Hub dataset; default: every data file.'),
  recipe: z
    .string()
    .optional()
    .describe('Name of a recipe in datasets/; its fields are defaults for this entry.'),
  columns: z
    .record(z.string(), z.string())
    .optional()
    .describe('Slot to column, e.g. {instruction: prompt_text, output: answer_text}.'),
  shape: z.string().optional().describe('Name of a row shape where the automatic choice is wrong.'),
  persona: z
    .string()
    .optional()
    .describe('Origin persona: a prior combined with the tagger, never silently a label.'),
  prior_strength: share
    .optional()
    .describe("Weight of the origin persona, 0 to 1; 1 fixes the label. Default: the recipe's, else 0.5."),
  limit: z
    .number()
    .int()
    .positive()
    .optional()
    .describe('At most this many rows enter the balance, chosen by content hash.'),
  rows: z
    .number()
    .int()
    .positive()
    .optional()
    .describe('Rows that the source is expected to hold, for `plan` before anything is read.'),
  licence: z.string().optional().describe('Licence of the source, for the dataset card.'),
  benchmark: z
    .boolean()
    .default(false)
    .describe('A benchmark set; refused unless run.allow_benchmarks is true.'),
  synthetic: z.boolean().default(false).describe('Rows were generated; they are marked _synthetic.'),
});

const taggersSchema = z.strictObject({
  persona: z
    .string()
    .default('persona-v1')
    .describe('Persona tagger: a name in taggers/, a folder, or hub:owner/name.'),
  traits: z
    .string()
    .default('traits-v1')
    .describe('Trait tagger: a name in taggers/, a folder, or hub:owner/name.'),
  persona_threshold: share
    .optional()
    .describe("Below this probability a row is general_assistant; default: the tagger's own."),
});

const inferenceSchema = z.strictObject({
  default_persona: z.string().default('general_assistant').describe('Carried into the dataset card.'),
  persona_token_format: z
    .string()
    .regex(/\S\s*\{persona_name\}\s*\S/, 'must hold {persona_name} with text before and after it')
    .refine((format) => format.split('{persona_name}').length < 3, 'must hold {persona_name} once only')
    .default('<persona:{persona_name}>')
    .describe('Control token written into the rows: {persona_name} once, with text before and after it.'),
  enable_blending: z.boolean().default(false).describe('Carried into the manifest.'),
  persona_blend: z
    .record(z.string(), share)
    .optional()
    .describe('Adapter to weight; must sum to 1. Carried into the manifest.'),
  persona_temperatures: z
    .record(z.string(), z.number().min(0).max(2))
    .default({})
    .describe('Sampling temperature per persona, carried into the dataset card.'),
});

const evalSchema = z.strictObject({
  persona_tests: z
    .array(z.strictObject({ persona: z.string(), prompt: z.string(), expected_style: z.string().optional() }))
    .default([])
    .describe('Prompts of the persona evaluation.'),
  metrics: names.default([]).describe('Metrics of the persona evaluation.'),
});

const augmentationSchema = z.strictObject({
  cross_persona_mixing: z.boolean().default(false).describe('Known, not used.'),
  back_translation: z.boolean().default(false).describe('Known, not used.'),
  synthetic_upsampling: z
    .record(z.string(), factorSchema)
    .default({})
    .describe(
      'Factor on the supply of a persona without a weight (2.0x and 2.0 are the same): met by rows of synthetic sources where there are any, else by copies within max_repeats.',
    ),
});

const monitoringSchema = z.strictObject({
  track_persona_distribution: z.boolean().default(true).describe('Known; the report always shows it.'),
  log_persona_loss_separately: z.boolean().default(true).describe('Known, not used.'),
  alert_on_persona_imbalance: z.boolean().default(true).describe('Raise alerts in the report.'),
  max_persona_drift: share
    .default(0.1)
    .describe('Alert when a persona is further than this from its target share.'),
});

const outputSchema = z.strictObject({
  format: z.enum(['messages', 'alpaca']).default('messages').describe('Columns of the shards.'),
  writer: z
    .enum(['hyparquet', 'parquetjs-lite'])
    .default('hyparquet')
    .describe('Parquet writer; parquetjs-lite has no zstd and flattens nulls in lists.'),
  shard_bytes: bytesSchema.default(64 * 2 ** 20).describe('Text per shard, estimated; e.g. 64MiB.'),
  row_group_rows: z.number().int().positive().default(8192).describe('Rows per Parquet row group.'),
  zstd_level: z.number().int().min(1).max(19).default(1).describe('zstd level of the default writer.'),
  extra_columns: z
    .boolean()
    .default(false)
    .describe('Keep unused input columns as JSON in the column extra.'),
  validation_share: z
    .number()
    .min(0)
    .max(0.5)
    .default(0.02)
    .describe('Share of the rows, chosen by content hash, that become validation.'),
  control_token: z
    .enum(['prefix', 'system', 'none'])
    .default('prefix')
    .describe('Where the persona token stands in the rows.'),
  control_token_dropout: share
    .default(0)
    .describe('Share of the rows, chosen by content hash, that carry no token.'),
});

/** Everything a configuration may hold, with defaults and descriptions; the only place where defaults live. */
export const configSchema = z.strictObject({
  model: modelSchema.prefault({}),
  dataset: datasetSchema.prefault({}),
  sources: z
    .array(sourceSchema)
    .default([])
    .describe('Where rows come from; dataset.data_path is shorthand for one.'),
  taggers: taggersSchema.prefault({}),
  cascade: cascadeSchema.prefault({}),
  balance: balanceSchema.prefault({}),
  plan: planSchema.prefault({}),
  audit: auditSchema
    .optional()
    .describe('Corrects the counts of the report for the errors of the persona tagger.'),
  training: trainingSchema.prefault({}),
  peft: peftSchema.prefault({}),
  inference: inferenceSchema.prefault({}),
  eval: evalSchema.prefault({}),
  augmentation: augmentationSchema.prefault({}),
  monitoring: monitoringSchema.prefault({}),
  output: outputSchema.prefault({}),
  run: runSchema.prefault({}),
  seed: z
    .number()
    .int()
    .min(0)
    .max(0xffffffff)
    .default(42)
    .describe('Every choice in a run is a function of content and this number.'),
  deterministic: z.boolean().default(true).describe('Known; output is always deterministic.'),
});

export type Config = z.output<typeof configSchema>;
export type SourceConfig = Config['sources'][number];
export type Phase = z.output<typeof phaseSchema>;
