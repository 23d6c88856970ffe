import { z } from 'zod';

/** Nothing here changes a byte of the dataset: it decides what `plan` counts on before rows are read, and what is audited. */
const levels = [z.literal(0.9), z.literal(0.95), z.literal(0.99)] as const;

export const auditSchema = z.strictObject({
  file: z
    .string()
    .min(1)
    .describe(
      'Rows whose persona a person checked, a random sample of the corpus: {instruction, input, output, persona} or {messages, persona}; relative to this file, else to the working directory.',
    ),
  confidence: z.union(levels).default(0.95).describe('Level of the intervals.'),
});

export const planSchema = z.strictObject({
  have: z
    .record(z.string(), z.number().int().min(0))
    .default({})
    .describe(
      'Rows per persona that were counted elsewhere; `plan --config` adds them to its projection, a run never does.',
    ),
  counts: z
    .enum(['published', 'declared'])
    .default('published')
    .describe(
      'What a source that is not tagged yet is taken to hold: the rows that its authors publish (where known), or those that its recipe or `sources[].rows` declares.',
    ),
});
