import type { ImportanceLabel } from '../../core/meeting.ts';
import { largestRemainder } from '../../lib/largest-remainder.ts';
import { shuffled } from './draw.ts';

/** Rows that share one event: a single meeting, or the instances of a series. */
export interface GroupQuota {
  readonly intent: ImportanceLabel;
  readonly isSeries: boolean;
  readonly occurrences: number;
  readonly exceptions: number;
  readonly needsPrep: boolean;
}

/**
 * Shares that sum to one and stand inside the printed bands with equal room above: each is its band's low end plus 0.75 of
 * the band (critical 10-15, high 25-30, medium 35-40, low 15-20 %).
 */
const intentShares: readonly (readonly [ImportanceLabel, number])[] = [
  ['critical', 0.1375],
  ['high', 0.2875],
  ['medium', 0.3875],
  ['low', 0.1875],
];
/** Share of singles, occurrences and exceptions as printed. */
const typeShares = [0.6, 0.3, 0.1];
/** Middle of the printed 40-50 %, and how it falls on the intents: nobody prepares for what rarely matters. */
const prepShare = 0.45;
const prepRates: Readonly<Record<ImportanceLabel, number>> = {
  critical: 0.92,
  high: 0.68,
  medium: 0.33,
  low: 0,
};
const usualSeriesLength = 4;

/** Whole groups whose rows meet intent, type and preparation shares by construction. */
export function planQuotas(count: number, random: () => number): GroupQuota[] {
  const intents = intentShares.map(([intent]) => intent);
  const rows = largestRemainder(
    intentShares.map(([, share]) => share),
    count,
  );
  const [, occurrences = 0, exceptions = 0] = largestRemainder(typeShares, count);
  const recurring = largestRemainder(rows, occurrences + exceptions);
  const changed = largestRemainder(recurring, exceptions);
  const prepared = largestRemainder(
    intents.map((intent, index) => (rows[index] ?? 0) * prepRates[intent]),
    Math.round(count * prepShare),
  );
  return intents.flatMap((intent, index) =>
    quotasOfIntent({
      intent,
      singles: (rows[index] ?? 0) - (recurring[index] ?? 0),
      recurring: recurring[index] ?? 0,
      exceptions: changed[index] ?? 0,
      prepared: Math.min(prepared[index] ?? 0, rows[index] ?? 0),
      random,
    }),
  );
}

function quotasOfIntent(params: {
  readonly intent: ImportanceLabel;
  readonly singles: number;
  readonly recurring: number;
  readonly exceptions: number;
  readonly prepared: number;
  readonly random: () => number;
}): GroupQuota[] {
  const { intent, singles, recurring, exceptions, prepared, random } = params;
  const seriesCount = recurring === 0 ? 0 : Math.max(1, Math.round(recurring / usualSeriesLength));
  const sizes = largestRemainder(
    Array.from({ length: seriesCount }, () => 1),
    recurring,
  );
  const changes = largestRemainder(sizes, exceptions);
  const sizesWithPrep = choosePreparedSeries(sizes, prepared, singles, random);
  let left = prepared;
  const series = sizes.map((size, index): GroupQuota => {
    const needsPrep = sizesWithPrep.has(index);
    if (needsPrep) left -= size;
    const exceptionsHere = changes[index] ?? 0;
    return {
      intent,
      isSeries: true,
      occurrences: size - exceptionsHere,
      exceptions: exceptionsHere,
      needsPrep,
    };
  });
  const single = Array.from({ length: singles }, (_, index): GroupQuota => ({
    intent,
    isSeries: false,
    occurrences: 0,
    exceptions: 0,
    needsPrep: index < left,
  }));
  return [...series, ...single];
}

/** Series that are prepared: about as many as of the singles, and so many that singles can make up the rest exactly. */
function choosePreparedSeries(
  sizes: readonly number[],
  prepared: number,
  singles: number,
  random: () => number,
): Set<number> {
  const total = sizes.reduce((left, right) => left + right, 0) + singles;
  const chosen = new Set<number>();
  let sum = 0;
  const order = shuffled([...sizes.keys()], random);
  const wanted = [((total - singles) * prepared) / Math.max(1, total), prepared - singles];
  for (const limit of [wanted[0] ?? 0, prepared]) {
    for (const index of order) {
      const size = sizes[index] ?? 0;
      const isNeeded = limit < prepared || sum < (wanted[1] ?? 0);
      if (chosen.has(index) || !isNeeded || sum + size > limit) continue;
      chosen.add(index);
      sum += size;
    }
  }
  return chosen;
}
