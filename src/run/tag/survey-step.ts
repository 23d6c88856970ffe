import type { Tagger } from '../../core/tagger.ts';
import { openBytes } from '../../source/open-bytes.ts';
import { readUnit } from '../../source/read-unit.ts';
import { RowEncoder } from '../../tag/encode.ts';
import { confidencesOfBatch, joinConfidences, type UnitConfidence } from '../../tag/least-sure.ts';
import type { SurveyTask } from '../tasks.ts';

/** How sure the fast tier is of the readable rows of one unit. Holds one batch and 8 bytes a row. */
export async function surveyStep({ unit }: SurveyTask, tagger: Tagger): Promise<UnitConfidence> {
  const encoder = new RowEncoder();
  const parts: UnitConfidence[] = [];
  for await (const batch of readUnit(unit, { keepExtra: false, openBytes })) {
    const encoded = encoder.encode(batch.flatMap((entry) => ('value' in entry ? [entry.value] : [])));
    parts.push(confidencesOfBatch(encoded, (await tagger.tag(encoded.text)).scores));
  }
  return joinConfidences(parts);
}
