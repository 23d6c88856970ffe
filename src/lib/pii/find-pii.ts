import { findCreditCards, findIbans } from './account-numbers.ts';
import { findEmails } from './emails.ts';
import { findIpAddresses, findUrlCredentials } from './network-places.ts';
import { findPhones } from './phones.ts';
import { type PiiKind, piiKinds, type PiiMatch, type TextSpan } from './pii-kinds.ts';
import { findPrivateKeys, findSecrets } from './secrets.ts';
import { findStreetAddresses } from './street-addresses.ts';

const finders: Readonly<Record<PiiKind, (text: string) => TextSpan[]>> = {
  'private-key': findPrivateKeys,
  'url-credentials': findUrlCredentials,
  secret: findSecrets,
  email: findEmails,
  iban: findIbans,
  'credit-card': findCreditCards,
  phone: findPhones,
  'ip-address': findIpAddresses,
  'street-address': findStreetAddresses,
};

/**
 * What in a text could tell who somebody is, or open a door: ordered by place, never overlapping. By rules and check digits
 * alone; names of people are not found. Deterministic, no state; memory of the matches.
 */
export function findPii(text: string): PiiMatch[] {
  let unexplained = text;
  const found = piiKinds.flatMap((kind, rank) => {
    const spans = finders[kind](unexplained);
    unexplained = blank(unexplained, spans);
    return spans.map((span) => ({ ...span, kind, rank }));
  });
  found.sort((a, b) => a.start - b.start || a.end - b.end || a.rank - b.rank);
  const merged: typeof found = [];
  for (const span of found) {
    const last = merged.at(-1);
    if (!last || span.start >= last.end) merged.push(span);
    else merged[merged.length - 1] = join(last, span);
  }
  return merged.map(({ kind, start, end }) => ({ kind, code: `pii-${kind}`, start, end }));
}

/** What is found is no part of anything else: the password of a URL and its host are no e-mail address. */
function blank(text: string, spans: readonly TextSpan[]): string {
  let [blanked, at] = ['', 0];
  for (const { start, end } of spans.toSorted((a, b) => a.start - b.start)) {
    if (end <= at) continue;
    const from = Math.max(start, at);
    blanked += text.slice(at, from) + '\u{fffc}'.repeat(end - from);
    at = end;
  }
  return blanked + text.slice(at);
}

function join<Span extends TextSpan & { readonly rank: number }>(a: Span, b: Span): Span {
  return { ...(a.rank <= b.rank ? a : b), start: Math.min(a.start, b.start), end: Math.max(a.end, b.end) };
}
