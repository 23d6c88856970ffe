import type { Config } from '../../config/schema.ts';
import type { Taxonomy } from '../../core/taxonomy.ts';
import type { WorkerPool } from '../../tag/pool.ts';
import { screenVersion } from '../../tag/screen-sidecar.ts';
import type { ScreenRules } from '../../tag/screen-unit.ts';
import type { Benchmarks } from './benchmarks.ts';
import { fingerprint, sweep } from '../checkpoint.ts';
import type { RunContext } from '../context.ts';
import { runPaths } from '../paths.ts';
import type { TaggedFileUnit } from './tag-pass.ts';
import type { ScreenCounts, ScreenTask } from '../tasks.ts';
import { unitKey } from './unit-key.ts';
import { runSteps } from '../steps.ts';

/** What the rows of a run were screened for; written beside the corpus, so that PLAN knows whether its settings are met. */
export interface Screening {
  readonly nearDuplicates: ScreenRules['nearDuplicates'];
  /** Names, in the order of the bits. */
  readonly benchmarks: readonly string[];
  /** The settings that the benchmarks were read with. */
  readonly decontaminate: Config['dataset']['decontaminate'] | null;
  /** Of everything that the screening depends on but the rows themselves. */
  readonly digest: string;
  /** Sidecar of each unit, relative to the run folder. */
  readonly sidecars: readonly string[];
}

export interface ScreenPassParams {
  readonly out: string;
  readonly config: Config;
  readonly units: readonly TaggedFileUnit[];
  readonly benchmarks: Benchmarks | null;
  readonly taxonomy: Taxonomy;
  readonly toolVersion: string;
}

/**
 * Reads every unit for near-duplicates and benchmark texts, where the configuration asks for either; null where it does not.
 * Apart from TAG, so that switching it on or changing it never runs a model: the price is a second read of the input.
 */
export async function screenUnits(
  pool: WorkerPool,
  params: ScreenPassParams,
  context: RunContext,
): Promise<Screening | null> {
  const rules = {
    nearDuplicates: nearDuplicateRules(params.config),
    benchmarks: params.benchmarks?.index ?? null,
  };
  if (!rules.nearDuplicates && !rules.benchmarks) return null;
  const tokenFormat = params.config.inference.persona_token_format;
  const digest = fingerprint({
    screenVersion,
    nearDuplicates: rules.nearDuplicates,
    benchmarks: params.benchmarks?.digest ?? null,
    tokenFormat,
    personas: params.taxonomy.personas.map(({ id, aliases }) => [id, ...aliases]),
  });
  const tasks = planTasks(params, { rules, tokenFormat, digest });
  await runTasks(pool, tasks, params.out, context);
  const sidecars = tasks.map((task) => task.sidecar);
  await sweep(params.out, [runPaths(params.out).screen], new Set(sidecars));
  return {
    nearDuplicates: rules.nearDuplicates,
    benchmarks: params.benchmarks?.names ?? [],
    decontaminate: params.benchmarks ? params.config.dataset.decontaminate : null,
    digest,
    sidecars,
  };
}

/** The settings as workers take them; null where near-duplicates are not looked for. */
export function nearDuplicateRules(config: Config): ScreenRules['nearDuplicates'] {
  const { mode, text, ngram, bands, rows_per_band: rowsPerBand } = config.dataset.near_duplicates;
  return mode === 'none' ? null : { ngram, bands, rowsPerBand, text };
}

function planTasks(
  { out, units, toolVersion }: ScreenPassParams,
  how: { readonly rules: ScreenRules; readonly tokenFormat: string; readonly digest: string },
): ScreenTask[] {
  const paths = runPaths(out);
  return units.map(({ name, unit, take, input }): ScreenTask => ({
    kind: 'screen',
    name,
    unit,
    take,
    out,
    sidecar: `screen/${name}.bin`,
    done: paths.done('screen', name),
    key: unitKey({ unit, take, input }, { 'screening settings': how.digest, 'tool version': toolVersion }),
    tokenFormat: how.tokenFormat,
    rules: how.rules,
  }));
}

async function runTasks(
  pool: WorkerPool,
  tasks: readonly ScreenTask[],
  out: string,
  context: RunContext,
): Promise<void> {
  await runSteps<ScreenTask, ScreenCounts>(
    pool,
    tasks,
    {
      out,
      stage: 'screen',
      again: 'screened again',
      bytes: 0,
      measure: ({ rows }) => ({ rows, bytes: 0, rejected: 0 }),
    },
    context,
  );
}
