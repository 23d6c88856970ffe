import { type EmailAddress, ownAddress } from '../../core/meeting.ts';

/**
 * Seniority is read off the display name, as real directories print it: `Dana Reyes (VP Sales)`.
 * The person whose calendar it is never counts.
 */
export function isExecutive({ name, address }: EmailAddress): boolean {
  return address !== ownAddress && executive.test(titleOf(name));
}

/** Somebody from outside who is called a customer: `Ines Falk (Customer, Northwind)`. */
export function isCustomer({ name, address }: EmailAddress): boolean {
  return address !== ownAddress && customer.test(titleOf(name));
}

function titleOf(name: string): string {
  return /\(([^)]*)\)/.exec(name)?.[1] ?? '';
}

const executive =
  /\b(?:C[EFTOIPM]O|CISO|CHRO|CRO|CDO|[SE]?VP|(?:Senior |Executive )?Vice President|President|Chief|Chair(?:man|woman)?|Board Member|Managing Director|General Manager|Managing Partner|Executive Director|Director General|Dean|Provost|Rector)\b/i;
/** Not the `Customer Success Manager` next door. */
const customer = /^(?:customer|client)\s*(?:$|[,:–-])/i;
