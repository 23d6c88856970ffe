import { z } from 'zod';

/** Near-duplicates by MinHash-LSH. */
export const nearDuplicatesSchema = z.strictObject({
  mode: z
    .enum(['none', 'group', 'remove'])
    .default('none')
    .describe(
      'remove: of rows that nearly repeat each other only the one of the smallest content hash stays (exact duplicates go as well); group: all stay, and all on the same side of train and validation; none: not looked for.',
    ),
  text: z
    .enum(['conversation', 'row', 'assistant'])
    .default('conversation')
    .describe(
      'What is compared, as lower-case words in order: every message but the system’s (rows that share a long system prompt are no duplicates), the whole row, or the assistant’s side.',
    ),
  ngram: z.number().int().min(1).max(50).default(5).describe('Words per shingle.'),
  bands: z
    .number()
    .int()
    .min(1)
    .max(100)
    .default(14)
    .describe('Bands of the signature: rows that agree in any band are near-duplicates.'),
  rows_per_band: z
    .number()
    .int()
    .min(1)
    .max(64)
    .default(8)
    .describe('Minima per band. 14 × 8 finds 92 % of the pairs at Jaccard 0.8, 56 % at 0.7, 5 % at 0.5.'),
  min_similarity: z
    .number()
    .min(0)
    .max(1)
    .default(0.7)
    .describe(
      'With mode remove: a row goes only when its estimated Jaccard similarity to a row that stays is at least this; 0: any row that agrees in a band.',
    ),
});

/** Rows that stand in benchmarks. */
export const decontaminateSchema = z.strictObject({
  files: z
    .array(z.string())
    .default([])
    .describe('Benchmark files, folders or globs in any format that sources have; named by their file stem.'),
  benchmarks: z
    .record(z.string().min(1), z.union([z.string(), z.array(z.string()).min(1)]))
    .default({})
    .describe('Name of a benchmark → its file, folder or glob, or a list of them.'),
  ngram: z
    .number()
    .int()
    .min(3)
    .max(50)
    .default(13)
    .describe('A row that shares this many words in a row with a text of a benchmark is removed.'),
  min_words: z
    .number()
    .int()
    .min(1)
    .default(8)
    .describe('Benchmark texts shorter than `ngram` are looked for as a whole, down to this many words.'),
});
