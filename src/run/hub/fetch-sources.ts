import type { Config, SourceConfig } from '../../config/schema.ts';
import { type FetchedDataset, fetchDataset } from '../../hub/fetch-dataset.ts';
import { findRecipe, loadRecipes } from '../../source/recipe.ts';
import type { RunContext } from '../context.ts';
import { isKnownLicence, refusalOf } from '../scan/gates.ts';
import type { RunEffects } from '../run.ts';
import { withRecipe } from '../scan/sources.ts';
import { hubOptions } from './hub-options.ts';

export interface FetchedSource extends FetchedDataset {
  readonly source: string;
}

/**
 * Puts the files of every Hub source of a configuration into the local cache, after its licence and benchmark gates.
 * Started again it goes on where it stopped. Empty where no source lies on the Hub.
 * @throws ConfigError `benchmark-refused`, `licence-refused`, `recipe-unknown`, and what fetchDataset throws
 */
export async function fetchSources(
  params: { readonly config: Config; readonly recipesFolder: string },
  effects: RunEffects,
  context: RunContext,
): Promise<FetchedSource[]> {
  const { config } = params;
  const recipes = config.sources.some(({ recipe }) => recipe !== undefined)
    ? await loadRecipes(params.recipesFolder)
    : [];
  const sources = config.sources.map((source) =>
    source.recipe === undefined ? source : withRecipe(source, findRecipe(recipes, source.recipe)),
  );
  for (const source of sources) {
    if (isKnownLicence(source.licence) || source.benchmark) refuse(source, config);
  }
  const fetched: FetchedSource[] = [];
  for (const source of sources) {
    const { name, hub, revision, files: paths } = source;
    if (hub === undefined) continue;
    let stage: ReturnType<RunContext['stage']> | undefined;
    const result = await fetchDataset(
      { repo: hub, revision, paths },
      {
        ...hubOptions(effects, context),
        onList(files, license) {
          if (!isKnownLicence(source.licence)) refuse({ ...source, licence: license ?? undefined }, config);
          stage = context.stage('fetch', files.length, 0, sumBytes(files));
        },
        onFile({ path, bytes }, fetchedBytes) {
          const isReused = fetchedBytes === 0;
          stage?.unitEnd({ unit: `${hub}/${path}`, rows: 0, bytes, rejected: 0, reused: isReused, ms: 0 });
        },
      },
    );
    stage?.end();
    fetched.push({ source: name, ...result });
  }
  return fetched;
}

function refuse(source: SourceConfig, config: Config): void {
  const refusal = refusalOf(source, config);
  if (refusal) throw refusal.error;
}

function sumBytes(files: readonly { readonly bytes: number }[]): number {
  return files.reduce((sum, file) => sum + file.bytes, 0);
}
