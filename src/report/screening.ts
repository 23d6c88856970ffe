import { formatCount, formatPlural } from './format.ts';
import type { Accounting } from './model.ts';

/** Sentences about near-duplicates and benchmarks; none where a run looked for neither. Names as they are: escape them. */
export function describeScreening({ nearClusters, nearDuplicates, benchmarks }: Accounting): string[] {
  const sentences: string[] = [];
  if (nearClusters !== null) {
    const fate =
      nearDuplicates > 0
        ? `one row of each stayed and ${formatCount(nearDuplicates)} were removed`
        : 'all of their rows stayed, each group on one side of train and validation';
    sentences.push(
      nearClusters === 0
        ? 'No near-duplicates were found.'
        : `Near-duplicates made ${formatPlural(nearClusters, 'group')}: ${fate}.`,
    );
  }
  if (benchmarks.length > 0) {
    const counts = benchmarks.map(({ name, rows }) => `${name} ${formatCount(rows)}`);
    sentences.push(`Rows removed because they stand in a benchmark: ${counts.join(', ')}.`);
  }
  return sentences;
}
