import type { PrepRule } from '../../core/card.ts';

const unitMinutes = { min: 1, hour: 60, hr: 60, h: 60 } as const;

/**
 * Reads what a document says in prose: `Customer presentations (30-60 min: slides, demo)` is the head phrase before the first
 * bracket, colon or dash, and the range in minutes. No time in it: null.
 */
export function parsePrep(text: string): PrepRule {
  const head = (/^[^(:–—]*?(?=\s*(?:[(:–—]|\s-\s|$))/.exec(text)?.[0] ?? text).trim();
  const time = /(\d+(?:\.\d+)?)\s*(?:(?:-|–|to)\s*(\d+(?:\.\d+)?))?\s*\+?\s*(min|hour|hr|h)/i.exec(text);
  const match = head === '' ? text.trim() : head;
  if (!time) return { match, minutes: null };
  const unit = unitMinutes[(time[3] ?? 'min').toLowerCase() as keyof typeof unitMinutes]; // the pattern names its keys
  const from = Number(time[1]) * unit;
  return { match, minutes: [from, time[2] === undefined ? from : Number(time[2]) * unit] };
}

/** `Customer presentations (30-60 min)`. */
export function formatPrep({ match, minutes }: PrepRule): string {
  if (!minutes) return match;
  const [from, to] = minutes;
  return `${match} (${from === to ? from : `${from}-${to}`} min)`;
}
