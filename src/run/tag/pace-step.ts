import type { Tagger } from '../../core/tagger.ts';
import { openBytes } from '../../source/open-bytes.ts';
import { readUnit } from '../../source/read-unit.ts';
import { RowEncoder } from '../../tag/encode.ts';
import type { Pace, PaceTask } from '../tasks.ts';

/** Rows between two looks at the clock. */
const rowsPerLook = 16;

/** Tags rows from the start of a unit until the time is up. The scores are thrown away: only the speed is wanted. */
export async function paceStep({ unit, ms }: PaceTask, tagger: Tagger): Promise<Pace> {
  const encoder = new RowEncoder();
  const started = performance.now();
  let rows = 0;
  for await (const batch of readUnit(unit, { keepExtra: false, openBytes })) {
    const values = batch.flatMap((entry) => ('value' in entry ? [entry.value] : []));
    for (let at = 0; at < values.length; at += rowsPerLook) {
      const some = values.slice(at, at + rowsPerLook);
      await tagger.tag(encoder.encode(some).text);
      rows += some.length;
      const spent = performance.now() - started;
      if (spent >= ms) return { rows, ms: spent };
    }
  }
  return { rows, ms: performance.now() - started };
}
