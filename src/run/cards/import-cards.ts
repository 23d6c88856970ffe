import { readdir, readFile, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';

import { type LegacyFormat, legacyFormats } from '../../cards/legacy/format.ts';
import {
  detectFormat,
  type Imported,
  importDiscoveredPersonas,
  importPersonas,
} from '../../cards/legacy/import-export.ts';
import { objectOf } from '../../cards/legacy/values.ts';
import { parseText } from '../../cards/parse-text.ts';
import { readCards } from '../../cards/read-cards.ts';
import { writeCards } from '../../cards/write-cards.ts';
import { ConfigError } from '../../core/errors.ts';
import type { Finding } from '../../core/finding.ts';
import type { CardTools } from './card-files.ts';

export interface CardsImported {
  readonly format: LegacyFormat;
  /** Files of the cards that are new. */
  readonly written: readonly string[];
  readonly findings: readonly Finding[];
}

/**
 * Makes cards of the personas of another tool and adds them to a folder. A persona whose name has a card there already is left
 * as it is, with a warning. Nothing is written when no persona can be read.
 * @throws ConfigError `legacy-not-found`, `legacy-unreadable`, `legacy-unknown-format`
 */
export async function importCards(
  params: { readonly from: string; readonly format: LegacyFormat | null; readonly out: string },
  { taxonomy }: CardTools,
): Promise<CardsImported> {
  const documents = await readDocuments(params.from);
  const format = params.format ?? detect(documents, params.from);
  const imported =
    format === 'discovered' ? await discovered() : importPersonas(format, items(documents), taxonomy);
  const before = await existing(params.out);
  const fresh = imported.cards.filter(({ name }) => !before.names.has(name.trim().toLowerCase()));
  const known = imported.cards.filter((card) => !fresh.includes(card));
  const renamed = fresh.map((card) => ({ ...card, id: freeId(card.id, before.ids) }));
  const written = await writeCards(params.out, renamed);
  return {
    format,
    written,
    findings: [...imported.findings, ...known.map(({ name }) => skipped(name, params.out))],
  };

  async function discovered(): Promise<Imported> {
    const { prompts, analysis } = await readDiscovered(params.from);
    return importDiscoveredPersonas({ prompts, analysis }, params.from, taxonomy);
  }
  async function existing(out: string): Promise<{ names: Set<string>; ids: Set<string> }> {
    const isThere = await readdir(out).then(
      (names) => names.length > 0,
      () => false,
    );
    const cards = isThere ? (await readCards([out], taxonomy)).cards : [];
    return {
      names: new Set(cards.map(({ card }) => card.name.trim().toLowerCase())),
      ids: new Set(cards.map(({ card }) => card.id)),
    };
  }
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

function detect(documents: readonly Document[], from: string): LegacyFormat {
  const found = documents.map(({ value }) => detectFormat(value)).find((format) => format !== null);
  if (found) return found;
  throw new ConfigError(`${from}: the format of these personas is not known`, {
    code: 'legacy-unknown-format',
    hint: `name it with --format: ${legacyFormats.join(', ')}`,
  });
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
