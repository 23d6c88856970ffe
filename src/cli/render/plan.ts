import type { PlanAnswer } from '../../run/plan/plan-config.ts';
import type { RowChange } from '../../run/plan/plan-changes.ts';
import type { Prediction } from '../../run/plan/plan-tally.ts';
import type { PlanComparison } from '../../run/plan/what-if.ts';
import { gapLines, renderProjection } from './projection.ts';
import { sanitize } from './terminal.ts';

/** The plan, where rows are tagged, then the projection, where sources are still to come. */
export function renderPlanAnswer({ plan, projection, missing }: PlanAnswer): string {
  return [
    ...missing.map((sentence) => `note: ${sanitize(sentence)}`),
    ...(missing.length > 0 ? [''] : []),
    ...(plan ? [renderPlan(plan)] : []),
    ...(plan && projection ? [''] : []),
    ...(projection ? [renderProjection(projection)] : []),
  ].join('\n');
}

/** The plan of a run as a terminal table; with other settings, both side by side. */
function renderPlan({ now, revised, entering, leaving }: PlanComparison): string {
  const sections = [
    ['persona', now.personas, revised?.personas],
    ['trait', now.traits, revised?.traits],
    ['phase', now.phases, revised?.phases],
    ['adapter', now.adapters, revised?.adapters],
  ] as const;
  const shown = revised ?? now;
  return [
    ...shown.sentences,
    '',
    heading('', revised !== null),
    line('balanced corpus', now.total, revised?.total),
    ...sections.flatMap(([title, before, after]) => {
      const lines = names(before, after).map((name) =>
        line(name, before[name], after?.[name] ?? (after ? nothing : undefined)),
      );
      return lines.length > 0 ? ['', title, ...lines] : [];
    }),
    ...(shown.gaps.length > 0 ? ['', 'missing', ...gapLines(shown.gaps)] : []),
    ...(revised ? ['', ...changes('enter', entering), ...changes('leave', leaving)] : []),
  ].join('\n');
}

const nothing: Prediction = {
  rows: 0,
  tokens: 0,
  supervised_tokens: 0,
  copies: 0,
  synthetic: 0,
  share: 0,
};

function names(
  before: Readonly<Record<string, Prediction>>,
  after: Readonly<Record<string, Prediction>> | undefined,
): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after ?? {})])].toSorted(
    (a, b) => ((after ?? before)[b]?.rows ?? 0) - ((after ?? before)[a]?.rows ?? 0),
  );
}

function heading(title: string, both: boolean): string {
  const columns = `${'share'.padStart(8)} ${'rows'.padStart(10)} ${'tokens'.padStart(12)} ${'supervised'.padStart(12)} ${'copies'.padStart(8)} ${'synthetic'.padStart(9)}`;
  return `${title.padEnd(26)} ${columns}${both ? `   then ${columns.slice(3)}` : ''}`;
}

function line(name: string, before: Prediction = nothing, after?: Prediction): string {
  return `  ${name.padEnd(24)} ${figures(before)}${after ? `   → ${figures(after)}` : ''}`;
}

function figures(part: Prediction): string {
  const share = `${(part.share * 100).toFixed(2)} %`;
  const synthetic = `${((part.rows > 0 ? part.synthetic / part.rows : 0) * 100).toFixed(1)} %`;
  return `${share.padStart(8)} ${String(part.rows).padStart(10)} ${String(part.tokens).padStart(12)} ${String(part.supervised_tokens).padStart(12)} ${String(part.copies).padStart(8)} ${synthetic.padStart(9)}`;
}

function changes(verb: string, change: RowChange): string[] {
  const most = Object.entries(change.personas)
    .slice(0, 5)
    .map(([persona, rows]) => `${rows} ${persona}`);
  const more = Object.keys(change.personas).length - most.length;
  const whom = [...most, ...(more > 0 ? [`${more} more personas`] : [])].join(', ');
  return [
    `${change.rows} rows would ${verb}${whom === '' ? '' : `: ${whom}`}`,
    ...change.examples.map(
      (row) => `  ${sanitize(row.place)}  ${row.persona} ${row.score.toFixed(2)}  ${row.row_key}`,
    ),
  ];
}
