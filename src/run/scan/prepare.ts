import { type Benchmarks, loadBenchmarks } from '../tag/benchmarks.ts';
import type { RunContext } from '../context.ts';
import { hubOptions } from '../hub/hub-options.ts';
import { largestRepeats } from '../plan/plan-problem.ts';
import type { RunEffects, RunParams } from '../run.ts';
import { type ResolvedSource, resolveSources } from './sources.ts';
import { warnIgnored } from './scan-warnings.ts';
import { findTokenizer, type TokenizerFile } from '../tag/tokenizer.ts';

export interface Prepared {
  readonly sources: readonly ResolvedSource[];
  readonly benchmarks: Benchmarks | null;
  /** What counts tokens; null: they are estimated. */
  readonly tokenizer: TokenizerFile | null;
}

/** Everything that can be wrong before work begins: sources are listed and gated, what a user should know is said. */
export async function prepare(
  params: RunParams,
  effects: RunEffects,
  context: RunContext,
): Promise<Prepared> {
  const resolved = await resolveSources(
    {
      config: params.loaded.config,
      configPath: params.loaded.path,
      recipesFolder: params.tools.recipesFolder,
    },
    hubOptions(effects, context),
  );
  for (const warning of resolved.warnings) context.warn(warning.code, warning.message);
  warnIgnored(resolved.ignored, context);
  const repeats = largestRepeats(params.loaded.config);
  if (repeats > 4) {
    context.warn(
      'max-repeats',
      `balance.max_repeats is ${repeats}: above 4 copies of a row a model tends to memorise it`,
    );
  }
  const benchmarks = await loadBenchmarks(params.loaded.config.dataset.decontaminate, params.loaded.path);
  for (const warning of benchmarks?.warnings ?? []) context.warn(warning.code, warning.message);
  return {
    sources: resolved.sources,
    benchmarks,
    tokenizer: await findTokenizer(params.loaded.config, params.loaded.path),
  };
}
