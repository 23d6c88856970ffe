import { basename, resolve } from 'node:path';

import type { TrainingResult } from './training-result.ts';

/** What a trained tagger's folder says of itself: how it was made, and what to expect of it. */
export function taggerReadme(result: TrainingResult, data: string): string {
  const { evaluation, held_out: heldOut } = result;
  // Its path says where it was written, not what it is: equal rows give equal folders.
  const folder = basename(resolve(result.out));
  const classes = Object.entries(evaluation.per_class).filter(([, { support }]) => support > 0);
  return `${[
    `# ${result.id}`,
    '',
    `A head fitted by \`tag-datasets train\` on ${result.rows} labelled rows of ${result.classes} personas (\`${data}\`), over the sentence encoder of \`${result.encoder}\`. Use it with \`--tagger ${folder}\` or \`taggers: {persona: ${folder}}\`, where \`${folder}\` stands for the path of this folder.`,
    '',
    '## Quality',
    '',
    `${heldOut.rows} rows were held out: whole data sets for ${heldOut.unseen_origin_classes} of the ${result.classes} classes, single texts for the others. The same rows chose the penalty, the temperature (${result.temperature.toFixed(3)}) and the thresholds (for a precision of ${result.precision}), which makes calibration look slightly better than it is. The written head was then fitted on all rows.`,
    '',
    ...(result.precision_missed.sentence === null ? [] : [result.precision_missed.sentence, '']),
    '| measure | value |',
    '|---|---|',
    `| accuracy | ${evaluation.accuracy.toFixed(4)} |`,
    `| accuracy without abstention | ${evaluation.best_accuracy.toFixed(4)} |`,
    `| category accuracy | ${evaluation.category_accuracy.toFixed(4)} |`,
    `| macro-F1 | ${evaluation.macro_f1.toFixed(4)} |`,
    `| ECE | ${evaluation.ece.toFixed(4)} |`,
    `| abstained | ${evaluation.abstention_rate.toFixed(4)} |`,
    `| coverage at 90 % precision | ${evaluation.coverage_at_90_precision.toFixed(4)} |`,
    '',
    '| share of the labels | rows | accuracy | macro-F1 |',
    '|---|---|---|---|',
    ...result.learning_curve.map(
      (point) =>
        `| ${point.share * 100} % | ${point.rows} | ${point.accuracy.toFixed(4)} | ${point.macro_f1.toFixed(4)} |`,
    ),
    '',
    result.advice.sentence,
    '',
    '| class | held-out rows | precision | recall | F1 | threshold |',
    '|---|---|---|---|---|---|',
    ...classes.map(
      ([name, { support, precision, recall, f1 }]) =>
        `| ${name} | ${support} | ${precision.toFixed(3)} | ${recall.toFixed(3)} | ${f1.toFixed(3)} | ${(result.thresholds[name] ?? 0).toFixed(2)} |`,
    ),
  ].join('\n')}\n`;
}
