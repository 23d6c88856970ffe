import type { z } from 'zod';

import type { Card } from '../core/card.ts';
import type { Finding } from '../core/finding.ts';
import type { Taxonomy } from '../core/taxonomy.ts';
import { suggestName } from '../lib/nearest.ts';
import { cardJsonSchema, cardSchema } from './schema.ts';

export interface ParsedCard {
  /** null: the findings hold an error. */
  readonly card: Card | null;
  readonly findings: readonly Finding[];
}

type Path = readonly (string | number)[];

/**
 * A plain value as a card. Unknown keys are kept under `extra.unknown` by their path, with a warning that names the nearest known
 * key; a field that lacks or has the wrong type is an error with key and value. Never throws.
 */
export function parseCard(plain: unknown, place: string, taxonomy: Taxonomy): ParsedCard {
  const first = cardSchema.safeParse(plain);
  if (first.success) return { card: completeCard(first.data, taxonomy), findings: [] };
  const unknown = first.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...pathOf(issue), key]) : [],
  );
  const second = unknown.length > 0 ? cardSchema.safeParse(withoutKeys(plain, unknown)) : first;
  const warnings = unknown.map((path) => unknownKey(path, place));
  if (second.success) return { card: completeCard(second.data, taxonomy), findings: warnings };
  const errors = second.error.issues.map((issue) => finding(issue, plain, place));
  return { card: null, findings: [...errors, ...warnings] };
}

/** `category`, `adapter` and `phases` of the taxonomy where the file has none. An unknown persona is left to `validateCards`. */
function completeCard(read: z.output<typeof cardSchema>, taxonomy: Taxonomy): Card {
  const { persona, category, adapter, phases } = read.taxonomy;
  const known = taxonomy.personas.find(({ id }) => id === persona);
  return {
    ...read,
    taxonomy: {
      persona,
      category: category ?? known?.category ?? '',
      adapter: adapter ?? known?.adapter ?? '',
      phases: phases ?? known?.phases ?? [],
    },
  };
}

/** A copy in which the keys at `paths` have moved to `extra.unknown`, under their path joined by dots. */
function withoutKeys(plain: unknown, paths: readonly Path[]): unknown {
  const copy: unknown = structuredClone(plain);
  const kept: [string, unknown][] = [];
  for (const path of paths) {
    const parent = path.slice(0, -1).reduce<unknown>((node, key) => child(node, key), copy);
    const key = path.at(-1);
    if (!isRecord(parent) || typeof key !== 'string') continue;
    kept.push([path.join('.'), parent[key]]);
    delete parent[key];
  }
  if (!isRecord(copy)) return copy;
  const extra = isRecord(copy['extra']) ? copy['extra'] : {};
  const before = isRecord(extra['unknown']) ? extra['unknown'] : {};
  return { ...copy, extra: { ...extra, unknown: { ...before, ...Object.fromEntries(kept) } } };
}

function unknownKey(path: Path, place: string): Finding {
  const key = String(path.at(-1));
  return {
    code: 'card-unknown-key',
    severity: 'warning',
    place,
    message: `${path.join('.')}: unknown key "${key}" is kept under extra.unknown; ${suggestName(key, knownKeys(path.slice(0, -1)))}`,
  };
}

function finding(issue: z.core.$ZodIssue, plain: unknown, place: string): Finding {
  const path = pathOf(issue);
  const value = path.reduce<unknown>((node, key) => child(node, key), plain);
  const at = path.length > 0 ? `${path.join('.')}: ` : '';
  if (value === undefined && path.length > 0) {
    return {
      code: 'card-missing-field',
      severity: 'error',
      place,
      message: `${at}is missing${misspelt(plain, path)}`,
    };
  }
  const found = JSON.stringify(value)?.slice(0, 80) ?? String(value);
  if (issue.code === 'invalid_value' && typeof value === 'string') {
    const names = issue.values.map(String);
    return {
      code: 'card-wrong-value',
      severity: 'error',
      place,
      message: `${at}unknown value ${found}; ${suggestName(value, names)}`,
    };
  }
  const message = issue.message.charAt(0).toLowerCase() + issue.message.slice(1);
  return { code: 'card-wrong-value', severity: 'error', place, message: `${at}${message}, found ${found}` };
}

/** `; there is "nam"` when a sibling key looks like the missing one. */
function misspelt(plain: unknown, path: Path): string {
  const parent = path.slice(0, -1).reduce<unknown>((node, key) => child(node, key), plain);
  const key = String(path.at(-1));
  const known = knownKeys(path.slice(0, -1));
  const strangers = isRecord(parent) ? Object.keys(parent).filter((name) => !known.includes(name)) : [];
  const close = strangers.find((name) => suggestName(name, known) === `did you mean "${key}"?`);
  return close === undefined ? '' : `; is "${close}" meant to be it?`;
}

/** Keys of the card format below a path, found through its JSON schema. */
function knownKeys(path: Path): string[] {
  let node = cardJsonSchema();
  for (const key of path) {
    const branches = child(node, 'anyOf');
    const inner = Array.isArray(branches)
      ? branches.find((branch) => isRecord(child(branch, 'properties')))
      : node;
    node = typeof key === 'number' ? child(inner, 'items') : child(child(inner, 'properties'), key);
  }
  const branches = child(node, 'anyOf');
  const inner = Array.isArray(branches)
    ? branches.find((branch) => isRecord(child(branch, 'properties')))
    : node;
  const properties = child(inner, 'properties');
  return isRecord(properties) ? Object.keys(properties) : [];
}

function pathOf(issue: z.core.$ZodIssue): (string | number)[] {
  return issue.path.map((key) => (typeof key === 'number' ? key : String(key)));
}

function child(node: unknown, key: string | number): unknown {
  if (Array.isArray(node)) return typeof key === 'number' ? (node[key] as unknown) : undefined;
  return isRecord(node) && Object.hasOwn(node, key) ? node[key] : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
