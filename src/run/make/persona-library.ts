import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { parse } from 'yaml';

import { readArchetypes } from '../../cards/archetypes.ts';
import { ConfigError } from '../../core/errors.ts';
import { suggestName } from '../../lib/nearest.ts';
import {
  parseCategories,
  parseGrammar,
  parseLocales,
  type PersonaLibrary,
} from '../../make/personas/library.ts';
import { parseScenario, type Scenario } from '../../make/personas/scenario.ts';

/** Reads what personas are made from; files of the user stand in for those of the package. @throws ConfigError */
export async function readPersonaLibrary(params: {
  readonly configsFolder: string;
  readonly locale: string;
  readonly categories: string | null;
  readonly locales: string | null;
}): Promise<PersonaLibrary> {
  const shipped = (name: string): string => join(params.configsFolder, name);
  const categoriesFile = params.categories ?? shipped('detail-categories.yaml');
  const localesFile = params.locales ?? shipped('locales.yaml');
  const locales = parseLocales(await readPlain(localesFile), localesFile);
  const locale = locales[params.locale];
  if (!locale) {
    throw new ConfigError(
      `unknown locale "${params.locale}"; ${suggestName(params.locale, Object.keys(locales))}`,
      {
        code: 'unknown-locale',
        hint: `${localesFile} lists them; give a file of your own with --locales`,
      },
    );
  }
  const archetypes = await readArchetypes(shipped('archetypes.yaml'));
  return {
    categories: parseCategories(await readPlain(categoriesFile), categoriesFile),
    archetypes: archetypes.archetypes,
    domains: archetypes.domains,
    locale,
    localeName: params.locale,
    grammar: parseGrammar(await readPlain(shipped('detail-grammar.yaml')), shipped('detail-grammar.yaml')),
  };
}

/** A scenario by its name in configs/scenarios, or from a file. @throws ConfigError naming the known ones */
export async function readScenario(template: string, configsFolder: string): Promise<Scenario> {
  const folder = join(configsFolder, 'scenarios');
  const shipped = join(folder, `${template}.yaml`);
  const file = existsSync(shipped) ? shipped : template;
  if (existsSync(file)) return parseScenario(await readPlain(file), file);
  const names = (await readdir(folder))
    .filter((name) => extname(name) === '.yaml')
    .map((name) => basename(name, '.yaml'));
  throw new ConfigError(`no scenario "${template}"; ${suggestName(template, names.sort())}`, {
    code: 'unknown-template',
    hint: `known: ${names.join(', ')}; or give the path of a file`,
  });
}

async function readPlain(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new ConfigError(`${file}: cannot read it`, { code: 'library-not-found', cause });
  });
  try {
    return parse(text) as unknown;
  } catch (cause) {
    const message = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
    throw new ConfigError(`${file}: not valid YAML or JSON: ${message}`, { code: 'library-invalid', cause });
  }
}
