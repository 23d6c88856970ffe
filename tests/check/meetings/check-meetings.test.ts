import { beforeAll, expect, test } from 'vitest';

import { checkMeetings, type MeetingsChecked } from '../../../src/check/meetings/check-meetings.ts';
import type { Relabel } from '../../../src/check/meetings/consistency.ts';
import type { MeetingRow } from '../../../src/core/meeting.ts';
import { relabelBy } from '../../../src/make/meetings/relabel.ts';
import { makeCard, shippedCard } from '../../make/meetings/support/template-llm.ts';

const card = shippedCard('tier1_sales_manager_pipeline');
const relabel: Relabel = relabelBy([card]);
let rows: MeetingRow[] = [];

beforeAll(async () => {
  rows = (await makeCard(card, 200, '42')).rows;
});

function check(
  records: readonly unknown[],
  real: readonly unknown[] | null = null,
  masters: ReadonlySet<string> | null = null,
): MeetingsChecked {
  return checkMeetings({
    records: records.map((value, index) => ({ value, place: `record ${index + 1}` })),
    masters,
    relabel,
    hoursOf: () => 30,
    real,
  });
}

const codes = (checked: MeetingsChecked): string[] => [...new Set(checked.findings.map(({ code }) => code))];

/** The rows with one of them changed. */
function withChange(
  change: (row: MeetingRow) => object,
  which: (row: MeetingRow) => boolean = () => true,
): unknown[] {
  const at = rows.findIndex(which);
  return rows.map((row, index) => (index === at ? { ...row, ...change(row) } : row));
}

test('what the offline writer makes has no finding', () => {
  const checked = check(rows);
  expect(checked.findings).toEqual([]);
  const figures = Object.fromEntries(
    [...checked.figures.distribution, ...checked.figures.consistency].map(({ name, value }) => [name, value]),
  );
  expect(figures['priority_high_or_critical']).toBe(100);
  expect(figures['same_pattern_same_label']).toBeGreaterThanOrEqual(95);
  expect(figures['edge_cases_explained']).toBe(100);
  expect(figures['distinct_subjects']).toBeGreaterThan(90);
});

const isInstance = (row: MeetingRow): boolean => row.type === 'occurrence';
const isSingle = (row: MeetingRow): boolean => row.type === 'singleInstance';
const isGuest = (row: MeetingRow): boolean => !row.isOrganizer;
const hasRoom = (row: MeetingRow): boolean => row.attendees.some(({ type }) => type === 'resource');

test.each<[string, (row: MeetingRow) => object, ((row: MeetingRow) => boolean)?]>([
  ['meeting-field-missing', () => ({ subject: undefined })],
  ['meeting-field-type', () => ({ attendees: 'everybody' })],
  ['meeting-value-unknown', () => ({ showAs: 'asleep' })],
  ['meeting-value-unknown', () => ({ importance_label: 'urgent' })],
  ['meeting-id-repeated', () => ({ id: 'meeting_tier1_sales_manager_pipeline_0009' })],
  ['meeting-time-format', ({ start }) => ({ start: { ...start, dateTime: start.dateTime.slice(0, 19) } })],
  ['meeting-time-order', ({ start }) => ({ end: start })],
  ['meeting-time-zone-mixed', ({ end }) => ({ end: { ...end, timeZone: 'Europe/Berlin' } })],
  [
    'meetings-time-zones',
    ({ start, end }) => ({ start: { ...start, timeZone: 'UTC' }, end: { ...end, timeZone: 'UTC' } }),
  ],
  ['meeting-series-missing', () => ({ seriesMasterId: null }), isInstance],
  ['meeting-series-on-single', () => ({ seriesMasterId: 'series_x' }), isSingle],
  ['meeting-series-differs', () => ({ subject: 'Something else, pipeline' }), isInstance],
  [
    'meeting-room-type',
    ({ attendees }) => ({
      attendees: attendees.map((each) => (each.type === 'resource' ? { ...each, type: 'optional' } : each)),
    }),
    hasRoom,
  ],
  ['meeting-attendee-count', ({ attendees }) => ({ attendees: attendees.slice(0, 1) })],
  ['meeting-attendee-repeated', ({ attendees }) => ({ attendees: [...attendees, ...attendees] })],
  [
    'meeting-own-response',
    ({ responseStatus }) => ({ responseStatus: { ...responseStatus, response: 'organizer' } }),
    isGuest,
  ],
  [
    'meeting-own-status-differs',
    ({ responseStatus }) => ({ responseStatus: { ...responseStatus, response: 'none' } }),
    isGuest,
  ],
  ['meeting-subject-empty', () => ({ subject: ' ' })],
  ['meeting-placeholder', () => ({ subject: 'Pipeline review with [Name]' })],
  ['meeting-body-empty', () => ({ bodyPreview: '' })],
  ['meeting-preview-long', ({ bodyPreview }) => ({ bodyPreview: bodyPreview.padEnd(256, ' .') })],
  ['meeting-prep-range', () => ({ prep_time_minutes: 5 }), (row) => row.prep_needed],
  ['meeting-prep-long', () => ({ prep_time_minutes: 75 }), (row) => row.prep_needed],
  ['meeting-prep-inconsistent', () => ({ prep_time_minutes: 20 }), (row) => !row.prep_needed],
  ['meeting-prep-differs', () => ({ prep_time_minutes: 20 }), (row) => row.prep_time_minutes === 45],
  ['meeting-reasoning-empty', () => ({ reasoning: ' ' })],
  ['meeting-timestamp-zone', () => ({ generation_timestamp: '2025-11-10T14:32:18.123456' })],
  ['meeting-label-differs', () => ({ importance_label: 'medium' }), (row) => row.importance_label === 'low'],
  [
    'meeting-priority-below-high',
    () => ({ importance_label: 'low' }),
    (row) => row.reasoning.includes('Matches priority'),
  ],
  ['meetings-persona-unknown', () => ({ persona_id: 'tier9_nobody' })],
])('%s', (code, change, which) => {
  expect(codes(check(withChange(change, which)))).toContain(code);
});

test('a record that is no object has a code of its own', () => {
  expect(codes(check(['a meeting']))).toEqual(['meeting-not-an-object']);
});

test('an exception that changes nothing is found, and a series without a master', () => {
  const members = rows
    .filter((row) => row.type === 'exception')
    .map(({ seriesMasterId }) => rows.filter((row) => row.seriesMasterId === seriesMasterId))
    .find((each) => each.filter(isInstance).length > 1);
  const first = members?.find(isInstance);
  const copied = members?.map((row) =>
    row.type === 'exception' ? { ...first, id: row.id, type: row.type } : row,
  );
  const found = codes(check(copied ?? [], null, new Set(['series_other'])));
  expect(found).toContain('meeting-series-unknown');
  expect(found).toContain('meeting-exception-unchanged');
});

test.each<[string, (row: MeetingRow) => boolean]>([
  ['meetings-importance-share', (row) => row.importance_label !== 'low'],
  ['meetings-prep-share', (row) => row.prep_needed],
  ['meetings-prep-mean', (row) => !row.prep_needed || row.prep_time_minutes > 30],
  ['meetings-type-share', isSingle],
  ['meetings-attendee-share', (row) => !hasRoom(row)],
  ['meetings-load', (row) => rows.indexOf(row) % 2 === 0],
])('%s when the rows are chosen so', (code, keep) => {
  expect(codes(check(rows.filter(keep)))).toContain(code);
});

test('the same subject with changing labels is found', () => {
  const strange = rows.map((row, index) => ({
    ...row,
    subject: 'Pipeline',
    importance_label: (['critical', 'high', 'medium', 'low'] as const)[index % 4],
  }));
  expect(codes(check(strange))).toContain('meetings-pattern-inconsistent');
});

test('a writer that repeats itself is told', () => {
  const strange = rows.map((row) => ({ ...row, bodyPreview: 'We talk about the list.' }));
  expect(codes(check(strange))).toContain('meetings-repetitive');
});

test('edge cases without a reason are found', () => {
  const strange = rows.map((row) =>
    row.reasoning.startsWith('No importance') ? { ...row, reasoning: 'because' } : row,
  );
  expect(codes(check(strange))).toContain('meetings-edge-unexplained');
});

const realEvent = {
  id: 'AAMk',
  subject: 'Review',
  bodyPreview: 'Hello',
  showAs: 'busy',
  type: 'singleInstance',
  responseStatus: { response: 'none', time: '0001-01-01T00:00:00Z' },
  start: { dateTime: '2025-11-15T10:00:00.0000000', timeZone: 'Asia/Shanghai' },
  end: { dateTime: '2025-11-15T11:00:00.0000000', timeZone: 'Asia/Shanghai' },
  organizer: { emailAddress: { name: 'A', address: 'a@b.c' } },
  attendees: [],
};

test('ten of thirteen real fields are 76.9 percent, too few', () => {
  const real = [{ ...realEvent, '@odata.etag': 'x', webLink: 'y', changeKey: 'z' }];
  const checked = check(rows, real);
  expect(checked.figures.alignment[0]).toMatchObject({ name: 'schema_alignment', value: 76.92 });
  expect(codes(checked)).toEqual(
    expect.arrayContaining(['meetings-alignment-low', 'meetings-field-not-made']),
  );
});

test('a real export with the fields that are made is aligned in full', () => {
  const checked = check(rows, [realEvent]);
  expect(checked.figures.alignment.map(({ value }) => value)).toEqual([100, 100]);
  expect(checked.findings).toEqual([]);
});

test('a field of another type than in the real export is found', () => {
  expect(codes(check(rows, [{ ...realEvent, isAllDay: 'no' }]))).toContain('meetings-field-type-differs');
});

test('a real export is checked without labels', () => {
  const you = {
    type: 'required',
    status: realEvent.responseStatus,
    emailAddress: { name: 'You', address: 'y@b.c' },
  };
  const checked = check([
    { ...realEvent, attendees: [you, { ...you, emailAddress: { name: 'B', address: 'b@b.c' } }] },
  ]);
  expect(checked.findings).toEqual([]);
  expect(checked.figures.distribution).toEqual([]);
});
