import { formatCount, formatPlural, formatShare } from './format.ts';
import type { CascadeReport, ReportModel } from './model.ts';

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
  const which =
    cascade.drawn > 0
      ? `${formatCount(cascade.drawn)} of them drawn, the others those of which the fast tier was least sure`
      : 'those of which the fast tier was least sure';
  return [
    ...judged,
    `The accurate tier was given ${formatPlural(cascade.rows, 'row')} of ${formatCount(cascade.eligible)}, ${which} (budget: ${limits.join(' and ')}).${agreement}`,
    ...(cascade.correction ? [describeCorrection(cascade.correction)] : []),
    ...(cascade.correct && !cascade.correction && cascade.rows < cascade.eligible
      ? ['They are too few, or too much alike, to correct the fast tier on the other rows.']
      : []),
  ];
}

function describeCorrection({ agreement, rows, changed }: NonNullable<CascadeReport['correction']>): string {
  const share = (count: number): string => formatShare(count / Math.max(1, agreement.rows));
  return `They corrected the fast tier, which now has another best persona for ${formatPlural(changed, 'row')} of the ${formatCount(rows)} others (${formatShare(changed / Math.max(1, rows))}). Of the rows that were drawn both tiers agreed on ${share(agreement.before)}, and agree on ${share(agreement.after)} where each is judged by what the others teach.`;
}
