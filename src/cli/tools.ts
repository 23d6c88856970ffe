import { createRequire } from 'node:module';
import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

import { describeTagger, loadTaxonomy, rosterUrl, taggersRoot } from '../../taggers/index.ts';
import { ConfigError } from '../core/errors.ts';
import type { Taxonomy } from '../core/taxonomy.ts';
import { fetchTagger } from '../hub/fetch-tagger.ts';
import type { CardTools } from '../run/cards/card-files.ts';
import type { RunTools } from '../run/run.ts';

const packageJson = createRequire(import.meta.url)('#package.json') as { version: string }; // our own file

export const packageVersion = packageJson.version;

/** Folder of the installed package: configs/, datasets/ and taggers/ lie there. */
const packageRoot = dirname(taggersRoot);

export const recipesFolder = join(packageRoot, 'datasets');

/** Cards, scenarios and other data of ours that commands read. */
export const configsFolder = join(packageRoot, 'configs');

/** Where a configuration's run goes when nobody names a folder. */
export function defaultOut(config: string): string {
  return join('runs', basename(config).replace(/\.ya?ml$/, ''));
}

/** Overrides of the configuration that the command line asks for; its own options stand last and win. */
export function setsOf(args: {
  readonly set?: string[];
  readonly commercial: boolean;
  readonly limit?: number;
}): string[] {
  return [
    ...(args.set ?? []),
    ...(args.commercial ? ['run.commercial=true'] : []),
    ...(args.limit === undefined ? [] : [`run.limit=${args.limit}`]),
  ];
}

/** A configuration path as given; a path that does not exist here is looked up in the package. */
export function findConfig(path: string): string {
  if (existsSync(path)) return path;
  const shipped = join(packageRoot, path);
  return existsSync(shipped) ? shipped : path;
}

/** What commands about cards need from outside src. */
export async function loadCardTools(): Promise<CardTools> {
  return { taxonomy: await loadTaxonomy(), configsFolder };
}

/** Everything a run needs from outside src, validated before any row is read. @throws ConfigError */
export async function loadTools(
  taggers: {
    readonly persona: string;
    readonly traits: string;
    /** The accurate tier of a cascade. */
    readonly accurate?: string | null;
  },
  taxonomy?: Taxonomy,
): Promise<RunTools> {
  const known = taxonomy ?? (await loadTaxonomy());
  return {
    toolVersion: packageVersion,
    taxonomy: known,
    rosterUrl,
    personaTagger: await openInfo(taggers.persona, 'persona', known),
    traitTagger: await openInfo(taggers.traits, 'traits', known),
    accurateTagger: taggers.accurate ? await openInfo(taggers.accurate, 'persona', known) : null,
    recipesFolder,
  };
}

async function openInfo(
  name: string,
  task: 'persona' | 'traits',
  taxonomy: Taxonomy,
): Promise<RunTools['personaTagger']> {
  const folder = await taggerFolder(name);
  const info = await describeTagger(folder, taxonomy);
  if (info.task !== task) {
    throw new ConfigError(`tagger "${name}" tags ${info.task}, not ${task}`, {
      code: 'tagger-wrong-task',
      hint: `name a tagger of ${task} in its place`,
    });
  }
  return { ...info, folder };
}

/** Folder of a tagger by its name in taggers/, or as given. */
export function shippedTagger(name: string): string {
  const shipped = join(taggersRoot, name);
  return existsSync(join(shipped, 'tagger.json')) ? shipped : resolve(name);
}

/** A name in taggers/, a folder, or `hub:owner/name` (fetched into the Hugging Face cache once). */
async function taggerFolder(name: string): Promise<string> {
  if (name.startsWith('hub:')) return fetchTagger(name.slice(4), { environment: process.env });
  return shippedTagger(name);
}
