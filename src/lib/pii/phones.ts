import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js';

import type { TextSpan } from './pii-kinds.ts';
import { spansOf, textBefore } from './spans-of.ts';

/** A run of digits with the separators that phone numbers are written with; no comma, so that lists of numbers are not one. */
const candidate = /(?<![\w.,:/=#$€£-])(?:\+|\(\+?)?\d(?:[ \t().\/–-]{0,2}\d){6,16}(?![\w-]|[.,:]\d|%)/g;
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
  return spansOf(text, candidate, (match) => isPhone(match[0], textBefore(text, match.index, 48)));
}

function isPhone(found: string, before: string): boolean {
  if (looksLikeDate(found)) return false;
  if (/^\(?\+/.test(found)) return isValid(found.replace(/^\(/, ''));
  if (/^00[1-9]/.test(found)) return isValid(`+${found.slice(2)}`);
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
