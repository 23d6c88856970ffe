import { visibleText } from '../lib/visible-text.ts';
import { formatCount, formatPlural } from './format.ts';
import type { AuditFacts, AxisName, BalanceUnit, GapCause, ReportModel } from './model.ts';

/** How people call what the model names; one place for all renderers. */
export const axisTitles: Readonly<Record<AxisName, string>> = {
  category: 'Categories',
  persona: 'Personas',
  trait: 'Traits',
  source: 'Sources',
  phase: 'Phases',
  adapter: 'Adapters',
};

export const unitTitles: Readonly<Record<BalanceUnit, string>> = {
  rows: 'rows',
  tokens: 'tokens',
  supervised_tokens: 'supervised tokens',
};

/** What an audit is, and how to read its numbers. */
export function auditWords({ file, rows, matched, confidence }: AuditFacts): string {
  return `${formatPlural(rows, 'row')} of ${visibleText(file)}, labelled by a person (${formatCount(matched)} of them stand in the corpus), against the persona tagger. "Counted" is what the tagger says of the supply; "corrected" takes its errors out (Rogan and Gladen), with the ${confidence * 100} % interval of Lang and Reiczigel. It holds where the labelled rows are a random sample; a dash: too few rows, or no better than chance.`;
}

/** What became of targets that cannot all hold. */
export function infeasibleWords({ run }: Pick<ReportModel, 'run'>): string {
  return run.after.rows > 0
    ? 'The targets cannot all hold; the nearest mix was taken.'
    : 'No row could be selected.';
}

export function causeText(cause: GapCause | null): string {
  return cause === null ? '' : causeTexts[cause];
}

const causeTexts: Readonly<Record<GapCause, string>> = {
  supply: 'too few rows',
  conflict: 'conflicting targets',
  abstention: 'tagger unsure',
  rounding: 'rounding',
};
