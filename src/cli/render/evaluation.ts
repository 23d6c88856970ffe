import type { Evaluation } from '../../evaluate/metrics.ts';

/** A terminal table of an evaluation. */
export function renderEvaluation(evaluation: Evaluation): string {
  const percent = (share: number): string => `${(share * 100).toFixed(1)} %`.padStart(8);
  const classes = Object.entries(evaluation.per_class)
    .filter(([, metrics]) => metrics.rows > 0)
    .map(
      ([name, m]) =>
        `  ${name.padEnd(26)} ${String(m.rows).padStart(7)} ${percent(m.precision)} ${percent(m.recall)} ${percent(m.f1)}`,
    );
  const confusion = evaluation.confusion
    .slice(0, 10)
    .map((entry) => `  ${entry.gold} → ${entry.predicted}  ${entry.rows}`);
  return [
    `${evaluation.rows} rows`,
    `accuracy          ${percent(evaluation.accuracy)}`,
    `category accuracy ${percent(evaluation.category_accuracy)}`,
    `parent accuracy   ${percent(evaluation.parent_accuracy)}`,
    `macro-F1          ${evaluation.macro_f1.toFixed(3).padStart(8)}`,
    `ECE               ${evaluation.ece.toFixed(3).padStart(8)}`,
    `abstained         ${percent(evaluation.abstained / Math.max(1, evaluation.rows))}`,
    `coverage at 90 % precision ${percent(evaluation.coverage_at_90_precision)}`,
    '',
    `  ${'class'.padEnd(26)} ${'rows'.padStart(7)} precision   recall       F1`,
    ...classes,
    ...(confusion.length > 0 ? ['', 'most frequent confusions', ...confusion] : []),
  ].join('\n');
}
