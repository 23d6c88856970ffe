import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Config } from '../../config/schema.ts';
import { ConfigError } from '../../core/errors.ts';
import type { Taxonomy } from '../../core/taxonomy.ts';
import type { Recipe } from '../../source/recipe.ts';
import type { Corpus } from './corpus.ts';
import { corpusUnder } from './corpus-under.ts';
import { changedRows, noChange, type RowChange } from './plan-changes.ts';
import { planCorpus, type PlannedCorpus } from './plan-corpus.ts';
import { type PlanSummary, summarisePlan } from './plan-summary.ts';

/** A plan, and beside it the plan under other settings. */
export interface PlanComparison {
  readonly now: PlanSummary;
  /** null without other settings. */
  readonly revised: PlanSummary | null;
  readonly entering: RowChange;
  readonly leaving: RowChange;
}

/**
 * Plans a tagged corpus as a run of `config` would, and once more under `revised`. Reads sidecars alone; tags and writes nothing.
 * `latest` is the last plan made. Memory: two plans, about 130 bytes a row.
 */
export async function comparePlans(params: {
  readonly out: string;
  readonly corpus: Corpus;
  readonly config: Config;
  readonly revised: Config | null;
  readonly taxonomy: Taxonomy;
  readonly recipes: readonly Recipe[];
}): Promise<{ plan: PlanComparison; latest: PlannedCorpus }> {
  const { out, config, revised, taxonomy, recipes } = params;
  const planUnder = async (own: Config): Promise<ViewedPlan> => {
    const corpus = corpusUnder(params.corpus, own, recipes);
    const planned = await planCorpus({ out, corpus, taxonomy, config: asView(own) });
    return {
      corpus,
      planned,
      summary: summarisePlan(planned, { taxonomy, sources: corpus.sources, recipes }),
    };
  };
  const now = await planUnder(config);
  if (!revised)
    return {
      plan: { now: now.summary, revised: null, entering: noChange, leaving: noChange },
      latest: now.planned,
    };
  const then = await planUnder(revised);
  return {
    plan: {
      now: now.summary,
      revised: then.summary,
      entering: await changedRows(out, then.planned, now.planned, then.corpus, taxonomy),
      leaving: await changedRows(out, now.planned, then.planned, now.corpus, taxonomy),
    },
    latest: then.planned,
  };
}

interface ViewedPlan {
  readonly corpus: Corpus;
  readonly planned: PlannedCorpus;
  readonly summary: PlanSummary;
}

/** A look at a plan shows the certificate where a run would stop. */
function asView(config: Config): Config {
  return { ...config, balance: { ...config.balance, on_infeasible: 'nearest' } };
}

/** The configuration that a run was started with. @throws ConfigError `run-not-found` */
export async function readStoredConfig(run: string): Promise<unknown> {
  const path = join(run, 'run.json');
  try {
    const stored: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (typeof stored === 'object' && stored !== null && 'config' in stored) return stored.config;
  } catch (cause) {
    throw new ConfigError(`${run}: not a run folder: no readable run.json`, {
      code: 'run-not-found',
      hint: 'give the folder that --out named',
      cause,
    });
  }
  throw new ConfigError(`${path}: holds no configuration`, { code: 'run-not-found' });
}
