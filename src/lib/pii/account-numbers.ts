import type { TextSpan } from './pii-kinds.ts';
import { spansOf } from './spans-of.ts';

/**
 * 14 to 19 digits, alone or in the groups that cards are printed with, looked for from every group on: a year before a card would
 * take the place of its first one. First digits of the networks: ISO/IEC 7812, 3 … 6 and 2221 … 2720.
 */
const cardPattern =
  /(?<![\w.,/=#$€£+-])(?=((?:\d{4}([ -])\d{4}\2\d{4}\2\d{1,7}|\d{4}([ -])\d{6}\3\d{4,5}|\d{14,19})(?![\w/:-]|\.\d)))/dg;

/** Payment card numbers that pass the Luhn check. Left alone: identifiers with another first digit, runs of one digit. */
export function findCreditCards(text: string): TextSpan[] {
  return spansOf(text, cardPattern, (match) => isCardNumber((match[1] ?? '').replaceAll(/[ -]/g, '')), 1);
}

function isCardNumber(digits: string): boolean {
  const isIssued = /^[3-6]/.test(digits) || inRange(Number(digits.slice(0, 4)), 2221, 2720);
  return isIssued && new Set(digits).size > 1 && passesLuhn(digits);
}

function inRange(value: number, from: number, to: number): boolean {
  return value >= from && value <= to;
}

function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

const ibanPattern = /(?<![A-Z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![A-Z0-9])/gi;

/** Bank accounts (IBAN): length of the country and check digits (ISO 13616, remainder 1 modulo 97). */
export function findIbans(text: string): TextSpan[] {
  return spansOf(text, ibanPattern).flatMap(({ start, end }) => {
    const length = ibanLengths[text.slice(start, start + 2).toUpperCase()];
    if (length === undefined) return [];
    const stop = endOfCharacters(text, start, end, length);
    return stop !== null && passesMod97(text.slice(start, stop).replaceAll(' ', ''))
      ? [{ start, end: stop }]
      : [];
  });
}

/** Where the first `count` characters that are no blank end; a word behind the number is no part of it. */
function endOfCharacters(text: string, start: number, end: number, count: number): number | null {
  let seen = 0;
  for (let at = start; at < end; at++) {
    if (text[at] !== ' ' && ++seen === count) return at + 1 === end || text[at + 1] === ' ' ? at + 1 : null;
  }
  return null;
}

function passesMod97(iban: string): boolean {
  let remainder = 0;
  for (const character of iban.slice(4) + iban.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder === 1;
}

/** Characters of an IBAN per country (SWIFT IBAN registry). */
const ibanLengths: Readonly<Record<string, number>> = Object.fromEntries(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 FO18 FR27 GB22 ' +
    'GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 MC27 MD24 ME22 MK19 ' +
    'MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 SE24 SI19 SK24 SM27 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20'
  )
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);
