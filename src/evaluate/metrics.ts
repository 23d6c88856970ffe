import { abstainPersona, type Taxonomy } from '../core/taxonomy.ts';
import { calibrationError, coverageAt, reliabilityBins, type ReliabilityBin } from './calibration.ts';
import { type ClassMetrics, classMetrics, macroF1 } from './class-metrics.ts';
import { finalLabels, type Judgements } from './judgements.ts';

export interface Evaluation {
  readonly rows: number;
  readonly accuracy: number;
  /** Mean F1 over the classes that occur as labels. */
  readonly macro_f1: number;
  readonly category_accuracy: number;
  /** As accuracy, but a label whose `parent` is the gold class is right too. */
  readonly parent_accuracy: number;
  /** Accuracy of the best class before abstention. */
  readonly best_accuracy: number;
  readonly ece: number;
  /** Share of the rows whose best class stayed below its threshold. */
  readonly abstention_rate: number;
  /** Share of rows that one limit on the probability keeps with at least 90 % of them right. */
  readonly coverage_at_90_precision: number;
  readonly per_class: Readonly<Record<string, ClassMetrics>>;
  readonly per_category: Readonly<Record<string, ClassMetrics>>;
  /** Labels and predictions both rolled up to their parents. */
  readonly per_parent: Readonly<Record<string, ClassMetrics>>;
  readonly reliability: readonly ReliabilityBin[];
  /** `confusion[gold][predicted]` rows; pairs that do not occur are left out. */
  readonly confusion: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/**
 * Scores final labels (accuracy, F1, confusion) and probabilities (ECE over 15 equal-width bins, coverage; both judge the best
 * class, whatever was abstained).
 */
export function evaluateLabels(judgements: Judgements, taxonomy: Taxonomy): Evaluation {
  const { personas } = taxonomy;
  const { gold, best, rows } = judgements;
  const predicted = finalLabels(judgements, personaIndex(taxonomy, abstainPersona));
  const names = personas.map((persona) => persona.id);
  const categories = [...new Set(personas.map((persona) => persona.category))];
  const categoryOf = personas.map((persona) => categories.indexOf(persona.category));
  const parentOf = personas.map((persona) => personaIndex(taxonomy, persona.parent));
  const perClass = classMetrics(gold, predicted, names.length);
  const grouped = (of: readonly number[], groupNames: readonly string[]): Record<string, ClassMetrics> =>
    named(classMetrics(mapped(gold, of), mapped(predicted, of), groupNames.length), groupNames);
  const share = (isRight: (label: number, guess: number) => boolean, guesses = predicted): number =>
    guesses.reduce((sum, guess, row) => sum + (isRight(gold[row] ?? 0, guess) ? 1 : 0), 0) /
    Math.max(1, rows);
  const confidences = {
    scores: judgements.scores,
    isRight: (row: number): boolean => gold[row] === best[row],
  };
  const bins = reliabilityBins(confidences);
  return {
    rows,
    accuracy: share((label, guess) => label === guess),
    macro_f1: macroF1(perClass.values()),
    category_accuracy: share((label, guess) => categoryOf[label] === categoryOf[guess]),
    parent_accuracy: share((label, guess) => label === guess || label === parentOf[guess]),
    best_accuracy: share((label, guess) => label === guess, best),
    ece: calibrationError(bins),
    abstention_rate: judgements.isSure.reduce((sum, sure) => sum + 1 - sure, 0) / Math.max(1, rows),
    coverage_at_90_precision: coverageAt(confidences, 0.9),
    per_class: named(perClass, names),
    per_category: grouped(categoryOf, categories),
    per_parent: grouped(parentOf, names),
    reliability: bins,
    confusion: confusionOf(gold, predicted, names),
  };
}

function personaIndex(taxonomy: Taxonomy, id: string): number {
  return taxonomy.personas.findIndex((persona) => persona.id === id);
}

function mapped(labels: Uint8Array, to: readonly number[]): Uint8Array {
  return labels.map((label) => to[label] ?? 0);
}

function named(
  metrics: ReadonlyMap<number, ClassMetrics>,
  names: readonly string[],
): Record<string, ClassMetrics> {
  return Object.fromEntries([...metrics].map(([index, values]) => [names[index] ?? '', values]));
}

function confusionOf(
  gold: Uint8Array,
  predicted: Uint8Array,
  names: readonly string[],
): Evaluation['confusion'] {
  const counts = new Uint32Array(names.length ** 2);
  gold.forEach((label, row) => {
    const at = label * names.length + (predicted[row] ?? 0);
    counts[at] = (counts[at] ?? 0) + 1;
  });
  const rows = names.map((gold_, label): [string, Record<string, number>] => [
    gold_,
    Object.fromEntries(
      names.flatMap((name, guess) => {
        const count = counts[label * names.length + guess] ?? 0;
        return count > 0 ? [[name, count]] : [];
      }),
    ),
  ]);
  return Object.fromEntries(rows.filter(([, given]) => Object.keys(given).length > 0));
}
