import { readdir, readFile, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';

import type { Card } from '../core/card.ts';
import { ConfigError, ValidationError } from '../core/errors.ts';
import type { Finding } from '../core/finding.ts';
import type { Taxonomy } from '../core/taxonomy.ts';
import { parseCard } from './parse-card.ts';
import { parseText } from './parse-text.ts';

export interface LoadedCard {
  readonly card: Card;
  /** File, with the index inside it where it holds several: `cards/alex.yaml`, `cards.yaml [3]`. */
  readonly place: string;
}

export interface ReadCards {
  readonly cards: readonly LoadedCard[];
  /** Paths of what was read, those without a good card among them. */
  readonly files: readonly string[];
  /** What was wrong with the files; a card with an error is not among `cards`. */
  readonly findings: readonly Finding[];
}

/** What the names of card files end with. */
export const cardExtensions: readonly string[] = ['.yaml', '.yml', '.json'];

/**
 * Reads card files: YAML or JSON, one card or a list of them a file; of a folder all of them in code-unit order of their paths.
 * What is wrong with a card is a finding, and the others are read. Holds all cards.
 * @throws ConfigError when a path does not exist, or no card file is in it
 */
export async function readCards(paths: readonly string[], taxonomy: Taxonomy): Promise<ReadCards> {
  const files: string[] = [];
  // One after the other: of several paths that do not exist it is always the first that is named.
  for (const path of paths) files.push(...(await cardFiles(path)));
  const cards: LoadedCard[] = [];
  const findings: Finding[] = [];
  for (const file of files) {
    const read = readDocument(await readFile(file, 'utf8'), file);
    findings.push(...read.findings);
    for (const { plain, place } of read.values) {
      const parsed = parseCard(plain, place, taxonomy);
      findings.push(...parsed.findings);
      if (parsed.card) cards.push({ card: parsed.card, place });
    }
  }
  return { cards, files, findings };
}

/**
 * The same for those who need every card: the first errors are thrown, warnings come back.
 * @throws ConfigError when a path does not exist or two cards share an id; ValidationError naming file, key, value and nearest name
 */
export async function requireCards(paths: readonly string[], taxonomy: Taxonomy): Promise<ReadCards> {
  const read = await readCards(paths, taxonomy);
  const errors = read.findings.filter(({ severity }) => severity === 'error');
  const first = errors[0];
  if (!first) {
    refuseSharedIds(read.cards);
    return read;
  }
  const lines = errors.slice(0, 6).map(({ place, message }) => `${place}: ${message}`);
  throw new ValidationError(lines.join('\n'), {
    code: first.code,
    hint: 'docs/cards.md describes the card format; `tag-datasets cards validate` lists every finding',
  });
}

/** Files and rows are named by the id: of two cards that share it one would be lost. @throws ConfigError */
function refuseSharedIds(cards: readonly LoadedCard[]): void {
  const places = new Map<string, string>();
  for (const { card, place } of cards) {
    const other = places.get(card.id);
    if (other !== undefined) {
      throw new ConfigError(`two cards have the id "${card.id}": ${other} and ${place}`, {
        code: 'card-duplicate-id',
        hint: 'give one of them another id, or name only one of them',
      });
    }
    places.set(card.id, place);
  }
}

/** The card files of a path. @throws ConfigError */
async function cardFiles(path: string): Promise<string[]> {
  const info = await stat(path).catch(() => null);
  if (info === null) {
    throw new ConfigError(`${path}: no such card file or folder`, {
      code: 'cards-not-found',
      hint: 'configs/cards/coffee-shop ships with the package',
    });
  }
  if (!info.isDirectory()) return [path];
  const names = await readdir(path, { recursive: true });
  const files = names
    .filter((name) => cardExtensions.includes(extname(name)))
    .sort()
    .map((name) => join(path, name));
  if (files.length > 0) return files;
  throw new ConfigError(`${path}: no card file (${cardExtensions.join(', ')}) in this folder`, {
    code: 'cards-not-found',
  });
}

function readDocument(
  text: string,
  file: string,
): { values: { plain: unknown; place: string }[]; findings: Finding[] } {
  const parsed = parseText(text, file);
  if (parsed.problem !== null) {
    const message = `line ${parsed.line}: not valid YAML or JSON: ${parsed.problem}`;
    return { values: [], findings: [{ code: 'card-unreadable', severity: 'error', place: file, message }] };
  }
  const plain = parsed.value;
  if (!Array.isArray(plain)) return { values: [{ plain, place: file }], findings: [] };
  return {
    values: plain.map((value: unknown, index) => ({ plain: value, place: `${file} [${index}]` })),
    findings: [],
  };
}
