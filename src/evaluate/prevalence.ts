/** Two-sided normal quantiles of the confidence levels that are offered. */
const quantiles: Readonly<Record<ConfidenceLevel, number>> = {
  0.9: 1.6448536269514722,
  0.95: 1.959963984540054,
  0.99: 2.5758293035489004,
};

export type ConfidenceLevel = 0.9 | 0.95 | 0.99;

/** One class against all others: how often it was counted, and how the same tagger did on rows that a person labelled. */
export interface ClassCounts {
  /** Rows of the population, and how many of them the tagger gives the class. */
  readonly rows: number;
  readonly counted: number;
  /** Labelled rows of the class, and how many of them the tagger finds. */
  readonly members: number;
  readonly found: number;
  /** Labelled rows of other classes, and how many of them the tagger leaves out. */
  readonly others: number;
  readonly leftOut: number;
}

/** Shares in [0, 1]. */
export interface Prevalence {
  readonly share: number;
  readonly low: number;
  readonly high: number;
}

/**
 * The share of a class with the tagger's errors taken out: (counted share + specificity − 1) / (sensitivity + specificity − 1)
 * (Rogan & Gladen 1978; "adjusted count" of Forman 2008), cut to [0, 1]. The interval allows for the sampling of both error
 * rates (Lang & Reiczigel 2014, Prev. Vet. Med. 113:13–22). It takes the labelled rows for a random sample of each side; where
 * the tagger tells the class no better than chance (or no row of one side is labelled) nothing can be said: null.
 */
export function correctPrevalence(counts: ClassCounts, level: ConfidenceLevel): Prevalence | null {
  const { rows, counted, members, found, others, leftOut } = counts;
  if (rows === 0 || members === 0 || others === 0) return null;
  const youden = found / members + leftOut / others - 1;
  if (youden <= 0) return null;
  const share = (counted / rows + leftOut / others - 1) / youden;
  const { low, high } = interval(counts, quantiles[level]);
  return { share: clip(share), low: Math.min(low, clip(share)), high: Math.max(high, clip(share)) };
}

/** Counts are drawn towards one half first ("add two successes and two failures"), and the middle is moved with them. */
function interval(counts: ClassCounts, z: number): { low: number; high: number } {
  const rows = counts.rows + z * z;
  const members = counts.members + 2;
  const others = counts.others + 2;
  const observed = (counts.counted + (z * z) / 2) / rows;
  const sensitivity = (counts.found + 1) / members;
  const specificity = (counts.leftOut + 1) / others;
  const youden = sensitivity + specificity - 1;
  if (youden <= 0) return { low: 0, high: 1 };
  const share = (observed + specificity - 1) / youden;
  const sensitivityVariance = (sensitivity * (1 - sensitivity)) / members;
  const specificityVariance = (specificity * (1 - specificity)) / others;
  const error =
    Math.sqrt(
      (observed * (1 - observed)) / rows +
        share * share * sensitivityVariance +
        (1 - share) * (1 - share) * specificityVariance,
    ) / youden;
  const middle = share + 2 * z * z * (share * sensitivityVariance - (1 - share) * specificityVariance);
  return { low: clip(middle - z * error), high: clip(middle + z * error) };
}

function clip(share: number): number {
  return Math.min(1, Math.max(0, share));
}
