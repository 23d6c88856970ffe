import type { TextSpan } from './pii-kinds.ts';
import { spansOf, textBefore } from './spans-of.ts';

const word = "[A-Z][A-Za-z'’.-]{1,20}";
const strong = 'Street|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Parkway|Pkwy|Highway|Hwy|Terrace|Crescent';
/** Endings that are ordinary words too: `3 First Place`, `1 Dr`. */
const weak = 'St|Drive|Dr|Court|Ct|Way|Place|Pl|Square|Sq|Close|Ln';
const unit = '(?:,? +(?:Apt|Apartment|Suite|Ste|Unit|Flat|Floor)\\.? *#?\\w{1,6}|,? +#\\w{1,6})?';
const town = `(?:,? +${word}(?: ${word}){0,2},? +(?:[A-Z]{2} +\\d{5}(?:-\\d{4})?|[A-Z]{1,2}\\d[A-Z\\d]? +\\d[A-Z]{2}))?`;
const english = new RegExp(
  `(?<![\\w.$€£#-])\\d{1,5}[A-Za-z]?(?:-\\d{1,4})? +(?:[NSEW]\\.? +)?(?:(?:${word}|\\d{1,3}(?:st|nd|rd|th)) +){1,3}(?:(${strong})|(?:${weak}))\\b\\.?${unit}${town}`,
  'g',
);
const german =
  /(?<![\p{L}\d])\p{Lu}[\p{L}.-]{1,30}(?:stra(?:ß|ss)e|str\.|weg|allee|gasse|platz|damm|ufer)\s+\d{1,4}\s?[a-z]?(?![\p{L}\d])(?:,?\s+(?:D-)?\d{5}\s+\p{Lu}\p{L}+)?/gu;
const french =
  /(?<![\w.])\d{1,4}(?:\s?(?:bis|ter))?,?\s+(?:rue|avenue|boulevard|place|chemin|impasse|allée|quai)\s+(?:(?:de\s+la|de\s+l['’]|du|des|de|d['’])\s*)?\p{Lu}[\p{L}'’-]+(?:\s\p{Lu}[\p{L}'’-]+){0,3}(?:,?\s+\d{5}\s+\p{Lu}[\p{L}-]+)?/gu;
const spanish =
  /(?<!\p{L})(?:Calle|Avenida|Plaza|Paseo|C\/)\s+(?:(?:de|del|la|los|las)\s+){0,2}\p{Lu}\p{L}+(?:\s\p{Lu}\p{L}+){0,2},?\s+(?:n[.ºo°]*\s*)?\d{1,4}(?![\p{L}\d])/gu;
const postBox = /\bP\.?\s?O\.?\s?Box\s+\d{1,6}\b/gi;
const livingWord = /(?:\bat|\bto|address|lives?|lived|living|located|home|office)[\s:,]*$/i;

/** Streets with a number, English, German, French and Spanish, with unit, postal code and town; post boxes. */
export function findStreetAddresses(text: string): TextSpan[] {
  if (!/\d/.test(text)) return [];
  return [
    ...spansOf(text, english, (match) => match[1] !== undefined || isWeakAddress(text, match)),
    ...spansOf(text, german),
    ...spansOf(text, french),
    ...spansOf(text, spanish),
    ...spansOf(text, postBox),
  ];
}

/** `123 Oak Drive,` is an address, `3 First Place` is not: a number of two digits and something that ends it, or a word of living before. */
function isWeakAddress(text: string, match: { readonly 0: string; readonly index: number }): boolean {
  if (livingWord.test(textBefore(text, match.index, 16))) return true;
  const after = text.slice(match.index + match[0].length);
  return (
    /^\d{2}/.test(match[0]) &&
    (/\d$/.test(match[0]) || /^(?:[,.;)\n]|$)/.test(after) || match[0].endsWith('.'))
  );
}
