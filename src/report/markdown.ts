import { filteredRows } from './accounting.ts';
import {
  formatBand,
  formatBytes,
  formatCount,
  formatInterval,
  formatPlural,
  formatPoints,
  formatRate,
  formatSeconds,
  formatShare,
} from './format.ts';
import { escapeMarkdown, markdownTable } from './markdown-table.ts';
import { describeScreening } from './screening.ts';
import { describeTiers } from './tiers.ts';
import { type AxisEntry, axisNames, type ReportModel } from './model.ts';
import { auditWords, axisTitles, causeText, infeasibleWords, unitTitles } from './words.ts';

/** The whole report as GitHub-flavoured Markdown; text from data is inert. */
export function renderMarkdown(model: ReportModel): string {
  const sections = [
    head(model),
    accounting(model),
    tiers(model),
    feasibility(model),
    ...axisNames.map((axis) => axisSection(axisTitles[axis], model.axes[axis])),
    audit(model),
    phases(model),
    prefixBalance(model),
    quarantine(model),
    skippedFiles(model),
    shards(model),
    warnings(model),
    timings(model),
  ];
  return `${sections.filter((part) => part !== '').join('\n\n')}\n`;
}

function head({ run }: ReportModel): string {
  const facts = [
    `config ${escapeMarkdown(run.configPath)} (${run.configHash})`,
    `seed ${run.seed}`,
    `shares of ${unitTitles[run.unit]}`,
    run.tokenizer === null
      ? 'tokens estimated: bytes / 4 and 4 a message'
      : `tokens counted by ${escapeMarkdown(run.tokenizer.name)} (${run.tokenizer.sha256.slice(0, 12)})`,
    ...run.taggers.map((tagger) => `tagger ${escapeMarkdown(tagger.id)} (${tagger.sha256.slice(0, 12)})`),
  ];
  const corpus = `${formatPlural(run.after.rows, 'row')}, ${formatCount(run.after.tokens)} tokens, ${formatCount(run.after.supervisedTokens)} supervised tokens`;
  return [
    '# What happened',
    `tag-datasets ${run.toolVersion}: ${corpus} in the balanced corpus.`,
    facts.map((fact) => `- ${fact}`).join('\n'),
  ].join('\n\n');
}

function accounting({ accounting: counts }: ReportModel): string {
  const rows: [string, number][] = [
    ['**input**', counts.input],
    ['selected', counts.selected],
    ['not selected', counts.notSelected],
    ['duplicates', counts.duplicates],
    ...(counts.nearClusters === null
      ? []
      : [['near-duplicates', counts.nearDuplicates] satisfies [string, number]]),
    ...counts.filtered.map((entry): [string, number] => [
      `filtered: ${escapeMarkdown(entry.reason)}`,
      entry.rows,
    ]),
    ['quarantined', counts.quarantined],
  ];
  const beside = [
    `copies ${formatCount(counts.copies)}`,
    `synthetic ${formatCount(counts.synthetic)}`,
    ...(counts.unplaced > 0 ? [`in no phase or adapter ${formatCount(counts.unplaced)}`] : []),
    `filtered in all ${formatCount(filteredRows(counts))}`,
    `records read ${formatCount(counts.records)}`,
    `records of unrecognised files and lists ${formatCount(counts.unrecognisedRecords)}`,
  ];
  return section(
    'Every input row',
    table(
      ['what', 'rows'],
      rows.map(([name, count]) => [name, formatCount(count)]),
    ),
    [`Beside it: ${beside.join(', ')}.`, ...describeScreening(counts).map(escapeMarkdown)].join(' '),
  );
}

function tiers(model: ReportModel): string {
  return section(
    'Who judged the rows',
    describeTiers(model)
      .map((sentence) => `- ${escapeMarkdown(sentence)}`)
      .join('\n'),
  );
}

function feasibility({ feasibility: result, run }: ReportModel): string {
  if (result.feasible) return section('Targets', 'All targets can hold together.');
  const bullets = [
    ...result.sentences.map(escapeMarkdown),
    ...result.conflicts.map(
      (conflict) =>
        `in conflict: ${conflict.constraints.map(escapeMarkdown).join('; ')} (${formatPlural(conflict.rows, 'row')})`,
    ),
    ...result.relaxation.map(
      (change) =>
        `smallest relaxation: ${escapeMarkdown(change.constraint)} from ${formatShare(change.from)} to ${formatShare(change.to)}`,
    ),
    ...result.cure.map(
      (cure) =>
        `cure: ${formatPlural(cure.rows, 'new row')} of ${[cure.persona, ...cure.traits].map(escapeMarkdown).join(' × ')}`,
    ),
  ];
  return section('Targets', infeasibleWords({ run }), bullets.map((bullet) => `- ${bullet}`).join('\n'));
}

function axisSection(title: string, entries: readonly AxisEntry[]): string {
  if (entries.length === 0) return '';
  const header = [
    'name',
    'before',
    'asked',
    'target',
    'after',
    'band',
    'drift',
    'cause',
    'rows',
    'tokens',
    'supervised',
    'effective',
    'max repeats',
    'copies',
    'synthetic',
    'abstained',
  ];
  const rows = entries.map((entry) => [
    escapeMarkdown(entry.name),
    formatShare(entry.before.share),
    formatShare(entry.asked),
    formatShare(entry.target?.share ?? null),
    formatShare(entry.after.share),
    formatBand(entry.band),
    `${formatPoints(entry.drift)}${entry.alert ? ' **!**' : ''}`,
    causeText(entry.cause),
    `${formatCount(entry.before.rows)} → ${formatCount(entry.after.rows)}`,
    formatCount(entry.after.tokens),
    formatCount(entry.after.supervisedTokens),
    formatCount(entry.effectiveSampleSize),
    formatCount(entry.maxRepeats),
    formatShare(entry.copiesShare),
    formatShare(entry.syntheticShare),
    formatCount(entry.abstentions),
  ]);
  return section(title, table(header, rows));
}

function audit({ audit: facts }: ReportModel): string {
  if (!facts) return '';
  const rows = [...facts.categories, ...facts.personas].map((entry) => [
    escapeMarkdown(entry.name),
    formatCount(entry.audited),
    formatShare(entry.counted),
    formatShare(entry.corrected),
    formatInterval(entry),
    formatShare(entry.sensitivity),
    formatShare(entry.specificity),
  ]);
  return section(
    'Audit',
    escapeMarkdown(auditWords(facts)),
    table(['name', 'labelled', 'counted', 'corrected', 'interval', 'sensitivity', 'specificity'], rows),
  );
}

function phases({ phases: list }: ReportModel): string {
  const rows = list.map((phase) => [
    `${phase.order}. ${escapeMarkdown(phase.name)}`,
    formatCount(phase.trainRows),
    formatCount(phase.validationRows),
    formatRate(phase.learningRate),
    phase.epochs === null ? '–' : String(phase.epochs),
  ]);
  return listed('Curriculum', ['phase', 'train', 'validation', 'learning rate', 'epochs'], rows);
}

function prefixBalance({ prefixBalance: list }: ReportModel): string {
  const rows = list.map((one) => [
    escapeMarkdown(one.split),
    ...[one.worstPrefix, one.meanBatch64, one.worstBatch64, one.switchAdjacent].map(formatShare),
  ]);
  const order = listed(
    'Order',
    ['split', 'worst prefix', 'mean batch of 64', 'worst batch of 64', 'persona switches'],
    rows,
  );
  const axes = list.flatMap((one) =>
    one.axes.map((axis) => [
      escapeMarkdown(one.split),
      axis.axis,
      ...[axis.worstPrefixRows, axis.prefixBoundRows, axis.worstBatchRows, axis.batchBoundRows].map((count) =>
        count.toFixed(1),
      ),
    ]),
  );
  const titles = ['split', 'axis', 'any prefix', 'bound', 'any batch of 64', 'bound of a batch'];
  return [order, listed('Rows from the mix', titles, axes)].filter((part) => part !== '').join('\n\n');
}

function quarantine({ quarantine: list }: ReportModel): string {
  const rows = list.map((one) => [
    escapeMarkdown(one.reason),
    formatCount(one.rows),
    one.locators.map(escapeMarkdown).join(', '),
  ]);
  return listed('Quarantine', ['reason', 'rows', 'first'], rows);
}

function skippedFiles({ skippedFiles: list }: ReportModel): string {
  const rows = list.map((one) => [
    escapeMarkdown(`${one.source}: ${one.file}`),
    one.records === null ? '–' : formatCount(one.records),
    escapeMarkdown(`${one.message} (${one.code})`),
  ]);
  return listed('Files left out', ['file', 'records', 'why'], rows);
}

function shards({ shards: list }: ReportModel): string {
  const rows = list.map((shard) => [
    escapeMarkdown(shard.path),
    formatCount(shard.rows),
    formatBytes(shard.bytes),
    shard.sha256.slice(0, 16),
  ]);
  return listed('Shards', ['file', 'rows', 'size', 'sha256'], rows);
}

function warnings({ warnings: list }: ReportModel): string {
  if (list.length === 0) return '';
  return section(
    'Warnings',
    list.map((one) => `- ${escapeMarkdown(`${one.message} (${one.code})`)}`).join('\n'),
  );
}

function timings({ timings: list }: ReportModel): string {
  const rows = list.map((one) => [
    escapeMarkdown(one.stage),
    formatSeconds(one.seconds),
    formatCount(one.rowsPerSecond),
    one.peakRssBytes === null ? '–' : formatBytes(one.peakRssBytes),
  ]);
  return listed('Speed (differs from run to run)', ['stage', 'time', 'rows/s', 'peak memory'], rows);
}

function listed(title: string, header: readonly string[], rows: readonly (readonly string[])[]): string {
  return rows.length === 0 ? '' : section(title, table(header, rows));
}

function section(title: string, ...parts: readonly string[]): string {
  return [`## ${title}`, ...parts].join('\n\n');
}

/** First column to the left, numbers to the right. */
function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const textColumns = new Set(['name', 'what', 'cause', 'first', 'why', 'file', 'sha256', header[0]]);
  return markdownTable(
    header,
    header.map((name) => (textColumns.has(name) ? 'left' : 'right')),
    rows,
  );
}
