import { z } from 'zod';

import { bytesSchema } from './values.ts';

/** How the run is carried out; decides no byte of the dataset beyond what is let in. */
export const runSchema = z.strictObject({
  workers: z.number().int().min(1).max(256).optional().describe('Worker threads; default: one per core.'),
  max_bad_rate: z
    .number()
    .min(0)
    .max(1)
    .default(0.001)
    .describe('A source with a larger share of unreadable rows fails the run.'),
  on_bad_file: z
    .enum(['error', 'skip'])
    .default('error')
    .describe('A damaged file (truncated, corrupt) stops the run, or is left out with a warning.'),
  unit_bytes: bytesSchema.default(4 * 2 ** 20).describe('Input per unit of work.'),
  download: z
    .boolean()
    .default(false)
    .describe(
      'Fetch Hub files whole into the local cache before the run, resumably; off: they are read by range, where the cache lacks them.',
    ),
  allow_benchmarks: z.boolean().default(false).describe('Let benchmark sources in.'),
  commercial: z
    .boolean()
    .default(false)
    .describe('Refuse sources whose licence bars commercial use, or is unknown.'),
  limit: z.number().int().positive().optional().describe('Read at most this many rows, for a trial.'),
});
