import { beforeAll, expect, test } from 'vitest';

import { type CheckedMeeting, readMeeting } from '../../../src/check/meetings/meeting-record.ts';
import { readReview, reviewColumns, reviewSheet } from '../../../src/check/meetings/review.ts';
import { fromCsv, toCsv } from '../../../src/lib/csv-text.ts';
import { makeCard, shippedCard } from '../../make/meetings/support/template-llm.ts';

let meetings: CheckedMeeting[] = [];

beforeAll(async () => {
  const { rows } = await makeCard(shippedCard('tier2_product_manager_growth'), 150, '42');
  meetings = rows.flatMap((row) => readMeeting(row, 'row').meeting ?? []);
});

/** The sheet as a person gives it back: `answers` per row, from the label of that row. */
function filled(
  answers: (label: CheckedMeeting['label'], index: number) => [string, string, string],
): string[][] {
  const byId = new Map(meetings.map((meeting) => [meeting.event.id, meeting.label]));
  const [head = [], ...rows] = fromCsv(reviewSheet(meetings, '42'));
  return [
    head,
    ...rows.map((row, index) => [...row.slice(0, 7), ...answers(byId.get(row[0] ?? '') ?? null, index), '']),
  ];
}

test('the sheet has a hundred rows, the same for a seed, and does not show the labels', () => {
  const sheet = reviewSheet(meetings, '42');
  const rows = fromCsv(sheet);
  expect(rows[0]).toEqual([...reviewColumns]);
  expect(rows).toHaveLength(101);
  expect(new Set(rows.map(([id]) => id)).size).toBe(101);
  expect(reviewSheet(meetings, '42')).toBe(sheet);
  expect(reviewSheet(meetings, '43')).not.toBe(sheet);
  expect(rows.slice(1).every((row) => row.slice(7).every((cell) => cell === ''))).toBe(true);
});

test('a person who says the same agrees in full', () => {
  const sheet = filled((label) => ['yes', label?.importance_label ?? '', label?.prep_needed ? 'yes' : 'no']);
  const { figures, findings } = readReview(toCsv(sheet), meetings);
  expect(findings).toEqual([]);
  expect(Object.fromEntries(figures.map(({ name, value }) => [name, value]))).toEqual({
    review_subjects_pass: 100,
    review_importance_agreement: 100,
    review_importance_kappa: 1,
    review_prep_agreement: 100,
    review_prep_kappa: 1,
  });
});

test('a person who differs in every fourth row is told with agreement and kappa', () => {
  const sheet = filled((label, index) => [
    index % 4 === 0 ? 'no' : 'yes',
    index % 4 === 0
      ? label?.importance_label === 'low'
        ? 'critical'
        : 'low'
      : (label?.importance_label ?? ''),
    '',
  ]);
  const { figures, findings } = readReview(toCsv(sheet), meetings);
  expect(findings.map(({ code }) => code)).toEqual(['review-subjects', 'review-labels']);
  expect(figures.find(({ name }) => name === 'review_importance_agreement')?.value).toBe(75);
  expect(figures.find(({ name }) => name === 'review_importance_kappa')?.value).toBeLessThan(0.75);
});

test('JSON Lines with the same columns are read too, and what cannot be read is told', () => {
  const [first] = meetings;
  const lines = [
    { id: first?.event.id, importance: first?.label?.importance_label, subject_authentic: true },
    { id: 'meeting_of_nobody', importance: 'low' },
    { id: first?.event.id, importance: 'urgent' },
  ];
  const { figures, findings } = readReview(lines.map((line) => JSON.stringify(line)).join('\n'), meetings);
  expect(findings.map(({ code }) => code)).toEqual(['review-id-unknown', 'review-answer-unknown']);
  expect(figures[0]).toMatchObject({ name: 'review_subjects_pass', value: 100 });
});

test('CSV round trip: commas, quotes, line breaks and semicolons', () => {
  const rows = [
    ['id', 'text'],
    ['1', 'a, "b"\nc'],
    ['2', 'x; y'],
  ];
  expect(fromCsv(toCsv(rows))).toEqual(rows);
  expect(fromCsv('id;text\r\n1;"a;b"\r\n')).toEqual([
    ['id', 'text'],
    ['1', 'a;b'],
  ]);
});
