import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseDocument } from 'yaml';

import { ConfigError } from '../../core/errors.ts';
import { type Grammar, parseGrammar } from '../../make/conversations/grammar.ts';
import { parseScenarioSet, type ScenarioSet } from '../../make/conversations/scenario-set.ts';

/** @throws ConfigError `scenarios-unreadable`, `scenarios-invalid`, `scenario-twice` */
export async function readScenarioSet(path: string): Promise<ScenarioSet> {
  return parseScenarioSet(await readYaml(path), path);
}

/** What the template provider speaks in these scenarios; null where the set names no grammar. @throws ConfigError */
export async function readGrammar(path: string, { grammar }: ScenarioSet): Promise<Grammar | null> {
  if (grammar === null) return null;
  const file = join(dirname(path), grammar);
  return parseGrammar(await readYaml(file), file);
}

async function readYaml(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new ConfigError(`${path}: not there, or not readable`, { code: 'scenarios-unreadable', cause });
  });
  const document = parseDocument(text);
  const [problem] = document.errors;
  if (problem) throw new ConfigError(`${path}: ${problem.message}`, { code: 'scenarios-unreadable' });
  return document.toJS();
}
