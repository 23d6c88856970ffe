import { z } from 'zod';

/** Which rows a second, slower tagger looks at. Off while neither `budget` nor `max_seconds` is given. */
export const cascadeSchema = z.strictObject({
  tagger: z
    .string()
    .default('minilm-v1')
    .describe('Accurate tier: a persona tagger, named as in taggers.persona.'),
  budget: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe(
      'Share of the rows with assistant text that the accurate tier tags. Not given, and without max_seconds: none.',
    ),
  max_seconds: z
    .number()
    .positive()
    .optional()
    .describe(
      'Wall time for the accurate tier, about: its speed is measured first, then the number of rows is fixed and recorded. Time decides what is tagged, so the output differs from run to run; started again, a run keeps its number. With budget: the smaller of the two. The correction of the other rows comes on top.',
    ),
  correct: z
    .boolean()
    .default(true)
    .describe(
      'Let the rows of the accurate tier correct the fast tier on all others, which are then tagged once more: two thirds of its rows are drawn, the others those of which the fast tier is least sure. From 100 rows on; below, and with false, it gets the least sure rows alone and changes no other.',
    ),
});

export type CascadeConfig = z.output<typeof cascadeSchema>;

/** Whether a configuration asks for an accurate tier. */
export function hasCascade({ budget, max_seconds: seconds }: CascadeConfig): boolean {
  return budget === undefined ? seconds !== undefined : budget > 0;
}

/** Name of the accurate tier; null where none is asked for. */
export function accurateTier(cascade: CascadeConfig): string | null {
  return hasCascade(cascade) ? cascade.tagger : null;
}
