import type { MakeOutcome } from '../../run/make/make-job.ts';
import { sanitize } from './terminal.ts';

type Outcome<Kind extends MakeOutcome['kind']> = Extract<MakeOutcome, { kind: Kind }>;

/** What `make` prints for people. */
export function renderMake(outcome: MakeOutcome): string {
  if (outcome.kind === 'estimate') return renderEstimate(outcome);
  return outcome.kind === 'preview' ? renderPreview(outcome) : renderMade(outcome);
}

/** What `make --json` prints; stable. */
export function makeSummary(outcome: MakeOutcome): unknown {
  if (outcome.kind !== 'made') return outcome;
  const { findings, ...rest } = outcome;
  return { ...rest, findings: countCodes(findings) };
}

function renderEstimate({ counts, estimate }: Outcome<'estimate'>): string {
  const { requests, reused, promptTokens, completionTokens, completionTokensMost } = estimate;
  const { costUsd, costUsdMost } = estimate;
  return [
    'nothing was sent; were every first answer accepted:',
    ...countLines(counts),
    `  ${number(requests)} requests${reused > 0 ? `, ${number(reused)} more answered by the journal` : ''}`,
    `  about ${number(promptTokens)} prompt and ${number(completionTokens)} completion tokens (at most ${number(completionTokensMost)})`,
    costUsd === null || costUsdMost === null
      ? '  cost unknown: no prices are known (--price-prompt, --price-completion)'
      : `  about ${usd(costUsd)}, at most ${usd(costUsdMost)}`,
  ].join('\n');
}

function renderPreview({ answers, tally }: Outcome<'preview'>): string {
  const lines = answers.map(({ cell, value, findings }) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
    const faults = findings.map(({ code, message }) => `  ${code}: ${message}`);
    return [`── ${cell}`, ...text.split('\n'), ...faults].map(sanitize).join('\n');
  });
  return [
    ...lines,
    '',
    `preview: ${tally.accepted} of ${tally.asked} answers accepted; nothing was published, the replies are kept`,
  ].join('\n');
}

function renderMade(outcome: Outcome<'made'>): string {
  const { tally, spent, spentNow, findings } = outcome;
  const codes = Object.entries(countCodes(findings)).map(([code, count]) => `${code} ${number(count)}`);
  return [
    ...countLines(outcome.counts),
    `  ${number(tally.requests)} requests sent, ${number(tally.reused)} replies reused; ` +
      `${number(tally.accepted)} of ${number(tally.asked)} asks accepted` +
      (tally.rejected > 0 ? `, ${number(tally.rejected)} rejected` : '') +
      (tally.unanswered > 0 ? `, ${number(tally.unanswered)} unanswered` : ''),
    `  ${number(spent.promptTokens)} prompt and ${number(spent.completionTokens)} completion tokens` +
      (spent.costUsd === null
        ? ', cost unknown'
        : `, ${usd(spent.costUsd)} (${usd(spentNow.costUsd ?? 0)} now)`),
    codes.length > 0 ? `  findings: ${codes.join(', ')}` : '  no findings',
    `→ ${outcome.out}`,
  ].join('\n');
}

function countLines(counts: Readonly<Record<string, number>>): string[] {
  const parts = Object.entries(counts).map(([name, count]) => `${number(count)} ${name}`);
  return parts.length > 0 ? [`  ${parts.join(', ')}`] : [];
}

function countCodes(findings: Outcome<'made'>['findings']): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { code } of findings) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
}

function number(value: number): string {
  return value.toString().replace(/\B(?=(\d{3})+$)/g, ',');
}

function usd(value: number): string {
  return `$${value < 0.01 && value > 0 ? value.toFixed(6) : value.toFixed(2)}`;
}
