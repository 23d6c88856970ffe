import { cutText, fitText, textWidth } from '../lib/text-width.ts';
import { visibleText } from '../lib/visible-text.ts';
import { effectiveRows, filteredRows, mostRepeats } from './accounting.ts';
import { formatBytes, formatCount, formatPlural, formatPoints, formatShare } from './format.ts';
import type { AuditEntry, AxisEntry, ReportModel } from './model.ts';
import { createPaint, type Paint } from './paint.ts';
import { describeScreening } from './screening.ts';
import { describeTiers } from './tiers.ts';
import { shareBar } from './share-bar.ts';
import { infeasibleWords } from './words.ts';

export interface TextOptions {
  /** Columns; lines are not longer. */
  readonly width: number;
  /** ANSI colours; nothing is told by colour alone. */
  readonly color: boolean;
}

/** What a user wants to know at the end of a run, in at most 40 lines; no trailing newline. */
export function renderText(model: ReportModel, { width, color }: TextOptions): string {
  const paint = createPaint(color);
  const usable = Math.max(40, Math.min(width, 120));
  const head = [titleLine(model, usable, paint), '', ...accountingLines(model, usable), ''];
  const tail = [
    ...auditLines(model, usable),
    ...feasibilityLines(model, usable, paint),
    ...orderLines(model, usable),
    ...placeLines(model, usable, paint),
  ];
  const budget = maxLines - head.length - tail.length;
  const traits = axisLines('trait', rankTraits(model.axes.trait), traitRows, usable, paint);
  const personas = axisLines(
    'persona',
    rankPersonas(model.axes.persona),
    budget - traits.length - axisOverhead,
    usable,
    paint,
  );
  return [...head, ...personas, ...traits, ...tail].join('\n');
}

const maxLines = 40;
const traitRows = 6;
/** Header, "others" and the empty line of a table. */
const axisOverhead = 3;

function titleLine({ run }: ReportModel, width: number, paint: Paint): string {
  const rest = ` ${run.toolVersion} · ${visibleText(run.configPath)} · seed ${run.seed}`;
  return paint.bold('tag-datasets') + cutText(rest, width - 'tag-datasets'.length);
}

function accountingLines(model: ReportModel, width: number): string[] {
  const { accounting, run } = model;
  const parts = [
    `${formatCount(accounting.selected)} selected`,
    `${formatCount(accounting.notSelected)} not selected`,
    `${formatCount(accounting.duplicates)} duplicates`,
    ...(accounting.nearDuplicates > 0 ? [`${formatCount(accounting.nearDuplicates)} near-duplicates`] : []),
    `${formatCount(filteredRows(accounting))} filtered`,
    `${formatCount(accounting.quarantined)} quarantined`,
  ];
  const corpus = [
    accounting.copies > 0 ? `${formatCount(accounting.copies)} copies` : '',
    accounting.synthetic > 0 ? `${formatCount(accounting.synthetic)} synthetic` : '',
    accounting.unplaced > 0 ? `${formatCount(accounting.unplaced)} in no phase or adapter` : '',
  ].filter((part) => part !== '');
  return [
    ...wrap(`${formatPlural(accounting.input, 'row')} read = ${parts.join(' + ')}`, width),
    ...wrap(
      [
        `${formatPlural(run.after.rows, 'row')} in the balanced corpus`,
        ...(corpus.length > 0 ? [`${corpus.join(', ')} among them`] : []),
        `${formatCount(run.after.tokens)} tokens (${formatCount(run.after.supervisedTokens)} supervised${run.tokenizer ? '' : '; estimated'})`,
        ...(accounting.copies > 0
          ? [
              `effective size ${formatCount(effectiveRows(model))} rows`,
              `no row more than ${formatCount(mostRepeats(model))} times`,
            ]
          : []),
      ].join(', '),
      width,
    ),
    ...(model.cascade ? describeTiers(model) : []).flatMap((sentence) => wrap(visibleText(sentence), width)),
    ...describeScreening(accounting).flatMap((sentence) => wrap(visibleText(sentence), width)),
  ];
}

/** Alerts first, then the largest shares: the part that a user has to see when not all fit. */
function rankPersonas(entries: readonly AxisEntry[]): AxisEntry[] {
  return entries
    .filter((entry) => entry.before.rows + entry.after.rows > 0 || (entry.target?.share ?? 0) > 0)
    .toSorted(
      (a, b) => Number(b.alert) - Number(a.alert) || reach(b) - reach(a) || (a.name < b.name ? -1 : 1),
    );
}

/** The share that the entry has or should have. */
function reach(entry: AxisEntry): number {
  return Math.max(entry.after.share, entry.target?.share ?? 0);
}

function rankTraits(entries: readonly AxisEntry[]): AxisEntry[] {
  return entries
    .filter((entry) => entry.before.rows > 0 || entry.target)
    .toSorted(
      (a, b) =>
        Number(b.alert) - Number(a.alert) ||
        Number(b.target !== null) - Number(a.target !== null) ||
        b.after.share - a.after.share ||
        (a.name < b.name ? -1 : 1),
    );
}

function axisLines(
  title: string,
  entries: readonly AxisEntry[],
  rows: number,
  width: number,
  paint: Paint,
): string[] {
  if (entries.length === 0) return [];
  const limit = entries.length <= rows + 1 ? rows + 1 : rows;
  const shown = entries.slice(0, limit);
  const scale = Math.max(...shown.flatMap((entry) => [entry.after.share, entry.target?.share ?? 0]), 0.001);
  const markWidth = Math.max(0, ...shown.map((entry) => alertMark(entry).length));
  const longest = Math.max(title.length, ...shown.map((entry) => textWidth(visibleText(entry.name))));
  const nameWidth = Math.min(24, longest, width - markWidth - numberColumns);
  const barWidth = Math.min(30, width - nameWidth - markWidth - numberColumns - 2);
  const header = `${fitText(title, nameWidth)}  before  target   after    drift`;
  const lines = shown.map((entry) => entryLine(entry, { nameWidth, markWidth, barWidth, scale }, paint));
  const hidden = entries.length - shown.length;
  const more = hidden > 0 ? [paint.dim(`${formatPlural(hidden, 'more ' + title)} in the report`)] : [];
  return [paint.dim(header), ...lines, ...more, ''];
}

/** Three columns of 6 and one of 7, with two spaces before each. */
const numberColumns = 33;

interface EntryLayout {
  readonly nameWidth: number;
  readonly markWidth: number;
  readonly barWidth: number;
  /** Share that fills the bar. */
  readonly scale: number;
}

function entryLine(entry: AxisEntry, layout: EntryLayout, paint: Paint): string {
  const cells = [
    formatShare(entry.before.share),
    formatShare(entry.target?.share ?? null),
    formatShare(entry.after.share),
    formatPoints(entry.drift).padStart(7),
  ].map((cell) => cell.padStart(6));
  const name = fitText(visibleText(entry.name), layout.nameWidth);
  const row = `${name}  ${cells.join('  ')}${alertMark(entry).padEnd(layout.markWidth)}`;
  if (layout.barWidth < 8) return entry.alert ? paint.alert(row.trimEnd()) : row.trimEnd();
  const bar = shareBar(entry.after.share, entry.target?.share ?? null, layout.scale, layout.barWidth);
  return `${entry.alert ? paint.alert(row) : row}  ${paint.accent(bar)}`.trimEnd();
}

function alertMark(entry: AxisEntry): string {
  return entry.alert ? ` ! ${entry.cause ?? 'drift'}` : '';
}

function feasibilityLines(model: ReportModel, width: number, paint: Paint): string[] {
  const { feasibility } = model;
  if (feasibility.feasible) return [];
  const sentence = feasibility.sentences.map(visibleText).join(' ');
  const lines = wrap(`${infeasibleWords(model)} ${sentence}`, width);
  const shown = lines.slice(0, 4);
  if (lines.length > 4) shown[3] = cutText(`${shown[3] ?? ''} \u2026 more in the report`, width);
  return [...shown.map((line) => paint.alert(line)), ''];
}

/** The three names that the tagger's errors change most. */
function auditLines({ audit }: ReportModel, width: number): string[] {
  if (!audit) return [];
  const change = (entry: AuditEntry): number => Math.abs((entry.corrected ?? entry.counted) - entry.counted);
  const most = audit.personas
    .filter((entry) => entry.corrected !== null)
    .toSorted((a, b) => change(b) - change(a) || (a.name < b.name ? -1 : 1))
    .slice(0, 3)
    .map(
      (entry) =>
        `${visibleText(entry.name)} ${formatShare(entry.counted)} counted, corrected ${formatShare(entry.corrected)} (${formatShare(entry.low)} to ${formatShare(entry.high)})`,
    );
  const named = most.length > 0 ? most.join('; ') : 'too few for any persona';
  return [...wrap(`audit of ${formatPlural(audit.rows, 'labelled row')}: ${named}`, width).slice(0, 3), ''];
}

/** The largest distance from the mix in any prefix, per axis over all splits, in rows. */
function orderLines({ prefixBalance }: ReportModel, width: number): string[] {
  const worst = new Map<string, number>();
  for (const { axis, worstPrefixRows } of prefixBalance.flatMap((one) => one.axes))
    worst.set(axis, Math.max(worst.get(axis) ?? 0, worstPrefixRows));
  if (worst.size === 0) return [];
  const parts = [...worst].map(([axis, rows]) => `${axis} ${rows.toFixed(1)}`);
  return [cutText(`order   rows from the mix in any prefix: ${parts.join(', ')}`, width)];
}

function placeLines({ run, shards }: ReportModel, width: number, paint: Paint): string[] {
  const bytes = shards.reduce((sum, shard) => sum + shard.bytes, 0);
  const folder = visibleText(run.out.replace(/\/+$/, ''));
  const size = ` (${formatPlural(shards.length, 'shard')}, ${formatBytes(bytes)})`;
  return [
    `shards  ${paint.bold(`${folder}/dataset`)}${cutText(size, width - textWidth(folder) - 16)}`,
    `report  ${paint.bold(`${folder}/report/report.html`)}`,
  ];
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const next = line === '' ? word : `${line} ${word}`;
    if (line !== '' && textWidth(next) > width) {
      lines.push(line);
      line = word;
    } else {
      line = next;
    }
  }
  return [...lines, line].map((one) => cutText(one, width));
}
