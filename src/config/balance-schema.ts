import { z } from 'zod';

const share = z.number().min(0).max(1);

const repeats = z.number().int().min(1).max(100);

/** How the corpus is balanced: unit, size, rest, limits. */
export const balanceSchema = z.strictObject({
  unit: z
    .enum(['rows', 'tokens', 'supervised_tokens'])
    .default('rows')
    .describe('What shares are shares of.'),
  tokenizer: z
    .string()
    .optional()
    .describe(
      'A tokenizer.json that counts tokens, relative to this file; without one they are estimated: bytes / 4 and 4 a message.',
    ),
  total: z
    .union([z.literal('max'), z.number().int().positive()])
    .default('max')
    .describe(
      'Size of the balanced corpus in units; max: the largest at which the shares hold, never more than supplied.',
    ),
  rest: z
    .enum(['natural', 'temperature', 'unimax', 'drop'])
    .default('natural')
    .describe(
      'How personas without a weight share what is left: by supply; by supply to a power; evenly, none above rest_epochs of its supply (UniMax, Chung et al. 2023); or not at all.',
    ),
  rest_temperature: z
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .describe('Exponent on the supply of the rest when rest is temperature; 1 is natural, 0 is even.'),
  rest_epochs: z
    .number()
    .min(1)
    .max(100)
    .default(4)
    .describe('Most epochs of a persona without a weight when rest is unimax; max_repeats holds beside it.'),
  max_repeats: z
    .union([repeats, z.record(z.string(), repeats)])
    .default(4)
    .describe(
      'Most copies of one row, or per persona: {default: 4, poet: 2}; a persona also covers its children. Above 4 the report warns.',
    ),
  max_synthetic_share: z
    .union([share, z.record(z.string(), share)])
    .optional()
    .describe(
      'Largest share of synthetic rows in the corpus, or {corpus: 0.2, default: 0.5, poet: 0.1}: of the corpus, of each persona, of the personas named. Always kept, in the nearest mix too.',
    ),
  on_infeasible: z
    .enum(['nearest', 'error'])
    .default('nearest')
    .describe('Use the nearest feasible mix, or stop, when the shares cannot all hold.'),
});
