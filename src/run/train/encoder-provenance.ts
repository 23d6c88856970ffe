import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

import type { EncoderFolder } from '../../core/tagger.ts';
import { madeByTrain } from './tagger-target.ts';

/** Where the numbers of an encoder come from; nothing of a head that was fitted on them. */
export type EncoderProvenance = Pick<EncoderFolder, 'licence' | 'data'>;

/** What `writeTagger` leaves of the encoder it built on. */
const trainedSchema = z.object({
  metrics: z.object({
    made_by: z.literal(madeByTrain),
    encoder: z.object({
      licence: z.string(),
      data: z.array(z.object({ name: z.string(), licence: z.string(), rows: z.int().optional() })),
    }),
  }),
});

/**
 * The licence and data of a folder's encoder: those of the folder itself, but where `train` made it, those of the encoder that it
 * passed on: the head, and so its rows, are dropped.
 */
export async function readProvenance(folder: string, encoder: EncoderFolder): Promise<EncoderProvenance> {
  const trained = trainedSchema.safeParse(JSON.parse(await readFile(join(folder, 'tagger.json'), 'utf8')));
  const { licence, data } = trained.success ? trained.data.metrics.encoder : encoder;
  return { licence, data };
}
