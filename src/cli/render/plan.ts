import type { Prediction, RowChange, WhatIf } from '../../run/what-if.ts';

/** The plan of a run as a terminal table; with other settings, both side by side. */
export function renderPlan({ now, revised, entering, leaving }: WhatIf): string {
  const sections = [
    ['persona', now.personas, revised?.personas],
    ['trait', now.traits, revised?.traits],
    ['phase', now.phases, revised?.phases],
    ['adapter', now.adapters, revised?.adapters],
  ] as const;
  return [
    ...(revised ?? now).sentences,
    '',
    heading('', revised !== null),
    line('balanced corpus', now.total, revised?.total),
    ...sections.flatMap(([title, before, after]) => [
      '',
      title,
      ...names(before, after).map((name) =>
        line(name, before[name], after?.[name] ?? (after ? nothing : undefined)),
      ),
    ]),
    ...((revised ?? now).gaps.length > 0
      ? [
          '',
          'missing',
          ...(revised ?? now).gaps
            .slice(0, 10)
            .map(
              (gap) =>
                `  ${gap.rows} rows of ${gap.persona ?? gap.category ?? 'any persona'}${gap.traits.length > 0 ? ` with ${gap.traits.join(' + ')}` : ''} (${gap.cause})`,
            ),
        ]
      : []),
    ...(revised ? ['', ...changes('enter', entering), ...changes('leave', leaving)] : []),
  ].join('\n');
}

const nothing: Prediction = { rows: 0, tokens: 0, supervised_tokens: 0, copies: 0, share: 0 };

function names(
  before: Readonly<Record<string, Prediction>>,
  after: Readonly<Record<string, Prediction>> | undefined,
): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after ?? {})])].toSorted(
    (a, b) => ((after ?? before)[b]?.rows ?? 0) - ((after ?? before)[a]?.rows ?? 0),
  );
}

function heading(title: string, both: boolean): string {
  const columns = `${'share'.padStart(8)} ${'rows'.padStart(10)} ${'tokens'.padStart(12)} ${'supervised'.padStart(12)} ${'copies'.padStart(8)}`;
  return `${title.padEnd(26)} ${columns}${both ? `   then ${columns.slice(3)}` : ''}`;
}

function line(name: string, before: Prediction = nothing, after?: Prediction): string {
  return `  ${name.padEnd(24)} ${figures(before)}${after ? `   → ${figures(after)}` : ''}`;
}

function figures(part: Prediction): string {
  const share = `${(part.share * 100).toFixed(2)} %`;
  return `${share.padStart(8)} ${String(part.rows).padStart(10)} ${String(part.tokens).padStart(12)} ${String(part.supervised_tokens).padStart(12)} ${String(part.copies).padStart(8)}`;
}

function changes(verb: string, change: RowChange): string[] {
  return [
    `${change.rows} rows would ${verb}`,
    ...change.examples.map((row) => `  ${row.place}  ${row.persona} ${row.score.toFixed(2)}  ${row.row_key}`),
  ];
}
