import { expect, test } from 'vitest';

import type { OracleRules } from '../../../src/core/card.ts';
import { compileRules, labelMeeting, type LabelledEvent } from '../../../src/make/meetings/label.ts';

const oracle: OracleRules = {
  tier: 1,
  importance: {
    always: ['pipeline', 'quarter', 'customer escalation'],
    usually: ['account plan'],
    sometimes: ['team meeting'],
    rarely: ['all hands', 'social hour'],
  },
  priorities: [{ name: 'Close Q4 deals ($2M pipeline)', share: 0.5, keywords: ['close', 'deal'] }],
  rsvp: {},
  prep: {
    requires: [
      { match: 'Customer presentations', minutes: [30, 60] },
      { match: 'Deal reviews with leadership', minutes: [20, 30] },
      { match: 'site visit', minutes: [5, 10] },
      { match: 'annual plan', minutes: [90, 180] },
      { match: 'handbook', minutes: null },
    ],
    optional: [{ match: 'call recording', minutes: [10, 20] }],
    none: [{ match: 'birthday', minutes: null }],
  },
};
const rules = compileRules(oracle);

function event(subject: string, bodyPreview = '', attendees: readonly string[] = []): LabelledEvent {
  const person = (name: string) => ({
    type: 'required' as const,
    status: { response: 'none' as const, time: '0001-01-01T00:00:00Z' },
    emailAddress: { name, address: 'someone@company.com' },
  });
  return {
    subject,
    bodyPreview,
    attendees: attendees.map(person),
    organizer: { emailAddress: { name: 'Ana Reyes (Account Executive)', address: 'ana.reyes@company.com' } },
  };
}

const label = (...args: Parameters<typeof event>) => labelMeeting(rules, event(...args));

test.each([
  ['an always rule alone is high', 'Pipeline review', [], 'high'],
  ['an always rule and a priority are critical', 'Pipeline review: deals', [], 'critical'],
  ['an always rule and a usually rule are critical', 'Pipeline and account plan', [], 'critical'],
  ['an always rule and an executive are critical', 'Pipeline review', ['Dana Kim (VP Sales)'], 'critical'],
  [
    'an always rule and a customer are critical',
    'Pipeline review',
    ['Ines Falk (Customer, Northwind)'],
    'critical',
  ],
  [
    'a customer success manager is no customer',
    'Pipeline review',
    ['Bo Dahl (Customer Success Manager)'],
    'high',
  ],
  ['a priority alone is high', 'Closing the Smith contract', [], 'high'],
  ['a priority with a rarely rule stays high', 'All hands about deals', [], 'high'],
  ['a usually rule is medium', 'Account plan', [], 'medium'],
  ['a usually rule with an executive stays medium', 'Account plan', ['Dana Kim (CEO)'], 'medium'],
  ['a sometimes rule is medium', 'Team meeting', [], 'medium'],
  ['a sometimes rule outweighs a rarely rule', 'Team meeting and social hour', [], 'medium'],
  ['no rule is medium', 'Coffee', [], 'medium'],
  ['a rarely rule alone is low', 'Social hour', [], 'low'],
  ['two rarely rules are low, not more', 'All hands and social hour', [], 'low'],
  ['a rarely rule with an executive stays low', 'All hands', ['Dana Kim (CEO)'], 'low'],
  ['a word inside a word fires nothing', 'What we disclose', [], 'medium'],
] as const)('%s', (_, subject, attendees, expected) => {
  expect(label(subject, '', attendees).importance_label).toBe(expected);
});

test('no phrase spans subject and body', () => {
  expect(label('About the customer', 'Escalation of nothing').importance_label).toBe('medium');
});

test('reasoning names every rule that fired', () => {
  expect(
    label('Pipeline review', 'Deals of this quarter. Deal reviews with leadership.', ['Dana Kim (CRO)']),
  ).toEqual({
    importance_label: 'critical',
    prep_needed: true,
    prep_time_minutes: 25,
    reasoning:
      'Always important: pipeline; Always important: quarter; Matches priority: Close Q4 deals ($2M pipeline); Executive or customer attends: Dana Kim (CRO); Requires prep: Deal reviews with leadership',
  });
  expect(label('Coffee').reasoning).toBe('No importance rule fired: medium');
});

test.each([
  ['the middle of the range', 'Customer presentation', 45],
  ['never under 15', 'Site visit', 15],
  ['never over 90', 'Annual plan', 90],
  ['thirty where the card does not say', 'Handbook', 30],
  ['the longest of several', 'Annual plan and customer presentation', 90],
  ['none', 'Birthday', 0],
] as const)('prep minutes are %s', (_, subject, minutes) => {
  expect(label(subject)).toMatchObject({ prep_time_minutes: minutes, prep_needed: minutes > 0 });
});

test('an optional preparation counts in a high meeting and not in a medium one', () => {
  expect(label('Pipeline review', 'With the call recording').prep_time_minutes).toBe(15);
  expect(label('Team meeting', 'With the call recording')).toMatchObject({
    prep_needed: false,
    prep_time_minutes: 0,
    reasoning: 'Sometimes important: team meeting; Optional prep: call recording',
  });
});
