import { drawBinChart } from '../charts/bin-chart.ts';
import { drawFlowChart } from '../charts/flow-chart.ts';
import { foldFlow } from '../charts/flow.ts';
import {
  formatBytes,
  formatCount,
  formatInterval,
  formatPlural,
  formatRate,
  formatSeconds,
  formatShare,
} from '../format.ts';
import type { AuditEntry, AxisBalance, ConfidenceHistogram, ReportModel } from '../model.ts';
import { auditWords } from '../words.ts';
import { describeTiers } from '../tiers.ts';
import { figure, phaseTables } from './axis-section.ts';
import { type Column, detailsHtml, escapeHtml, nameHtml, type Section, tableHtml } from './markup.ts';

export function flowSection(model: ReportModel): Section {
  const graph = foldFlow(model.flow, { source: 14, persona: 18, phase: 12 });
  const chart =
    graph.links.length === 0
      ? '<p class="quiet">No row flows into a phase in this run.</p>'
      : `<figure class="wide"><div class="canvas">${drawFlowChart(graph)}</div></figure>`;
  return {
    id: 'flow',
    title: 'From source to phase',
    content: `<p class="quiet">A row that stands in two phases counts in both; copies count. Small sources and personas are taken together.</p>${chart}${curriculum(model)}${phaseTables(model)}`,
  };
}

function curriculum({ phases, prefixBalance }: ReportModel): string {
  const phaseRows = phases.map((phase) => [
    `${phase.order}. ${nameHtml(phase.name)}`,
    formatCount(phase.trainRows),
    formatCount(phase.validationRows),
    formatRate(phase.learningRate),
    phase.epochs === null ? '–' : String(phase.epochs),
    focusHtml(phase.personaFocus),
  ]);
  const orderRows = prefixBalance.map((one) => [
    nameHtml(one.split),
    ...[one.worstPrefix, one.meanBatch64, one.worstBatch64, one.switchAdjacent].map(formatShare),
  ]);
  const order = listed(
    'How evenly each split is ordered',
    ['Split', '#Worst prefix', '#Mean batch of 64', '#Worst batch of 64', '#Persona switches'],
    orderRows,
  );
  const axisRows = prefixBalance.flatMap((one) =>
    one.axes.map((axis) => [nameHtml(one.split), ...axisCells(axis)]),
  );
  const axes = listed(
    'Rows from the mix, on every axis',
    ['Split', 'Axis', '#Any prefix', '#Bound', '#Any batch of 64', '#Bound of a batch'],
    axisRows,
  );
  const note =
    order === ''
      ? ''
      : '<p class="quiet">Distance of a prefix or batch from the mix of the whole split; 0% is exactly the same mix.</p>';
  return (
    listed(
      'Curriculum',
      ['Phase', '#Train', '#Validation', '#Learning rate', '#Epochs', 'Focus'],
      phaseRows,
    ) +
    order +
    note +
    axes
  );
}

function axisCells(axis: AxisBalance): string[] {
  const rows = [axis.worstPrefixRows, axis.prefixBoundRows, axis.worstBatchRows, axis.batchBoundRows];
  return [nameHtml(axis.axis), ...rows.map((count) => count.toFixed(1))];
}

/** The first few names; a phase can have all of them. */
function focusHtml(names: readonly string[]): string {
  const shown = names.slice(0, 8).map(nameHtml).join(', ');
  const more = names.length > 8 ? ` and ${formatCount(names.length - 8)} more` : '';
  return `<span class="focus">${shown}${more}</span>`;
}

export function qualitySection(model: ReportModel): Section {
  const { confidence, lengths } = model;
  const charts = [...confidence.map(confidenceFigure), lengthFigure(lengths)];
  return {
    id: 'quality',
    title: 'Confidence and length',
    content: `<p>${describeTiers(model).map(escapeHtml).join(' ')}</p><div class="pair">${charts.join('\n')}</div>${detailsHtml('Numbers', confidenceTable(confidence) + lengthTable(lengths), false)}`,
  };
}

function confidenceFigure(one: ConfidenceHistogram, index: number): string {
  const chart = drawBinChart({
    id: `confidence-${index}`,
    title: `Top score of ${one.tagger}`,
    description: `Rows per bin of 0.05; ${formatPlural(one.abstained, 'row')} below the threshold.`,
    labels: one.bins.map((_, bin) => binEdge(bin)),
    axisName: 'top score of a row, lower end of the bin',
    series: [{ role: 'after', values: one.bins }],
  });
  return figure(`Confidence of ${one.tagger}`, `${formatCount(one.abstained)} unsure`, chart);
}

function lengthFigure({ before, after }: ReportModel['lengths']): string {
  const chart = drawBinChart({
    id: 'lengths',
    title: 'Length of the rows',
    description: 'Share of rows per length, before and after, in bins that double.',
    labels: before.map((_, bin) => formatCount(2 ** bin)),
    axisName: 'estimated tokens, lower end of the bin',
    series: [
      { role: 'before', values: shares(before) },
      { role: 'after', values: shares(after) },
    ],
    valueText: (share) => `${Number((share * 100).toFixed(1))}%`,
  });
  return figure('Length of the rows', 'grey before, blue after', chart);
}

function confidenceTable(confidence: readonly ConfidenceHistogram[]): string {
  const rows = Array.from({ length: 20 }, (_, bin) => [
    `from ${binEdge(bin)}`,
    ...confidence.map((one) => formatCount(one.bins[bin] ?? 0)),
  ]);
  return listed('Rows per top score', ['Score', ...confidence.map((one) => `#${one.tagger}`)], rows);
}

function lengthTable({ before, after }: ReportModel['lengths']): string {
  const rows = before.map((count, bin) => [
    `from ${formatCount(2 ** bin)}`,
    formatCount(count),
    formatCount(after[bin] ?? 0),
  ]);
  return listed('Rows per length', ['Tokens', '#Before', '#After'], rows);
}

/** Only where an audit set was given. */
export function auditSection({ audit }: ReportModel): Section | null {
  if (!audit) return null;
  const titles = ['Name', '#Labelled', '#Counted', '#Corrected', '#Interval', '#Sensitivity', '#Specificity'];
  const rowsOf = (entries: readonly AuditEntry[]): string[][] =>
    entries.map((entry) => [
      nameHtml(entry.name),
      formatCount(entry.audited),
      formatShare(entry.counted),
      formatShare(entry.corrected),
      formatInterval(entry),
      formatShare(entry.sensitivity),
      formatShare(entry.specificity),
    ]);
  return {
    id: 'audit',
    title: 'Audit by people',
    content: `<p class="quiet">${escapeHtml(auditWords(audit))}</p>${listed('Categories', titles, rowsOf(audit.categories))}${detailsHtml('Personas', listed('', titles, rowsOf(audit.personas)), true)}`,
  };
}

export function troubleSection({ quarantine, skippedFiles, warnings }: ReportModel): Section {
  const parts = [
    listed(
      'Quarantine',
      ['Reason', '#Rows', 'First'],
      quarantine.map((one) => [
        nameHtml(one.reason),
        formatCount(one.rows),
        one.locators.map(codeHtml).join(', '),
      ]),
    ),
    listed(
      'Files left out',
      ['File', '#Records', 'Why'],
      skippedFiles.map((one) => [
        `${nameHtml(one.source)}: ${nameHtml(one.file)}`,
        one.records === null ? '–' : formatCount(one.records),
        `${escapeHtml(one.message)} ${codeHtml(one.code)}`,
      ]),
    ),
    listed(
      'Warnings',
      ['What', 'Code'],
      warnings.map((one) => [escapeHtml(one.message), codeHtml(one.code)]),
    ),
  ].filter((part) => part !== '');
  return {
    id: 'trouble',
    title: 'Left out and warned about',
    content:
      parts.length > 0
        ? parts.join('')
        : '<p>Nothing was quarantined, no file was left out, and there was no warning.</p>',
  };
}

export function outputSection({ shards, timings, run }: ReportModel): Section {
  const bytes = shards.reduce((sum, shard) => sum + shard.bytes, 0);
  const shardTable = listed(
    '',
    ['File', '#Rows', '#Size', 'SHA-256'],
    shards.map((shard) => [
      codeHtml(shard.path),
      formatCount(shard.rows),
      formatBytes(shard.bytes),
      codeHtml(shard.sha256.slice(0, 16)),
    ]),
  );
  const facts = [
    ['Config', `${nameHtml(run.configPath)} ${codeHtml(run.configHash)}`],
    ['Asked total', run.askedTotal === 'max' ? 'as large as the targets allow' : formatCount(run.askedTotal)],
    [
      'Tokens',
      run.tokenizer === null
        ? 'estimated: bytes / 4 and 4 a message'
        : `counted by ${nameHtml(run.tokenizer.name)} ${codeHtml(run.tokenizer.sha256.slice(0, 16))}`,
    ],
    ['Repeats', `at most ${formatCount(run.maxRepeats)} of a row`],
    ...run.taggers.map((tagger) => [
      `Tagger ${escapeHtml(tagger.id)}`,
      `${codeHtml(tagger.sha256)}${tagger.licence === null ? '' : ` ${escapeHtml(tagger.licence)}`}`,
    ]),
  ];
  const speed = listed(
    'Speed (differs from run to run)',
    ['Stage', '#Time', '#Rows/s', '#Peak memory'],
    timings.map((one) => [
      nameHtml(one.stage),
      formatSeconds(one.seconds),
      one.rows === 0 ? '–' : formatCount(one.rowsPerSecond),
      one.peakRssBytes === null ? '–' : formatBytes(one.peakRssBytes),
    ]),
  );
  const summary = `${formatPlural(shards.length, 'shard')}, ${formatBytes(bytes)}`;
  return {
    id: 'output',
    title: 'Output and run',
    content: `<p>${summary} under ${codeHtml(run.out)}.</p>${detailsHtml('Shards', shardTable, shards.length <= 24)}${listed('Run', ['Fact', 'Value'], facts)}${speed}`,
  };
}

/** Titles that begin with `#` are columns of numbers. Empty without rows. */
function listed(title: string, titles: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const columns = titles.map((name): Column =>
    name.startsWith('#') ? { title: name.slice(1), kind: 'number' } : { title: name, kind: 'text' },
  );
  return `${title === '' ? '' : `<h3>${escapeHtml(title)}</h3>`}<div class="block">${tableHtml(columns, rows)}</div>`;
}

function codeHtml(text: string): string {
  return `<code>${nameHtml(text)}</code>`;
}

function binEdge(bin: number): string {
  return (bin / 20).toFixed(2);
}

function shares(counts: readonly number[]): number[] {
  const whole = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => (whole === 0 ? 0 : count / whole));
}
