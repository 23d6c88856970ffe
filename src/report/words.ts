import type { AxisName, BalanceUnit, GapCause } from './model.ts';

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

export function causeText(cause: GapCause | null): string {
  return cause === null ? '' : causeTexts[cause];
}

const causeTexts: Readonly<Record<GapCause, string>> = {
  supply: 'too few rows',
  conflict: 'conflicting targets',
  abstention: 'tagger unsure',
  rounding: 'rounding',
};
