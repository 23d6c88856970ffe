import { findPii } from './find-pii.ts';
import type { PiiKind, PiiMatch } from './pii-kinds.ts';
import { replaceSpans } from './replace-spans.ts';

export interface Redactor {
  /** The text with a placeholder for every find, and what was found (places in the text as given). */
  redact(text: string): { readonly text: string; readonly matches: readonly PiiMatch[] };
}

/**
 * A redactor for texts that belong together (a conversation, a row): the same value gets the same placeholder in all of them,
 * `[EMAIL_1]`, numbered by first appearance. Redacting twice changes nothing. Holds the values it has seen.
 */
export function createRedactor(): Redactor {
  const placeholders = new Map<string, string>();
  const counts = new Map<PiiKind, number>();
  const placeholderOf = (kind: PiiKind, value: string): string => {
    const key = `${kind} ${normalise(kind, value)}`;
    const known = placeholders.get(key);
    if (known !== undefined) return known;
    const number = (counts.get(kind) ?? 0) + 1;
    const placeholder = `[${placeholderNames[kind]}_${number}]`;
    counts.set(kind, number);
    placeholders.set(key, placeholder);
    return placeholder;
  };
  return {
    redact(text) {
      for (const [, name = '', number] of text.matchAll(placeholderPattern))
        reserve(counts, name, Number(number));
      const matches = findPii(text);
      const redacted = replaceSpans(text, matches, ({ kind, start, end }) =>
        placeholderOf(kind, text.slice(start, end)),
      );
      return { text: redacted, matches };
    },
  };
}

const placeholderNames: Readonly<Record<PiiKind, string>> = {
  'private-key': 'PRIVATE_KEY',
  'url-credentials': 'CREDENTIALS',
  secret: 'SECRET',
  email: 'EMAIL',
  iban: 'IBAN',
  'credit-card': 'CARD',
  phone: 'PHONE',
  'ip-address': 'IP',
  'street-address': 'ADDRESS',
};

const placeholderPattern = /\[([A-Z_]+)_(\d{1,6})\]/g;

/** A placeholder that stands in the text already (redacted before) keeps its number to itself. */
function reserve(counts: Map<PiiKind, number>, name: string, number: number): void {
  for (const [kind, known] of Object.entries(placeholderNames) as [PiiKind, string][]) {
    if (known === name) counts.set(kind, Math.max(counts.get(kind) ?? 0, number));
  }
}

/** How a value is written does not make it another one. */
function normalise(kind: PiiKind, value: string): string {
  if (kind === 'email' || kind === 'street-address') return value.toLowerCase().replaceAll(/\s+/g, ' ');
  if (kind === 'phone' || kind === 'iban' || kind === 'credit-card')
    return value.replaceAll(/[^A-Za-z0-9]/g, '').toUpperCase();
  return value;
}
