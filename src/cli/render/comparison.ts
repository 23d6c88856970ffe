import type { Interval } from '../../evaluate/compare.ts';
import type { EvaluationResult, TaggerEvaluation } from '../../run/evaluate/eval-pass.ts';
import { textTable } from '../../report/text-table.ts';
import { grouped, percent, viewName } from './figures.ts';

/** Two taggers side by side: figures, what the bootstrap says of them, and F1 per class. */
export function renderComparison(
  first: TaggerEvaluation,
  { evaluation: second, comparison }: NonNullable<EvaluationResult['against']>,
): string[] {
  const both = (of: (evaluation: TaggerEvaluation) => string): [string, string] => [of(first), of(second)];
  const figures = [
    ['', first.tagger, second.tagger, 'difference', '95 % interval'],
    ['  accuracy', ...both((of) => percent(of.accuracy)), ...points(comparison.accuracy)],
    ['  macro-F1', ...both((of) => of.macro_f1.toFixed(3)), ...plain(comparison.macro_f1)],
    ['  category accuracy', ...both((of) => percent(of.category_accuracy))],
    ['  parent accuracy', ...both((of) => percent(of.parent_accuracy))],
    ['  ECE', ...both((of) => of.ece.toFixed(3))],
    ['  abstained', ...both((of) => percent(of.abstention_rate))],
    ['  coverage at 90 % precision', ...both((of) => percent(of.coverage_at_90_precision))],
  ];
  return [
    `${first.tagger} and ${second.tagger} on the same ${grouped(first.rows)} rows of ${first.labelled_classes} classes, ${viewName(first)}`,
    '',
    ...textTable(figures, ['left', 'right', 'right', 'right', 'left']),
    '',
    `  right in ${first.tagger} alone: ${grouped(comparison.only_first_right)} rows; in ${second.tagger} alone: ${grouped(comparison.only_second_right)}; in both: ${grouped(comparison.both_right)}; in none: ${grouped(comparison.none_right)}`,
    `  ${verdict(first.tagger, second.tagger, comparison.accuracy)} (paired bootstrap, ${grouped(comparison.resamples)} resamples)`,
    '',
    ...classTable(first, second),
  ];
}

function points({ difference, low, high }: Interval): [string, string] {
  const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value * 100).toFixed(1)}`;
  return [`${signed(difference)} points`, `${signed(low)} … ${signed(high)}`];
}

function plain({ difference, low, high }: Interval): [string, string] {
  const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`;
  return [signed(difference), `${signed(low)} … ${signed(high)}`];
}

function verdict(first: string, second: string, { low, high }: Interval): string {
  if (low > 0) return `${first} is more accurate`;
  if (high < 0) return `${second} is more accurate`;
  return 'these rows show no difference in accuracy';
}

function classTable(first: TaggerEvaluation, second: TaggerEvaluation): string[] {
  const rows = Object.entries(first.per_class)
    .filter(([, { support }]) => support > 0)
    .toSorted(([a, one], [b, other]) => other.support - one.support || (a < b ? -1 : 1))
    .map(([name, { support, f1 }]) => [
      `  ${name}`,
      grouped(support),
      f1.toFixed(3),
      (second.per_class[name]?.f1 ?? 0).toFixed(3),
    ]);
  return textTable(
    [['  F1 by class', 'rows', first.tagger, second.tagger], ...rows],
    ['left', 'right', 'right', 'right'],
  );
}
