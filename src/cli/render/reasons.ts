import type { Evidence } from '../../core/tagger.ts';
import type { ExplainedRow } from '../../run/tag/tag-explain.ts';
import { sanitize } from './terminal.ts';

/** Why the first rows got their personas: one line for the row, one for what decided. */
export function explainedRows(examples: readonly ExplainedRow[]): string[] {
  if (examples.length === 0) return [];
  return [
    '',
    'why, in the first rows (every row has it in _why)',
    ...examples.flatMap(({ excerpt, persona, score, reasons }) => [
      `  ${persona} ${score.toFixed(2)}${reasons._why_for === persona ? '' : ` (best: ${reasons._why_for}, not sure enough)`}  “${sanitize(excerpt)}”`,
      `    ${reasons._why.length === 0 ? 'no single feature decided' : reasons._why.map(reason).join(' · ')}`,
    ]),
  ];
}

function reason({ side, kind, feature, weight }: Evidence): string {
  const named = kind === 'structure' ? sanitize(feature) : `“${sanitize(feature)}”`;
  return `${side} ${named} ${weight.toFixed(3)}`;
}
