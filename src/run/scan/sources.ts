import type { InputFile } from '../../core/unit.ts';
import { ConfigError } from '../../core/errors.ts';
import { resolveDataPath } from '../../config/load.ts';
import type { Config, SourceConfig } from '../../config/schema.ts';
import { checkGates, isKnownLicence, nonCommercial } from './gates.ts';
import { listHubFiles } from '../../hub/list-dataset.ts';
import type { HubOptions } from '../../hub/read-repo.ts';
import { listFiles, stemOf } from '../../source/list-files.ts';
import { suggestName } from '../../lib/nearest.ts';
import { slotNames } from '../../source/adapt/roster.ts';
import { findRecipe, loadRecipes, type Recipe } from '../../source/recipe.ts';

/** One source of the configuration with everything decided: where its files lie and how they count. */
export interface ResolvedSource {
  readonly name: string;
  readonly files: readonly InputFile[];
  readonly options: { readonly columns?: Record<string, string>; readonly shape?: string };
  readonly persona: string | null;
  readonly priorStrength: number;
  readonly limit: number | null;
  readonly licence: string | null;
  readonly synthetic: boolean;
  /** Commit sha of a Hub dataset. */
  readonly revision: string | null;
}

export interface ResolvedSources {
  readonly sources: readonly ResolvedSource[];
  readonly ignored: readonly { readonly path: string; readonly reason: string }[];
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
}

/**
 * Lists the files of every source and applies the licence and benchmark gates.
 * `dataset.data_path` becomes one source per file stem, so that a folder tree reports per dataset.
 * @throws ConfigError `source-not-found`, `no-sources`, `source-empty`, `source-name-twice`, `slot-unknown`, `benchmark-refused`,
 * `licence-refused`
 */
export async function resolveSources(
  params: { readonly config: Config; readonly configPath: string; readonly recipesFolder: string },
  hub: HubOptions,
): Promise<ResolvedSources> {
  const { config, configPath } = params;
  const ignored: { path: string; reason: string }[] = [];
  const warnings: { code: string; message: string }[] = [];
  const sources: ResolvedSource[] = [];
  if (config.dataset.data_path !== undefined) {
    const listed = await listFiles({
      source: '',
      paths: [resolveDataPath(config.dataset.data_path, configPath)],
      baseDir: '/',
    });
    checkGates({ name: config.dataset.data_path, benchmark: false }, config, warnings);
    ignored.push(...listed.ignored);
    sources.push(...splitByStem(listed.files));
  }
  const recipes = config.sources.some((source) => source.recipe)
    ? await loadRecipes(params.recipesFolder)
    : [];
  for (const source of config.sources) {
    const merged = withItsRecipe(source, recipes);
    checkSlots(merged);
    // What is stated is judged before anything is listed; what only the Hub's own card can say, after.
    if (isKnownLicence(merged.licence) || merged.benchmark) checkGates(merged, config, []);
    const listed = await listSource(merged, configPath, hub);
    const licensed = isKnownLicence(merged.licence)
      ? merged
      : { ...merged, licence: listed.license ?? merged.licence };
    checkGates(licensed, config, warnings);
    ignored.push(...listed.ignored);
    sources.push({ ...describeEntry(licensed), files: listed.files, revision: listed.revision });
  }
  if (sources.length === 0) {
    throw new ConfigError('no source is configured', {
      code: 'no-sources',
      hint: 'set dataset.data_path, or list sources with path: or hub:',
    });
  }
  if (sources.every((source) => source.files.length === 0)) {
    throw new ConfigError('the configured sources hold no data file', {
      code: 'source-empty',
      hint: 'JSONL, JSON, CSV, TSV and Parquet are read, plain, .gz or .zst',
    });
  }
  checkNamesApart(sources);
  return { sources, ignored, warnings };
}

/** A slot that no shape has would leave its column unread. @throws ConfigError `slot-unknown` */
function checkSlots({ name, columns = {} }: SourceConfig): void {
  const unknown = Object.keys(columns).find((slot) => !slotNames.includes(slot));
  if (unknown === undefined) return;
  throw new ConfigError(`source "${name}": columns: unknown slot "${unknown}"`, {
    code: 'slot-unknown',
    hint: suggestName(unknown, slotNames),
  });
}

/** Rows and their folders are told apart by the names of source and file. @throws ConfigError `source-name-twice` */
function checkNamesApart(sources: readonly ResolvedSource[]): void {
  const twice = sources.find(({ name }, at) => sources.findIndex((other) => other.name === name) !== at);
  if (!twice) return;
  // Entries of `sources` have names of their own (src/config/check-names.ts), so the first is of data_path.
  const files = sources.find(({ name }) => name === twice.name)?.files ?? [];
  const shown = files.map((file) => file.name).join(', ');
  throw new ConfigError(
    `two sources are called "${twice.name}": ${shown} below dataset.data_path, and an entry of sources`,
    { code: 'source-name-twice', hint: 'give the entry of sources another name' },
  );
}

/** Files that differ only in extension are one dataset. */
function splitByStem(files: readonly InputFile[]): ResolvedSource[] {
  const byStem = new Map<string, InputFile[]>();
  for (const file of files) {
    const stem = stemOf(file.name);
    byStem.set(stem, [...(byStem.get(stem) ?? []), { ...file, source: stem }]);
  }
  return [...byStem].map(([name, own]) => ({
    name,
    files: own,
    options: {},
    persona: null,
    priorStrength: 0,
    limit: null,
    licence: null,
    synthetic: false,
    revision: null,
  }));
}

/** An entry with the recipe that it names, if it names one, filled in. @throws ConfigError `recipe-unknown` */
export function withItsRecipe(source: SourceConfig, recipes: readonly Recipe[]): SourceConfig {
  return source.recipe === undefined ? source : withRecipe(source, findRecipe(recipes, source.recipe));
}

/** Fields of the source entry win over the recipe's. */
export function withRecipe(source: SourceConfig, recipe: ReturnType<typeof findRecipe>): SourceConfig {
  return {
    ...source,
    hub: source.hub ?? (source.path === undefined ? recipe.repo : undefined),
    revision: source.revision ?? recipe.revision,
    files: source.files ?? recipe.files,
    columns: source.columns ?? recipe.columns,
    shape: source.shape ?? recipe.shape,
    persona: source.persona ?? recipe.persona,
    prior_strength: source.prior_strength ?? recipe.prior_strength,
    limit: source.limit ?? recipe.cap,
    licence: source.licence ?? licenceOf(recipe),
    benchmark: source.benchmark || recipe.benchmark,
  };
}

/** A recipe may know of terms that the name of its licence does not say. */
function licenceOf({ license, non_commercial: isBarred }: ReturnType<typeof findRecipe>): string {
  return isBarred && !nonCommercial.test(license) ? `${license} (non-commercial)` : license;
}

/** Half tagger, half origin: enough to tip a doubtful row, not to overrule a sure one. */
const defaultPriorStrength = 0.5;

/** How an entry counts, its recipe filled in. */
export function describeEntry(source: SourceConfig): Omit<ResolvedSource, 'files' | 'revision'> {
  return {
    name: source.name,
    options: { columns: source.columns, shape: source.shape },
    persona: source.persona ?? null,
    priorStrength: source.persona === undefined ? 0 : (source.prior_strength ?? defaultPriorStrength),
    limit: source.limit ?? null,
    licence: source.licence ?? null,
    synthetic: source.synthetic,
  };
}

async function listSource(
  source: SourceConfig,
  configPath: string,
  hub: HubOptions,
): Promise<{
  files: readonly InputFile[];
  ignored: readonly { path: string; reason: string }[];
  revision: string | null;
  /** As the card on the Hub says it. */
  license: string | null;
}> {
  if (source.hub !== undefined) {
    return await listHubFiles(
      { source: source.name, repo: source.hub, revision: source.revision, paths: source.files },
      hub,
    );
  }
  const given = typeof source.path === 'string' ? [source.path] : (source.path ?? []);
  const listed = await listFiles({
    source: source.name,
    paths: given.map((path) => resolveDataPath(path, configPath)),
    baseDir: '/',
  });
  return { ...listed, revision: null, license: null };
}
