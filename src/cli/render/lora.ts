import { textTable } from '../../report/text-table.ts';
import type { CheckResult } from '../../run/lora/check.ts';
import type { PrepResult } from '../../run/lora/prep.ts';
import type { ScriptResult } from '../../run/lora/script.ts';
import { grouped } from './figures.ts';
import { sanitize } from './terminal.ts';

/** What `lora prep` made, persona by persona. */
export function renderPreparations(results: readonly PrepResult[]): string {
  return results
    .flatMap((result) => [...preparation(result), ''])
    .join('\n')
    .trimEnd();
}

function preparation({ summary, findings, out, reused }: PrepResult): string[] {
  const { name, train_rows: train, validation_rows: validation, counts } = summary;
  const level = summary.system_level === null ? '' : `, system prompt ${summary.system_level}`;
  return [
    `${name}: ${grouped(train)} training and ${grouped(validation)} validation rows out of ${grouped(counts.candidates)} (target ${summary.target}, ${summary.mode}${level})`,
    `  longest input ${grouped(counts.tokens.longest_input)}, longest reply ${grouped(counts.tokens.longest_output)} tokens; ${summary.tokenizer}`,
    ...findings.map(({ code, message }) => sanitize(`  ${code}: ${message}`)),
    `→ ${out}/${name}_train.jsonl, ${name}_val.jsonl${reused ? ' (there already, unchanged)' : ''}`,
  ];
}

/** Findings shown; `--json` has all. */
const mostFindings = 20;

/** What `lora check` found: files, then the table of dependencies. */
export function renderLoraCheck({ files, environment, findings, tokenizer }: CheckResult): string {
  const placed = findings.filter(({ code }) => !code.startsWith('dependency-'));
  const shown = placed.slice(0, mostFindings);
  const more = placed.length - shown.length;
  return [
    ...files.map(({ name, rows }) => `${name}: ${grouped(rows)} rows`),
    ...(files.length > 0 ? [`  lengths by ${tokenizer}`] : []),
    ...shown.map(({ severity, place, code, message }) =>
      sanitize(`  ${severity} ${place}: ${code}: ${message}`),
    ),
    ...(more > 0 ? [`  … and ${grouped(more)} more; --json lists them`] : []),
    ...(files.length > 0 ? [placed.length === 0 ? '  nothing to mend' : '', ''] : []),
    ...textTable(
      [
        ['  to train', 'found', '', ''],
        ...environment.map(({ name, found, need, isFine, note }) => [
          `  ${name}`,
          found ?? 'missing',
          isFine ? 'ok' : need === 'required' ? 'NEEDED' : 'optional',
          note,
        ]),
      ],
      ['left', 'left', 'left', 'left'],
    ).map(sanitize),
  ].join('\n');
}

/** Which scripts were written, and how the training starts. */
export function renderScripts({ files, findings, settings, baseModel }: ScriptResult): string {
  return [
    `${baseModel}: r ${settings.r}, alpha ${settings.alpha}, dropout ${settings.dropout}, batch ${settings.batchSize} × ${settings.accumulation}, ${settings.sequenceTokens} tokens, ${settings.epochs} epochs at ${settings.learningRate}`,
    ...findings.map(({ code, place, message }) => sanitize(`  ${code}: ${place}: ${message}`)),
    ...files.map((file) => `→ ${file.endsWith('.py') ? `python ${file}` : `axolotl train ${file}`}`),
  ].join('\n');
}
