import { textTable } from '../../report/text-table.ts';
import type { TrainingResult } from '../../run/train/training-result.ts';
import { grouped, percent } from './figures.ts';

/** What was fitted, how good it is on held-out rows, and whether more labels would help. */
export function renderTraining(result: TrainingResult): string {
  const { evaluation, held_out: heldOut } = result;
  const missed = result.precision_missed.sentence;
  return [
    `${result.id}: ${grouped(result.rows)} labelled rows of ${result.classes} personas over the encoder of ${result.encoder}`,
    ...(result.unreadable > 0 ? [`${grouped(result.unreadable)} records could not be read as rows`] : []),
    `held out: ${grouped(heldOut.rows)} rows; whole data sets for ${heldOut.unseen_origin_classes} of ${result.classes} personas, single texts for the others`,
    '',
    ...textTable(
      [
        ['  share of the labels', 'rows', 'accuracy', 'macro-F1'],
        ...result.learning_curve.map((point) => [
          `  ${point.share * 100} %`,
          grouped(point.rows),
          percent(point.accuracy),
          point.macro_f1.toFixed(3),
        ]),
      ],
      ['left', 'right', 'right', 'right'],
    ),
    `  ${result.advice.sentence}`,
    '',
    `  with thresholds for ${percent(result.precision)} precision: ${percent(evaluation.abstention_rate)} abstain, accuracy ${percent(evaluation.accuracy)}`,
    ...(missed === null ? [] : [`  ${missed}`]),
    `  ECE ${evaluation.ece.toFixed(3)} at temperature ${result.temperature.toFixed(2)}, category accuracy ${percent(evaluation.category_accuracy)}`,
    '',
    ...classTable(result),
    '',
    `written to ${result.out}; use it with --tagger ${result.out}`,
  ].join('\n');
}

/** Worst first: what to label next stands at the top. */
function classTable({ evaluation, thresholds }: TrainingResult): string[] {
  const rows = Object.entries(evaluation.per_class)
    .filter(([name, { support }]) => support > 0 && name in thresholds)
    .toSorted(([a, one], [b, other]) => one.f1 - other.f1 || (a < b ? -1 : 1))
    .map(([name, { support, precision, recall, f1 }]) => [
      `  ${name}`,
      grouped(support),
      percent(precision),
      percent(recall),
      f1.toFixed(3),
      (thresholds[name] ?? 0).toFixed(2),
    ]);
  return textTable(
    [['  held-out rows, worst first', 'rows', 'precision', 'recall', 'F1', 'threshold'], ...rows],
    ['left', 'right', 'right', 'right', 'right', 'right'],
  );
}
