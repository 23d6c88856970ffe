import { drawRangeChart, niceMaxShare } from '../charts/range-chart.ts';
import { formatBand, formatCount, formatPlural, formatPoints, formatShare } from '../format.ts';
import type { AxisEntry, ReportModel } from '../model.ts';
import { causeText } from '../words.ts';
import { type Column, detailsHtml, escapeHtml, nameHtml, type Section, tableHtml } from './markup.ts';

export function categorySection({ axes }: ReportModel): Section {
  return {
    id: 'categories',
    title: 'Categories',
    content:
      oneChart('category', 'Share of the corpus per category', axes.category) + axisTable(axes.category),
  };
}

/** One panel per category, all on one scale. */
export function personaSection({ axes, run }: ReportModel): Section {
  const entries = axes.persona;
  const maxShare = niceMaxShare(entries);
  const groups = [...new Set(entries.map((entry) => entry.group))];
  const panels = groups.map((group, index) => {
    const members = entries.filter((entry) => entry.group === group);
    const title = group ?? 'personas';
    const chart = drawRangeChart({
      id: `persona-${index}`,
      title: `Personas: ${title}`,
      entries: members,
      maxShare,
    });
    const total = members.reduce((sum, entry) => sum + entry.after.share, 0);
    return figure(title, `${formatShare(total)} after`, chart);
  });
  const limit = `An alert (▲) means more than ${formatPoints(run.maxPersonaDrift).slice(1)} points away from the target.`;
  return {
    id: 'personas',
    title: 'Personas',
    content: `<p class="quiet">${limit}</p>${legend(entries)}<div class="panels">${panels.join('\n')}</div>${axisTable(entries)}`,
  };
}

export function traitSection({ axes }: ReportModel): Section {
  const note =
    '<p class="quiet">A row can have several traits, so the shares do not add up to 100%. Traits of one group exclude each other.</p>';
  return {
    id: 'traits',
    title: 'Traits',
    content: note + oneChart('trait', 'Share of the corpus per trait', axes.trait) + axisTable(axes.trait),
  };
}

export function sourceSection({ axes }: ReportModel): Section {
  return { id: 'sources', title: 'Sources', content: axisTable(axes.source) };
}

export function phaseTables({ axes }: ReportModel): string {
  return titledTable('Phases', axes.phase) + titledTable('Adapters', axes.adapter);
}

function titledTable(title: string, entries: readonly AxisEntry[]): string {
  return entries.length === 0 ? '' : `<h3>${title}</h3>${axisTable(entries)}`;
}

function oneChart(id: string, title: string, entries: readonly AxisEntry[]): string {
  if (entries.length === 0) return '';
  const half = Math.ceil(entries.length / 2);
  const maxShare = niceMaxShare(entries);
  const parts = entries.length > 5 ? [entries.slice(0, half), entries.slice(half)] : [entries];
  const charts = parts.map((part, index) =>
    figure('', '', drawRangeChart({ id: `${id}-${index}`, title, entries: part, maxShare })),
  );
  return `${legend(entries)}<div class="pair">${charts.join('\n')}</div>`;
}

export function figure(caption: string, aside: string, chart: string): string {
  const head =
    caption === '' ? '' : `<figcaption>${nameHtml(caption)}<span>${escapeHtml(aside)}</span></figcaption>`;
  return `<figure>${head}<div class="canvas">${chart}</div></figure>`;
}

function legend(entries: readonly AxisEntry[]): string {
  const has = (test: (entry: AxisEntry) => boolean) => entries.some(test);
  const items = [
    '<li><i class="a"></i>after</li>',
    '<li><i class="b"></i>before</li>',
    has((entry) => entry.target !== null) ? '<li><i class="t"></i>target</li>' : '',
    has((entry) => entry.band !== null) ? '<li><i class="n"></i>band</li>' : '',
    has(
      (entry) =>
        entry.asked !== null && Math.abs(entry.asked - (entry.target?.share ?? entry.asked)) > 0.0005,
    )
      ? '<li><i class="r"></i>asked for, out of reach</li>'
      : '',
    has((entry) => entry.alert) ? '<li><i class="w">▲</i>drift above the limit</li>' : '',
    has((entry) => entry.drift !== null)
      ? '<li>right: share after, drift in points</li>'
      : '<li>right: share after</li>',
  ];
  return `<ul class="legend">${items.join('')}</ul>`;
}

interface AxisColumn extends Column {
  readonly cell: (entry: AxisEntry) => string;
  /** Columns that say nothing on this axis are left out. */
  readonly when?: (entry: AxisEntry) => boolean;
}

const number = (
  title: string,
  cell: (entry: AxisEntry) => string,
  when?: (entry: AxisEntry) => boolean,
): AxisColumn => ({ title, kind: 'number', cell, when });

const axisColumns: readonly AxisColumn[] = [
  { title: 'Name', kind: 'text', cell: (entry) => nameHtml(entry.name) },
  number('Before', (entry) => formatShare(entry.before.share)),
  number(
    'Asked',
    (entry) => formatShare(entry.asked),
    (entry) => entry.asked !== null,
  ),
  number(
    'Target',
    (entry) => formatShare(entry.target?.share ?? null),
    (entry) => entry.target !== null,
  ),
  number('After', (entry) => formatShare(entry.after.share)),
  number('Drift', driftCell, (entry) => entry.drift !== null),
  number(
    'Band',
    (entry) => formatBand(entry.band),
    (entry) => entry.band !== null,
  ),
  {
    title: 'Cause',
    kind: 'text',
    cell: (entry) => causeText(entry.cause),
    when: (entry) => entry.cause !== null,
  },
  number('Rows before', (entry) => formatCount(entry.before.rows)),
  number('Rows after', (entry) => formatCount(entry.after.rows)),
  number('Tokens', (entry) => formatCount(entry.after.tokens)),
  number('Supervised', (entry) => formatCount(entry.after.supervisedTokens)),
  number('Effective rows', (entry) => formatCount(entry.effectiveSampleSize)),
  number(
    'Repeats',
    (entry) => `≤ ${formatCount(entry.maxRepeats)}`,
    (entry) => entry.maxRepeats > 1,
  ),
  number(
    'Copies',
    (entry) => formatShare(entry.copiesShare),
    (entry) => entry.copiesShare > 0,
  ),
  number(
    'Synthetic',
    (entry) => formatShare(entry.syntheticShare),
    (entry) => entry.syntheticShare > 0,
  ),
  number(
    'Unsure',
    (entry) => formatCount(entry.abstentions),
    (entry) => entry.abstentions > 0,
  ),
];

function axisTable(entries: readonly AxisEntry[]): string {
  if (entries.length === 0) return '<p class="quiet">Nothing here in this run.</p>';
  const columns = axisColumns.filter(({ when }) => !when || entries.some(when));
  const table = tableHtml(
    columns,
    entries.map((entry) => columns.map((column) => column.cell(entry))),
  );
  return detailsHtml(`Numbers (${formatPlural(entries.length, 'line')})`, table, true);
}

function driftCell(entry: AxisEntry): string {
  const text = formatPoints(entry.drift);
  return entry.alert ? `<span class="alert">▲ ${text}</span>` : text;
}
