import { expect, test } from 'vitest';

import type { MeetingRow } from '../../../src/core/meeting.ts';
import { weeklyHoursOf } from '../../../src/make/meetings/working-time.ts';
import { makeCard, printedCounts, shippedCards } from './support/template-llm.ts';

const cards = shippedCards();

function share(rows: readonly MeetingRow[], matches: (row: MeetingRow) => boolean): number {
  return (rows.filter(matches).length / rows.length) * 100;
}

/** The printed bands, for the whole set, a tier or a persona. */
function expectBands(rows: readonly MeetingRow[], place: string): void {
  const between = (value: number, low: number, high: number, what: string): void => {
    expect(value, `${place} ${what}`).toBeGreaterThanOrEqual(low);
    expect(value, `${place} ${what}`).toBeLessThanOrEqual(high);
  };
  between(
    share(rows, ({ importance_label: label }) => label === 'critical'),
    10,
    15,
    'critical',
  );
  between(
    share(rows, ({ importance_label: label }) => label === 'high'),
    25,
    30,
    'high',
  );
  between(
    share(rows, ({ importance_label: label }) => label === 'medium'),
    35,
    40,
    'medium',
  );
  between(
    share(rows, ({ importance_label: label }) => label === 'low'),
    15,
    20,
    'low',
  );
  const prepared = rows.filter((row) => row.prep_needed);
  between((prepared.length / rows.length) * 100, 40, 50, 'prep');
  const minutes = prepared.map((row) => row.prep_time_minutes);
  between(minutes.reduce((sum, value) => sum + value, 0) / minutes.length, 20, 30, 'mean prep');
  between(
    share(rows, ({ type }) => type === 'singleInstance'),
    59.3,
    60.7,
    'single',
  );
  between(
    share(rows, ({ type }) => type === 'occurrence'),
    29.3,
    30.7,
    'occurrence',
  );
  between(
    share(rows, ({ type }) => type === 'exception'),
    9.3,
    10.7,
    'exception',
  );
  const attendees = rows.flatMap((row) => row.attendees.map(({ type }) => type));
  const ofAttendees = (wanted: string): number =>
    (attendees.filter((type) => type === wanted).length / attendees.length) * 100;
  between(ofAttendees('required'), 69, 71, 'required');
  between(ofAttendees('optional'), 19, 21, 'optional');
  between(ofAttendees('resource'), 9, 11, 'resource');
  for (const row of rows) {
    between(row.attendees.length, 2, 15, `${row.id} attendees`);
    if (row.prep_needed) between(row.prep_time_minutes, 15, 90, `${row.id} prep`);
  }
}

function expectLoad(rows: readonly MeetingRow[], hours: number, place: string): void {
  const weeks = new Map<number, number>();
  for (const { start, end } of rows) {
    const [from, to] = [
      Date.parse(`${start.dateTime.slice(0, 19)}Z`),
      Date.parse(`${end.dateTime.slice(0, 19)}Z`),
    ];
    const week = Math.floor((from - Date.parse('2025-11-17T00:00:00Z')) / (7 * 86_400_000));
    weeks.set(week, (weeks.get(week) ?? 0) + (to - from) / 3_600_000);
  }
  for (const [week, load] of weeks) {
    expect(Math.abs(load / hours - 1), `${place} week ${week}: ${load} of ${hours} h`).toBeLessThanOrEqual(
      0.2,
    );
  }
}

test.each(['42', '1', '7', '1234567', 'x'])(
  'every printed band holds for 4,700 meetings, each tier and each persona on seed %s',
  { timeout: 60_000 },
  async (seed) => {
    const all: MeetingRow[] = [];
    for (const tier of [1, 2, 3]) {
      const ofTier: MeetingRow[] = [];
      for (const card of cards.filter(({ rules }) => rules.oracle?.tier === tier)) {
        const { rows, missing } = await makeCard(card, printedCounts[tier] ?? 0, seed);
        expect(missing).toBe(0);
        expectBands(rows, card.id);
        expectLoad(rows, weeklyHoursOf(card), card.id);
        ofTier.push(...rows);
      }
      expectBands(ofTier, `tier ${tier}`);
      all.push(...ofTier);
    }
    expect(all).toHaveLength(4700);
    expectBands(all, 'all');
    expect(new Set(all.map(({ id }) => id)).size).toBe(4700);
  },
);

test('the same seed gives the same rows, another seed other rows', async () => {
  const [card] = cards;
  if (!card) throw new Error('no cards');
  const first = await makeCard(card, 40, '42');
  expect((await makeCard(card, 40, '42')).rows).toEqual(first.rows);
  expect((await makeCard(card, 40, '43')).rows).not.toEqual(first.rows);
});

test('a handful of meetings is planned too, with as many rows as asked for', async () => {
  const [card] = cards;
  if (!card) throw new Error('no cards');
  for (const count of [1, 2, 3, 5, 8, 13, 20]) {
    expect((await makeCard(card, count, '42')).rows).toHaveLength(count);
  }
});
