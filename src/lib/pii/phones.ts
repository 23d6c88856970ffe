import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js';

import type { TextSpan } from './pii-kinds.ts';
import { spansOf, textBefore } from './spans-of.ts';

/**
 * A run of digits with the separators that phone numbers are written with; no comma, so that lists of numbers are not one. A slash
 * may stand between blanks, unless a zero behind it begins another number.
 */
const candidate =
  /(?<![\w.,:/=#$€£-])(?:\+|\(\+?)?\d(?:(?:[ \t()./–-]{0,2}|[ \t]\/[ \t](?!0))\d){6,60}(?![\w-]|[.,:]\d|%)/g;
/** `00 49 30 20 …`: a dump of bytes. */
const bytes = /^\d\d(?: \d\d)+$/;
const northAmerican = /^(?:1[ .-]?)?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}([ .-]))[2-9]\d{2}[ .-]\d{4}$/;
const phoneWord =
  /\b(?:(?:tele)?phone(?:[ _-]?(?:number|no\.?|nr\.?))?|tel(?:efono|éfono|efon|ephone)?|mobile|mobil|cell|call(?: me)?|whatsapp|sms|text me|fax|handy|number is|reach me|dial|ring|anrufen|contact)\b[^\d\n=<$/*]{0,24}$/i;

/** Countries whose national way of writing is tried where a word says that a phone number follows. */
const countries: readonly CountryCode[] = [
  'US',
  'GB',
  'DE',
  'FR',
  'ES',
  'IT',
  'NL',
  'IN',
  'AU',
  'BR',
  'PL',
  'CH',
  'AT',
  'SE',
  'TR',
];

/**
 * Phone numbers: international (`+…`, `00…`), North American in its printed form, and national ones behind a word such as `call`.
 * Validity per country comes from libphonenumber. Left alone: dates, versions, hashes, identifiers, sums.
 */
export function findPhones(text: string): TextSpan[] {
  return spansOf(text, candidate).flatMap(({ start, end }) => phonesIn(text, start, end));
}

function phonesIn(text: string, start: number, end: number): TextSpan[] {
  const found = longestPhone(text, start, end);
  if (!found) return [];
  return [...phonesIn(text, start, found.start), found, ...phonesIn(text, found.end, end)];
}

/** Of a number with its international prefix (E.164 has 15, `00` before it); French numbers have the most groups. */
const [leastDigits, mostDigits, mostGroups] = [7, 17, 8];

/** Other numbers may stand before and behind a phone number: the longest run of groups that is one counts. */
function longestPhone(text: string, start: number, end: number): TextSpan | null {
  const groups = [...text.slice(start, end).matchAll(/\S+/g)].map((group) => ({
    start: start + group.index,
    end: start + group.index + group[0].length,
  }));
  for (let length = Math.min(groups.length, mostGroups); length > 0; length--) {
    for (let first = 0; first + length <= groups.length; first++) {
      const span = { start: groups[first]?.start ?? start, end: groups[first + length - 1]?.end ?? end };
      if (isPhone(text.slice(span.start, span.end), textBefore(text, span.start, 48))) return span;
    }
  }
  return null;
}

function isPhone(found: string, before: string): boolean {
  const digits = found.replaceAll(/\D/g, '').length;
  if (digits < leastDigits || digits > mostDigits) return false;
  if (looksLikeDate(found)) return false;
  if (/^\(?\+/.test(found)) return isValid(found.replace(/^\(/, ''));
  if (/^00 ?[1-9]/.test(found)) return !bytes.test(found) && isValid(`+${found.slice(2).trimStart()}`);
  if (northAmerican.test(found)) return isValid(found, 'US');
  if (found.includes('/') && !found.startsWith('0')) return false;
  return phoneWord.test(before) && countries.some((country) => isValid(found, country));
}

function isValid(text: string, country?: CountryCode): boolean {
  return parsePhoneNumberFromString(text, country)?.isValid() ?? false;
}

function looksLikeDate(text: string): boolean {
  return /^(?:19|20)\d{2}([-./ ])\d{1,2}\1\d{1,2}\b|^(?:0?[1-9]|[12]\d|3[01])([-./])(?:0?[1-9]|1[0-2])\2(?:19|20)\d{2}\b/.test(
    text,
  );
}
