import type { Taxonomy } from '../core/taxonomy.ts';

/** One labelled row with what the tagger said. Indices into the taxonomy. */
export interface Judged {
  readonly gold: number;
  /** Final label: the reject class where the tagger abstained. */
  readonly predicted: number;
  /** Best class before abstention. */
  readonly best: number;
  /** Calibrated probability of `best`. */
  readonly score: number;
}

export interface ClassMetrics {
  readonly rows: number;
  readonly predicted: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

export interface Evaluation {
  readonly rows: number;
  readonly accuracy: number;
  readonly macro_f1: number;
  readonly category_accuracy: number;
  readonly parent_accuracy: number;
  readonly ece: number;
  readonly abstained: number;
  /** Share of rows that can be labelled, most confident first, with at least 90 % of them right. */
  readonly coverage_at_90_precision: number;
  readonly per_class: Readonly<Record<string, ClassMetrics>>;
  /** Most frequent confusions. */
  readonly confusion: readonly { readonly gold: string; readonly predicted: string; readonly rows: number }[];
  readonly reliability: readonly {
    readonly from: number;
    readonly to: number;
    readonly rows: number;
    readonly confidence: number;
    readonly accuracy: number;
  }[];
}

/**
 * Scores a tagger on labelled rows. Macro-F1 is over the classes that occur as gold. A label whose parent is the gold class
 * (or the gold's parent) is right in `parent_accuracy` only. ECE: 15 equal-width bins over the best class's probability
 * (Guo et al. 2017), whatever was abstained.
 */
export function evaluateLabels(judged: readonly Judged[], taxonomy: Taxonomy): Evaluation {
  const name = (index: number): string => taxonomy.personas[index]?.id ?? '';
  const category = (index: number): string => taxonomy.personas[index]?.category ?? '';
  const parent = (index: number): string => taxonomy.personas[index]?.parent ?? '';
  const share = (right: (row: Judged) => boolean): number =>
    judged.filter(right).length / Math.max(1, judged.length);
  const perClass = classMetrics(judged, name);
  const gold = Object.values(perClass).filter((metrics) => metrics.rows > 0);
  const bins = reliabilityBins(judged);
  return {
    rows: judged.length,
    accuracy: share((row) => row.gold === row.predicted),
    macro_f1: gold.reduce((sum, metrics) => sum + metrics.f1, 0) / Math.max(1, gold.length),
    category_accuracy: share((row) => category(row.gold) === category(row.predicted)),
    parent_accuracy: share((row) => parent(row.gold) === parent(row.predicted)),
    ece: bins.reduce(
      (sum, bin) => sum + (bin.rows / Math.max(1, judged.length)) * Math.abs(bin.confidence - bin.accuracy),
      0,
    ),
    abstained: judged.filter((row) => row.predicted !== row.best).length,
    coverage_at_90_precision: coverageAt(judged, 0.9),
    per_class: perClass,
    confusion: confusions(judged, name),
    reliability: bins,
  };
}

function classMetrics(
  judged: readonly Judged[],
  name: (index: number) => string,
): Record<string, ClassMetrics> {
  const classes = [...new Set(judged.flatMap((row) => [row.gold, row.predicted]))].toSorted((a, b) => a - b);
  return Object.fromEntries(
    classes.map((index) => {
      const rows = judged.filter((row) => row.gold === index).length;
      const predicted = judged.filter((row) => row.predicted === index).length;
      const right = judged.filter((row) => row.gold === index && row.predicted === index).length;
      const precision = predicted > 0 ? right / predicted : 0;
      const recall = rows > 0 ? right / rows : 0;
      return [
        name(index),
        {
          rows,
          predicted,
          precision,
          recall,
          f1: precision + recall > 0 ? (2 * precision * recall) / (precision + recall) : 0,
        },
      ];
    }),
  );
}

function reliabilityBins(judged: readonly Judged[]): Evaluation['reliability'] {
  const count = 15;
  return Array.from({ length: count }, (_, bin) => {
    const rows = judged.filter((row) => Math.min(count - 1, Math.floor(row.score * count)) === bin);
    const size = Math.max(1, rows.length);
    return {
      from: bin / count,
      to: (bin + 1) / count,
      rows: rows.length,
      confidence: rows.reduce((sum, row) => sum + row.score, 0) / size,
      accuracy: rows.filter((row) => row.best === row.gold).length / size,
    };
  });
}

function coverageAt(judged: readonly Judged[], precision: number): number {
  const sorted = judged.toSorted((a, b) => b.score - a.score);
  let right = 0;
  let covered = 0;
  sorted.forEach((row, index) => {
    if (row.best === row.gold) right++;
    if (right / (index + 1) >= precision) covered = index + 1;
  });
  return covered / Math.max(1, judged.length);
}

function confusions(judged: readonly Judged[], name: (index: number) => string): Evaluation['confusion'] {
  const counts = new Map<string, number>();
  for (const row of judged) {
    if (row.gold === row.predicted) continue;
    const key = `${name(row.gold)} ${name(row.predicted)}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts]
    .map(([key, rows]) => ({ gold: key.split(' ')[0] ?? '', predicted: key.split(' ')[1] ?? '', rows }))
    .toSorted((a, b) => b.rows - a.rows || (`${a.gold} ${a.predicted}` < `${b.gold} ${b.predicted}` ? -1 : 1))
    .slice(0, 30);
}
