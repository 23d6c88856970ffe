import { effectiveRows, filteredRows, mostRepeats, writtenRows } from '../accounting.ts';
import { formatCount, formatPlural, formatShare } from '../format.ts';
import type { Feasibility, ReportModel } from '../model.ts';
import { describeScreening } from '../screening.ts';
import { infeasibleWords, unitTitles } from '../words.ts';
import { escapeHtml, nameHtml, type Section, tableHtml } from './markup.ts';

/** Title, the sentence that says it all, and the few figures behind it. */
export function headerHtml(model: ReportModel): string {
  const { run, accounting, axes } = model;
  const aimed = axes.persona.filter((entry) => entry.target !== null);
  const close = aimed.filter((entry) => !entry.alert).length;
  const figures = [
    figureHtml(
      'Corpus',
      formatCount(run.after.rows),
      `rows, ${formatShare(ratio(accounting.copies, run.after.rows))} copies`,
    ),
    figureHtml(
      'Tokens',
      formatCount(run.after.tokens),
      `${formatCount(run.after.supervisedTokens)} supervised`,
    ),
    figureHtml('Personas on target', `${close} of ${aimed.length}`, 'within the drift limit'),
    figureHtml(
      'Targets',
      model.feasibility.feasible ? 'Feasible' : 'Infeasible',
      model.feasibility.feasible ? 'all hold together' : 'nearest mix taken',
    ),
    figureHtml(
      'Quarantined',
      formatCount(accounting.quarantined),
      `${formatShare(ratio(accounting.quarantined, accounting.input))} of the input`,
    ),
  ];
  const title = `${formatPlural(writtenRows(model), 'row')} to train\u00A0on, out of ${formatCount(accounting.input)} read`;
  return `<header>
<p class="eyebrow">tag-datasets ${escapeHtml(run.toolVersion)} · ${nameHtml(run.configPath)} · seed ${run.seed}</p>
<h1>${title}</h1>
<dl class="figures">${figures.join('')}</dl>
</header>`;
}

export function accountingSection(model: ReportModel): Section {
  const { accounting, run } = model;
  const parts = [
    { style: 'kept', name: 'selected', rows: accounting.selected },
    { style: 'left', name: 'not selected', rows: accounting.notSelected },
    { style: 'dup', name: 'duplicates', rows: accounting.duplicates },
    ...(accounting.nearClusters === null
      ? []
      : [{ style: 'dup', name: 'near-duplicates', rows: accounting.nearDuplicates }]),
    { style: 'cut', name: 'filtered', rows: filteredRows(accounting) },
    { style: 'bad', name: 'quarantined', rows: accounting.quarantined },
  ];
  const stack = parts
    .filter((part) => part.rows > 0)
    .map((part) => `<span class="${part.style}" style="flex:${part.rows} 0 0"></span>`);
  const keys = parts.map(
    (part) =>
      `<li><i class="${part.style}"></i><b>${formatCount(part.rows)}</b> ${part.name} <span class="quiet">${formatShare(ratio(part.rows, accounting.input))}</span></li>`,
  );
  const beside = [
    `The corpus is the ${formatPlural(accounting.selected, 'selected row')} and ${formatPlural(accounting.copies, 'repeated row')}: ${formatPlural(run.after.rows, 'row')}, ${formatCount(accounting.synthetic)} of them synthetic.`,
    accounting.unplaced > 0
      ? `${formatPlural(accounting.unplaced, 'row')} of it stand in no phase or adapter and so in no shard.`
      : '',
    accounting.copies > 0
      ? `With its repeats it is worth ${formatCount(effectiveRows(model))} rows that do not repeat (Kish); no row stands more than ${formatCount(mostRepeats(model))} times.`
      : '',
    accounting.records !== accounting.input
      ? `The input rows were made of ${formatPlural(accounting.records, 'record')}.`
      : '',
    accounting.unrecognisedRecords > 0
      ? `${formatPlural(accounting.unrecognisedRecords, 'record')} of files and lists that no shape fits are not among them.`
      : '',
    ...describeScreening(accounting).map(escapeHtml),
  ];
  const reasons = tableHtml(
    [
      { title: 'Filtered because', kind: 'text' },
      { title: 'Rows', kind: 'number' },
    ],
    accounting.filtered.map((entry) => [nameHtml(entry.reason), formatCount(entry.rows)]),
  );
  return {
    id: 'accounting',
    title: 'Where every row went',
    content: `<div class="stack" aria-hidden="true">${stack.join('')}</div><ul class="keys">${keys.join('')}</ul>
<p>${beside.filter((sentence) => sentence !== '').join(' ')} Shares on this page are shares of ${unitTitles[run.unit]}.</p>
${accounting.filtered.length > 0 ? `<div class="compact">${reasons}</div>` : ''}`,
  };
}

export function targetSection(model: ReportModel): Section {
  const { feasibility } = model;
  const content = feasibility.feasible
    ? '<p class="good">All targets hold together; nothing had to give way.</p>'
    : `<div class="notice" role="note"><h3>${infeasibleWords(model)}</h3>${certificate(feasibility)}</div>`;
  return { id: 'targets', title: 'Targets', content };
}

function certificate({ sentences, conflicts, relaxation, cure }: Feasibility): string {
  return [
    ...sentences.map((sentence) => `<p>${escapeHtml(sentence)}</p>`),
    titledList(
      'In conflict',
      conflicts.map(
        (conflict) =>
          `${conflict.constraints.map(nameHtml).join(' against ')}, by ${formatPlural(conflict.rows, 'row')}` +
          (conflict.bindingCells.length > 0
            ? `; binding: ${conflict.bindingCells.map(nameHtml).join(', ')}`
            : ''),
      ),
    ),
    titledList(
      'Smallest relaxation',
      relaxation.map(
        (one) => `${nameHtml(one.constraint)}: ${formatShare(one.from)} → ${formatShare(one.to)}`,
      ),
    ),
    titledList(
      'What would cure it',
      cure.map(
        (one) =>
          `${formatPlural(one.rows, 'new row')} of ${[one.persona, ...one.traits].map(nameHtml).join(' × ')}`,
      ),
    ),
  ].join('');
}

function titledList(title: string, items: readonly string[]): string {
  return items.length === 0
    ? ''
    : `<p class="quiet">${title}</p><ul>${items.map((item) => `<li>${item}</li>`).join('')}</ul>`;
}

function figureHtml(name: string, value: string, note: string): string {
  return `<div><dt>${name}</dt><dd>${value}<small>${note}</small></dd></div>`;
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
