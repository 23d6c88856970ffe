import { isDeepStrictEqual } from 'node:util';

import { hasCascade } from '../../config/cascade-schema.ts';
import type { Config, SourceConfig } from '../../config/schema.ts';
import type { Recipe } from '../../source/recipe.ts';
import { describeEntry, withItsRecipe } from '../scan/sources.ts';
import type { Corpus } from './corpus.ts';
import { isOriginTagged } from './corpus-under.ts';

/**
 * What no plan of tagged rows can show, in sentences: settings of `wanted` under which the rows would be others, or have other
 * tags, than under `tagged`, the configuration of their run.
 */
export function retagReasons(params: {
  readonly corpus: Corpus;
  readonly tagged: Config;
  readonly wanted: Config;
  readonly recipes: readonly Recipe[];
}): string[] {
  const { corpus, tagged, wanted, recipes } = params;
  return [
    ...compare('tag', 'the rows', tagSettings(tagged), tagSettings(wanted)),
    ...compare('read', 'the rows', readSettings(tagged), readSettings(wanted)),
    ...wanted.sources.flatMap((entry) => {
      const rows = `the rows of source "${entry.name}"`;
      const before = tagged.sources.find(({ name }) => name === entry.name);
      const source = corpus.sources.find(({ name }) => name === entry.name);
      const asked = describeEntry(withItsRecipe(entry, recipes));
      return [
        ...(before ? compare('read', rows, entrySettings(before), entrySettings(entry)) : []),
        ...(source && !isOriginTagged(source, asked)
          ? compare('tag', rows, { persona: source.persona }, { persona: asked.persona })
          : []),
      ];
    }),
  ];
}

type Settings = Readonly<Record<string, unknown>>;

function tagSettings({ taggers, cascade }: Config): Settings {
  return {
    'taggers.persona': taggers.persona,
    'taggers.traits': taggers.traits,
    cascade: hasCascade(cascade) ? cascade : null,
  };
}

function readSettings({ dataset, run }: Config): Settings {
  return { 'dataset.data_path': dataset.data_path, 'run.limit': run.limit };
}

function entrySettings({ path, hub, revision, files, recipe, columns, shape }: SourceConfig): Settings {
  return { path, hub, revision, files, recipe, columns, shape };
}

const past = { read: 'read', tag: 'tagged' };

function compare(verb: keyof typeof past, rows: string, used: Settings, asked: Settings): string[] {
  return Object.keys(asked)
    .filter((key) => !isDeepStrictEqual(used[key], asked[key]))
    .map(
      (key) =>
        `${rows} were ${past[verb]} with ${setting(key, used[key])}, not with ${setting(key, asked[key])}: run again to ${verb} them anew`,
    );
}

function setting(key: string, value: unknown): string {
  if (value === undefined || value === null) return `no ${key}`;
  return `${key} ${typeof value === 'string' ? value : JSON.stringify(value)}`;
}
