import { formatCount, formatPlural, formatShare } from './format.ts';
import type { ReportModel } from './model.ts';

/** Which tagger judged how many rows, how often it was not sure, and what the accurate tier changed; data is not made inert. */
export function describeTiers({ tiers, cascade }: Pick<ReportModel, 'tiers' | 'cascade'>): string[] {
  const judged = tiers
    .filter((tier) => tier.rows > 0)
    .map(
      ({ tagger, rows, share, abstained }) =>
        `${tagger} judged ${formatPlural(rows, 'row')} (${formatShare(share)}), ${formatCount(abstained)} of them (${formatShare(abstained / rows)}) below its thresholds.`,
    );
  if (!cascade) return judged;
  const limits = [
    cascade.budget === null ? '' : `${formatShare(cascade.budget)} of the rows`,
    cascade.maxSeconds === null ? '' : `${cascade.maxSeconds} s, so the number differs from run to run`,
  ].filter((limit) => limit !== '');
  const agreement =
    cascade.rows === 0
      ? ''
      : ` Both tiers have the same best persona in ${formatShare(cascade.agreed / cascade.rows)} of them.`;
  return [
    ...judged,
    `The accurate tier was given ${formatPlural(cascade.rows, 'row')} of ${formatCount(cascade.eligible)}, those of which the fast tier was least sure (budget: ${limits.join(' and ')}).${agreement}`,
  ];
}
