import type { ReliabilityBin } from '../../evaluate/calibration.ts';
import type { ClassMetrics } from '../../evaluate/class-metrics.ts';
import type { EvaluationResult, TaggerEvaluation } from '../../run/evaluate/eval-pass.ts';
import { textTable } from '../../report/text-table.ts';
import { renderComparison } from './comparison.ts';
import { grouped, percent, viewName } from './figures.ts';

/** An evaluation for the terminal; with a second tagger the comparison stands first. */
export function renderEvaluation({ evaluation, against }: EvaluationResult): string {
  if (against) return renderComparison(evaluation, against).join('\n');
  return [
    ...headline(evaluation),
    '',
    ...classTable('class', evaluation.per_class),
    '',
    ...classTable('category', evaluation.per_category),
    '',
    ...reliability(evaluation),
    ...confusion(evaluation),
  ].join('\n');
}

function headline(evaluation: TaggerEvaluation): string[] {
  const { rows, unreadable } = evaluation;
  const values: [string, string][] = [
    ['accuracy', percent(evaluation.accuracy)],
    ['category accuracy', percent(evaluation.category_accuracy)],
    ['parent accuracy', percent(evaluation.parent_accuracy)],
    ['macro-F1', evaluation.macro_f1.toFixed(3)],
    ['ECE', evaluation.ece.toFixed(3)],
    ['coverage at 90 % precision', percent(evaluation.coverage_at_90_precision)],
    ...(evaluation.among === 'all'
      ? [
          ['abstained', percent(evaluation.abstention_rate)] satisfies [string, string],
          ['accuracy without abstention', percent(evaluation.best_accuracy)] satisfies [string, string],
        ]
      : []),
  ];
  return [
    `${evaluation.tagger}: ${grouped(rows)} rows of ${evaluation.labelled_classes} classes, ${viewName(evaluation)}`,
    ...(unreadable > 0 ? [`${grouped(unreadable)} records could not be read as rows`] : []),
    '',
    ...textTable(
      values.map(([name, value]) => [`  ${name}`, value]),
      ['left', 'right'],
    ),
  ];
}

function classTable(title: string, metrics: Readonly<Record<string, ClassMetrics>>): string[] {
  const rows = Object.entries(metrics)
    .filter(([, { support }]) => support > 0)
    .toSorted(([a, one], [b, other]) => other.support - one.support || (a < b ? -1 : 1))
    .map(([name, { support, predicted, precision, recall, f1 }]) => [
      `  ${name}`,
      grouped(support),
      grouped(predicted),
      percent(precision),
      percent(recall),
      f1.toFixed(3),
    ]);
  return textTable(
    [[`  ${title}`, 'rows', 'predicted', 'precision', 'recall', 'F1'], ...rows],
    ['left', 'right', 'right', 'right', 'right', 'right'],
  );
}

const barCells = 24;

/** Confidence against accuracy per bin: a bar for what was right, a mark where the probability says it should end. */
function reliability({ reliability: bins }: TaggerEvaluation): string[] {
  const rows = bins
    .filter((bin) => bin.rows > 0)
    .map((bin) => [
      `  ${bin.from.toFixed(2)} – ${bin.to.toFixed(2)}`,
      grouped(bin.rows),
      percent(bin.confidence),
      percent(bin.accuracy),
      bar(bin),
    ]);
  return textTable(
    [['  probability', 'rows', 'said', 'right', ''], ...rows],
    ['left', 'right', 'right', 'right', 'left'],
  );
}

function bar({ confidence, accuracy }: ReliabilityBin): string {
  const mark = Math.round(confidence * (barCells - 1));
  const full = Math.round(accuracy * barCells);
  return Array.from({ length: barCells }, (_, cell) => (cell === mark ? '│' : cell < full ? '█' : '·')).join(
    '',
  );
}

function confusion(evaluation: TaggerEvaluation): string[] {
  const pairs = Object.entries(evaluation.confusion)
    .flatMap(([gold, given]) =>
      Object.entries(given).flatMap(([predicted, rows]) =>
        gold === predicted ? [] : [{ gold, predicted, rows }],
      ),
    )
    .toSorted((a, b) => b.rows - a.rows || (`${a.gold} ${a.predicted}` < `${b.gold} ${b.predicted}` ? -1 : 1))
    .slice(0, 12);
  if (pairs.length === 0) return [];
  const rows = pairs.map(({ gold, predicted, rows: count }) => [
    `  ${gold} → ${predicted}`,
    grouped(count),
    `${percent(count / (evaluation.per_class[gold]?.support ?? 1))} of ${gold}`,
  ]);
  return [
    '',
    ...textTable([['  most confused', 'rows', ''], ...rows], ['left', 'right', 'left']),
    '  (--json has the whole matrix)',
  ];
}
