import type { RowBatch } from '../../core/row.ts';

/** The first `take` entries; all when null. */
export async function* takeEntries(
  batches: AsyncIterable<RowBatch>,
  take: number | null,
): AsyncGenerator<RowBatch> {
  let left = take ?? Number.POSITIVE_INFINITY;
  for await (const batch of batches) {
    if (batch.length >= left) {
      yield batch.slice(0, left);
      return;
    }
    left -= batch.length;
    yield batch;
  }
}
