import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';

import { type LegacyFormat, legacyFormats } from '../../cards/legacy/format.ts';
import {
  detectFormat,
  type Imported,
  importDiscoveredPersonas,
  importPersonas,
} from '../../cards/legacy/import-export.ts';
import { objectOf } from '../../cards/legacy/values.ts';
import { parseText } from '../../cards/parse-text.ts';
import { cardExtensions, readCards } from '../../cards/read-cards.ts';
import { writeCards } from '../../cards/write-cards.ts';
import type { Card } from '../../core/card.ts';
import { ConfigError } from '../../core/errors.ts';
import type { Finding } from '../../core/finding.ts';
import type { Taxonomy } from '../../core/taxonomy.ts';
import type { CardTools } from './card-files.ts';

/** `card`: card files as they are, such as those that `extract` wrote and somebody has changed. */
export type ImportFormat = LegacyFormat | 'card';

export interface CardsImported {
  readonly format: ImportFormat;
  /** Files of the cards that are new. */
  readonly written: readonly string[];
  readonly findings: readonly Finding[];
}

/**
 * Makes cards of the personas of another tool and adds them to a folder. A persona whose name has a card there already is left
 * as it is, with a warning, and no file is written over.
 * @throws ConfigError `legacy-not-found`, `legacy-unreadable`, `legacy-unknown-format`
 */
export async function importCards(
  params: { readonly from: string; readonly format: ImportFormat | null; readonly out: string },
  { taxonomy }: CardTools,
): Promise<CardsImported> {
  const { from, out } = params;
  const format = params.format ?? (await detect(from));
  const imported = await readPersonas(from, format, taxonomy);
  const before = await existingCards(out, taxonomy);
  const isNew = ({ name }: Card): boolean => !before.names.has(nameKey(name));
  const fresh = imported.cards.filter(isNew).map((card) => ({ ...card, id: freeId(card.id, before.ids) }));
  const known = imported.cards.filter((card) => !isNew(card));
  const written = await writeCards(out, fresh);
  const findings = [...imported.findings, ...known.map(({ name }) => skipped(name, out))];
  return { format, written, findings };
}

async function readPersonas(from: string, format: ImportFormat, taxonomy: Taxonomy): Promise<Imported> {
  if (format === 'card') {
    const { cards, findings } = await readCards([from], taxonomy);
    return { cards: cards.map(({ card }) => card), findings };
  }
  if (format === 'discovered') return importDiscoveredPersonas(await readDiscovered(from), from, taxonomy);
  return importPersonas(format, items(await readDocuments(from)), taxonomy);
}

/** Names and ids that are taken in a folder; a file that cannot be read takes its id, too. */
async function existingCards(
  out: string,
  taxonomy: Taxonomy,
): Promise<{ names: Set<string>; ids: Set<string> }> {
  const files = await readdir(out).catch(() => []);
  const inFiles = files.map((name) => basename(name, extname(name)));
  const hasCards = files.some((name) => cardExtensions.includes(extname(name)));
  const cards = hasCards ? (await readCards([out], taxonomy)).cards : [];
  return {
    names: new Set(cards.map(({ card }) => nameKey(card.name))),
    ids: new Set([...inFiles, ...cards.map(({ card }) => card.id)]),
  };
}

function nameKey(name: string): string {
  return name.trim().toLowerCase();
}

interface Document {
  readonly value: unknown;
  readonly file: string;
}

/** The JSON documents of a file or folder; of a folder that `extract` made, its prompts. */
async function readDocuments(from: string): Promise<Document[]> {
  const info = await stat(from).catch(() => null);
  if (info === null) throw new ConfigError(`${from}: no such file or folder`, { code: 'legacy-not-found' });
  if (!info.isDirectory()) return [{ value: await readJson(from), file: from }];
  const prompts = promptsFile(from);
  if (await exists(prompts)) return [{ value: await readJson(prompts), file: prompts }];
  const names = (await readdir(from)).filter((name) => extname(name) === '.json').sort();
  if (names.length === 0) throw new ConfigError(`${from}: no .json file in it`, { code: 'legacy-not-found' });
  return Promise.all(
    names.map(async (name) => ({ value: await readJson(join(from, name)), file: join(from, name) })),
  );
}

async function readDiscovered(from: string): Promise<{
  prompts: Readonly<Record<string, unknown>>;
  analysis: Readonly<Record<string, unknown>> | null;
}> {
  const [document] = await readDocuments(from);
  const analysisFile = join(from, 'clusters', 'cluster_analysis.json');
  const analysis = (await exists(analysisFile)) ? objectOf(await readJson(analysisFile)) : null;
  return { prompts: objectOf(document?.value) ?? {}, analysis };
}

function promptsFile(folder: string): string {
  return join(folder, 'prompts', 'generated_prompts.json');
}

function items(documents: readonly Document[]): { document: unknown; place: string }[] {
  return documents.flatMap(({ value, file }) =>
    Array.isArray(value)
      ? value.map((document: unknown, index) => ({ document, place: `${file} [${index}]` }))
      : [{ document: value, place: file }],
  );
}

async function detect(from: string): Promise<ImportFormat> {
  if (await isOfCards(from)) return 'card';
  const documents = await readDocuments(from);
  const found = documents.map(({ value }) => detectFormat(value)).find((format) => format !== null);
  if (found) return found;
  throw new ConfigError(`${from}: the format of these personas is not known`, {
    code: 'legacy-unknown-format',
    hint: `name it with --format: ${legacyFormats.join(', ')}, card`,
  });
}

/** A YAML file, a folder with YAML files, or JSON that says that it is a card. */
async function isOfCards(from: string): Promise<boolean> {
  const info = await stat(from).catch(() => null);
  if (info?.isDirectory()) return (await readdir(from)).some((name) => isYaml(name));
  if (info === null) return false;
  if (isYaml(from)) return true;
  const value = await readJson(from);
  const sample = objectOf(Array.isArray(value) ? value[0] : value);
  return sample?.['schema'] === 'persona-card/1';
}

function isYaml(name: string): boolean {
  return ['.yaml', '.yml'].includes(extname(name));
}

async function readJson(file: string): Promise<unknown> {
  const parsed = parseText(await readFile(file, 'utf8'), file);
  if (parsed.problem === null) return parsed.value;
  throw new ConfigError(`${file}: line ${parsed.line}: not valid JSON: ${parsed.problem}`, {
    code: 'legacy-unreadable',
    hint: 'remarks such as "// …" are not JSON',
  });
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}

function freeId(id: string, taken: Set<string>): string {
  let free = id;
  for (let count = 2; taken.has(free); count++) free = `${id}_${count}`;
  taken.add(free);
  return free;
}

function skipped(name: string, out: string): Finding {
  const message = `"${name}" has a card already, which stays as it is`;
  return { code: 'card-exists', severity: 'warning', place: out, message };
}
