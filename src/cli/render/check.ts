import type { Checked } from '../../run/check/check-pass.ts';
import type { Finding } from '../../core/finding.ts';
import { sanitize } from './terminal.ts';

/** Findings that the summary shows of each code. */
const shownPerCode = 3;

/** Counts, the first findings of every code, measures, and where the rest stands. */
export function renderCheck(checked: Checked): string {
  const counts = Object.entries(checked.counts).map(([name, count]) => `${count} ${name}`);
  const lines = [
    `${checked.kind}: ${counts.join(', ')}`,
    ...renderFindings(checked.findings),
    ...checked.measures.flatMap(({ name, measures }) => [
      '',
      name.replaceAll('_', ' '),
      ...measures.map(
        (measure) => `  ${measure.name.padEnd(26)} ${figure(measure.value).padStart(8)}  ${measure.note}`,
      ),
    ]),
    '',
    `${checked.errors} error${checked.errors === 1 ? '' : 's'}, ${checked.warnings} warning${checked.warnings === 1 ? '' : 's'}: ${checked.findings_file}`,
  ];
  return lines.map(sanitize).join('\n');
}

function renderFindings(findings: readonly Finding[]): string[] {
  const byCode = new Map<string, Finding[]>();
  for (const finding of findings) byCode.set(finding.code, [...(byCode.get(finding.code) ?? []), finding]);
  return [...byCode].flatMap(([code, list]) => {
    const more = list.length - shownPerCode;
    return [
      ...list
        .slice(0, shownPerCode)
        .map(({ severity, place, message }) => `${severity.padEnd(7)}  ${code}  ${place}: ${message}`),
      ...(more > 0 ? [`         ${code}  and ${more} more`] : []),
    ];
  });
}

function figure(value: number | null): string {
  if (value === null) return '–';
  return Number.isInteger(value) ? String(value) : value.toFixed(3);
}
