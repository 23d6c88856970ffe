export interface ClassMetrics {
  /** Rows whose label it is. */
  readonly support: number;
  /** Rows that the tagger gave it to. */
  readonly predicted: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** Precision, recall and F1 of every class that occurs as label or prediction, in the order of the class indices. */
export function classMetrics(
  gold: Uint8Array,
  predicted: Uint8Array,
  classes: number,
): ReadonlyMap<number, ClassMetrics> {
  const [support, given, right] = [
    new Float64Array(classes),
    new Float64Array(classes),
    new Float64Array(classes),
  ];
  for (let row = 0; row < gold.length; row++) {
    const label = gold[row] ?? 0;
    const guess = predicted[row] ?? 0;
    support[label] = (support[label] ?? 0) + 1;
    given[guess] = (given[guess] ?? 0) + 1;
    if (label === guess) right[label] = (right[label] ?? 0) + 1;
  }
  const metrics = new Map<number, ClassMetrics>();
  for (let index = 0; index < classes; index++) {
    const counts = {
      support: support[index] ?? 0,
      predicted: given[index] ?? 0,
      right: right[index] ?? 0,
    };
    if (counts.support + counts.predicted > 0) metrics.set(index, metricsOf(counts));
  }
  return metrics;
}

/** Mean F1 over the classes that occur as labels. */
export function macroF1(metrics: Iterable<ClassMetrics>): number {
  let [sum, classes] = [0, 0];
  for (const { support, f1 } of metrics) {
    if (support === 0) continue;
    sum += f1;
    classes++;
  }
  return classes === 0 ? 0 : sum / classes;
}

function metricsOf(counts: {
  readonly support: number;
  readonly predicted: number;
  readonly right: number;
}): ClassMetrics {
  const { support, predicted, right } = counts;
  return {
    support,
    predicted,
    precision: predicted > 0 ? right / predicted : 0,
    recall: support > 0 ? right / support : 0,
    f1: right > 0 ? (2 * right) / (support + predicted) : 0,
  };
}
