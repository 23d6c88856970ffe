import type { Config } from '../../config/schema.ts';
import type { Taxonomy } from '../../core/taxonomy.ts';
import { ConfigError } from '../../core/errors.ts';
import type { Corpus } from './corpus.ts';
import { type Division, divideRows } from './division.ts';
import { planRun, type RunPlan } from './plan-pass.ts';
import { type LabelRules, loadPlanTable, type PlanTable } from './plan-table.ts';
import { type ScreenedTable, screenTable } from './screen-table.ts';

export interface PlannedCorpus {
  readonly table: PlanTable;
  readonly plan: RunPlan;
  readonly division: Division;
  readonly screened: ScreenedTable;
}

/** PLAN as a whole: sidecars → table → without what is screened out → selection → phases and adapters. Writes nothing. */
export async function planCorpus(params: {
  readonly out: string;
  readonly corpus: Corpus;
  readonly config: Config;
  readonly taxonomy: Taxonomy;
}): Promise<PlannedCorpus> {
  const { corpus, config, taxonomy } = params;
  checkTokenizer(corpus, config);
  const table = await loadPlanTable(params.out, corpus.units, labelRules(corpus, config, taxonomy));
  const screened = await screenTable(params.out, table, corpus, config);
  const plan = await planRun(table, config, taxonomy, corpus.sources);
  const division = divideRows(table, plan, config, taxonomy, screened.splitRows);
  return { table, plan, division, screened };
}

/** How sidecars become labels under a configuration. */
export function labelRules(
  corpus: Pick<Corpus, 'sources' | 'thresholds' | 'cascade'>,
  config: Config,
  taxonomy: Taxonomy,
): LabelRules {
  const thresholdsOf = (own: Readonly<Record<string, number>>): number[] =>
    taxonomy.personas.map((persona) => config.taggers.persona_threshold ?? own[persona.id] ?? 0);
  return {
    taxonomy,
    thresholds: thresholdsOf(corpus.thresholds),
    refinedThresholds: thresholdsOf(corpus.cascade?.thresholds ?? {}),
    priors: corpus.sources.map((source) => ({
      origin: taxonomy.personas.findIndex((persona) => persona.id === source.persona),
      strength: source.priorStrength,
    })),
    minOutputChars: config.dataset.min_output_length,
    maxOutputChars: config.dataset.max_output_length ?? Number.POSITIVE_INFINITY,
    filterEmpty: config.dataset.filter_empty,
  };
}

/** The sidecars hold the counts of one tokenizer; no other can be planned with. */
function checkTokenizer(corpus: Corpus, config: Config): void {
  const [tagged, asked] = [corpus.tokenizer?.setting, config.balance.tokenizer];
  if (tagged === asked) return;
  throw new ConfigError(
    `the tokens of this run were ${tagged === undefined ? 'estimated' : `counted by ${tagged}`}, not ${asked === undefined ? 'estimated' : `by ${asked}`}`,
    {
      code: 'tokenizer-differs',
      hint: 'start the run again with balance.tokenizer as you want it; the units are tagged anew',
    },
  );
}
