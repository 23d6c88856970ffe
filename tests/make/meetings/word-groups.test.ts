import { expect, test } from 'vitest';

import { makeCard, shippedCard, templateLlm } from './support/template-llm.ts';

const card = shippedCard('tier1_sales_manager_pipeline');

interface Item {
  cell: number;
  subject: string;
  body: string;
  people: unknown[];
}
const itemsOf = (answer: unknown): Item[] => (answer as { meetings: Item[] }).meetings;

test('meetings that an answer leaves out are asked for again, and only they', async () => {
  let asks = 0;
  const llm = templateLlm('42', (answer) => {
    asks++;
    return asks === 1 ? { meetings: itemsOf(answer).slice(0, 15) } : answer;
  });
  const { rows, missing } = await makeCard(card, 40, '42', { llm });
  expect(rows).toHaveLength(40);
  expect(missing).toBe(0);
  expect(llm.codes).toContain('meetings-missing');
  expect(llm.asked).toContain(`${card.id}/0/again-1`);
});

test.each([
  ['prose', 'Sure! Here are your meetings.', 'meetings-answer-shape'],
  ['nothing', null, 'meetings-answer-shape'],
  ['another object', { events: [] }, 'meetings-answer-shape'],
  ['an empty list', { meetings: [] }, 'meetings-missing'],
  ['broken items', { meetings: [{ cell: 1, subject: 7 }] }, 'meetings-item-shape'],
])(
  'an answer of %s is turned down with a code, and the rows are counted as missing',
  async (_, answer, code) => {
    const llm = templateLlm('42', () => answer);
    const { rows, missing } = await makeCard(card, 20, '42', { llm, redraws: 1 });
    expect(rows).toEqual([]);
    expect(missing).toBeGreaterThan(0);
    expect(llm.codes).toContain(code);
  },
);

test.each([
  [
    'in another language',
    { body: 'Wir besprechen den Stand der Dinge und legen fest, wer bis wann welche Aufgabe erledigt.' },
    'meetings-language',
  ],
  [
    'in another script',
    { subject: '销售管道审查会议', body: '我们将讨论本季度的销售管道和所有未完成的交易。' },
    'meetings-language',
  ],
  ['with a label beside it', { importance_label: 'critical' }, 'meetings-label-smuggled'],
  ['with a label in its text', { subject: '[CRITICAL] Pipeline review' }, 'meetings-label-smuggled'],
  [
    'with an open place',
    { body: 'Please meet [Name] about the pipeline in the afternoon.' },
    'meetings-placeholder',
  ],
  ['without a body', { body: '' }, 'meetings-body-length'],
  ['with a number that was not asked for', { cell: 99 }, 'meetings-unknown-cell'],
])('one meeting %s is asked for again alone', async (_, change, code) => {
  const llm = templateLlm('42', (answer, ask) =>
    ask.cell.endsWith('/0')
      ? { meetings: itemsOf(answer).map((item, index) => (index === 2 ? { ...item, ...change } : item)) }
      : answer,
  );
  const { rows, missing } = await makeCard(card, 40, '42', { llm });
  expect(llm.codes).toContain(code);
  expect(missing).toBe(0);
  expect(rows).toHaveLength(40);
  expect(rows.some(({ subject }) => subject.includes('CRITICAL'))).toBe(false);
});

test('the rules label what was written, whatever was planned', async () => {
  const llm = templateLlm('42', (answer) => ({
    meetings: itemsOf(answer).map((item) => ({
      ...item,
      subject: 'Social hour',
      body: 'Snacks are in the kitchen from four.',
      people: [],
    })),
  }));
  const { rows, worded } = await makeCard(card, 40, '42', { llm, redraws: 2 });
  expect(new Set(rows.map((row) => row.importance_label))).toEqual(new Set(['low']));
  expect(worded.some(({ group }) => group.intent === 'critical')).toBe(true);
});

test('people without names are drawn, and seats decide who is a customer', async () => {
  const llm = templateLlm('42', (answer) => ({
    meetings: itemsOf(answer).map((item) => ({ ...item, people: [] })),
  }));
  const { rows } = await makeCard(card, 60, '42', { llm });
  const names = rows.flatMap((row) => row.attendees.map(({ emailAddress }) => emailAddress.name));
  expect(names.filter((name) => name.startsWith('You ('))).not.toHaveLength(0);
  expect(names.every((name) => /^.+ \(.+\)$/.test(name))).toBe(true);
});

test('the same address is not asked twice to one meeting', async () => {
  const { rows } = await makeCard(card, 200, '5');
  for (const { id, attendees } of rows) {
    const addresses = attendees.map(({ emailAddress }) => emailAddress.address);
    expect(new Set(addresses).size, id).toBe(addresses.length);
  }
});
