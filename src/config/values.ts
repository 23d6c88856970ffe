import { z } from 'zod';

/** A share of the balanced corpus, or bounds on it. `target` beside `min`/`max` is a wish, alone it is the share. */
const bandSchema = z
  .strictObject({
    min: z.number().min(0).max(1).optional().describe('Hard lower bound of the share.'),
    max: z.number().min(0).max(1).optional().describe('Hard upper bound of the share.'),
    target: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .describe('Wished share inside the bounds; alone: the share itself.'),
  })
  .refine((band) => band.min !== undefined || band.max !== undefined || band.target !== undefined, {
    message: 'needs at least one of min, max, target',
  })
  .refine((band) => (band.min ?? 0) <= (band.max ?? 1), { message: 'min is above max' });

export const shareSchema = z.union([z.number().min(0).max(1), bandSchema]);

/** `2.0x`, `2x` and `2.0` all mean twice. */
export const factorSchema = z.preprocess(
  (value) => (typeof value === 'string' && /^\d+(\.\d+)?x$/.test(value) ? Number(value.slice(0, -1)) : value),
  z.number().min(1).max(100),
);

/** Plain number or text that YAML could not read as one (`2e-5` under older rules). */
export const rateSchema = z.preprocess(
  (value) =>
    typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value))
      ? Number(value)
      : value,
  z.number().positive().max(1),
);

/** Sizes such as `64MiB`, `512KiB` or a number of bytes. */
export const bytesSchema = z.preprocess((value) => {
  const match = typeof value === 'string' ? /^(\d+(?:\.\d+)?)\s*([KMG])i?B?$/i.exec(value) : null;
  if (!match) return value;
  const power = { K: 10, M: 20, G: 30 }[(match[2] ?? '').toUpperCase()] ?? 0;
  return Math.round(Number(match[1]) * 2 ** power);
}, z.number().int().positive());
