import { expect, test } from 'vitest';

import { codesOf, readContent, rowsOf } from './read-all.ts';

const task = (name: string, input = '') => ({ instruction: `ask ${name}`, input, output: `tell ${name}` });
const qa = (name: string) => ({ question: `ask ${name}`, answer: `tell ${name}` });

/** Requests by row number, and codes of what could not be read. */
async function read(document: unknown) {
  const { scan, entries } = await readContent('a.json', JSON.stringify(document, null, 1));
  return {
    asked: rowsOf(entries).map(({ messages }) => messages[0]?.content),
    rows: entries.map(({ row }) => row),
    records: scan.records,
    codes: codesOf(entries),
  };
}

test('every list of a document has its own shape, and rows are numbered on from list to list', async () => {
  expect(
    await read({ train: [task('a', 'ctx'), task('b', 'ctx')], validation: [task('c'), task('d')] }),
  ).toEqual({
    asked: ['ask a\n\nctx', 'ask b\n\nctx', 'ask c', 'ask d'],
    rows: [0, 1, 2, 3],
    records: 4,
    codes: [],
  });
  expect(await read({ train: [task('a'), task('b')], test: [qa('c')] })).toMatchObject({
    asked: ['ask a', 'ask b', 'ask c'],
    rows: [0, 1, 2],
  });
});

test('what stands in a list and is no record is counted, so that no two rows have one number', async () => {
  expect(
    await read({ train: [task('a'), null, 3, ['x'], task('b')], test: [task('c'), 'text', task('d')] }),
  ).toEqual({
    asked: ['ask a', 'ask b', 'ask c', 'ask d'],
    rows: [0, 1, 2, 3, 4, 5, 6, 7],
    records: 8,
    codes: ['not-an-object', 'not-an-object', 'not-an-object', 'not-an-object'],
  });
});

test('title, description and text beside lists of records speak of the data set', async () => {
  const data = [qa('a'), qa('b')];
  for (const about of [
    { title: 'My QA set', description: 'Questions.' },
    { text: 'Questions.' },
    { instruction: 'Answer.' },
  ]) {
    expect(await read({ ...about, data })).toMatchObject({ asked: ['ask a', 'ask b'], rows: [0, 1] });
    expect(await read({ set: { ...about, data } })).toMatchObject({ asked: ['ask a', 'ask b'] });
  }
});

test('a list that no shape fits is left out by name beside those that are read', async () => {
  const about = { authors: [{ name: 'x' }, { name: 'y' }, { name: 'z' }] };
  const { scan } = await readContent('a.json', JSON.stringify({ data: [qa('a'), qa('b')], about }));
  expect(scan).toMatchObject({
    records: 2,
    leftOut: [
      {
        records: 3,
        message:
          'the list "about.authors" is left out: no known shape fits the records, which have the columns name',
      },
    ],
  });
  const { scan: clean } = await readContent('a.json', JSON.stringify({ data: [qa('a'), qa('b')] }));
  expect(clean).not.toHaveProperty('leftOut');
});

test('a document is one record where it answers a request, or where its list is part of it', async () => {
  const references = [{ title: 'Burin', text: 'A tool.' }];
  expect(await read({ ...qa('a'), references })).toMatchObject({ asked: ['ask a'] });
  const messages = [
    { role: 'user', content: 'ask a' },
    { role: 'assistant', content: 'tell a' },
  ];
  expect(await read({ title: 'A talk', messages })).toMatchObject({ asked: ['ask a'], records: 1 });
  expect(await read({ title: 't', text: 'x', links: [{ href: 'y' }] })).toMatchObject({ asked: ['t'] });
});

test('bytes that are no UTF-8 cost the one record of a document, and the file of a document with several', async () => {
  const latin1 = (document: unknown) =>
    readContent('a.json', Buffer.from(JSON.stringify(document), 'latin1'));
  const single = await latin1({ instruction: 'caf\u00e9', output: 'ol\u00e9 there' });
  expect(codesOf(single.entries)).toEqual(['utf8-invalid']);
  expect(single.scan.records).toBe(1);
  for (const document of [{ k1: qa('caf\u00e9'), k2: qa('b') }, { train: [qa('a'), qa('caf\u00e9')] }]) {
    const { scan, entries } = await latin1(document);
    expect(entries).toEqual([]);
    expect(scan.skipped).toMatchObject({ code: 'corrupt', hint: expect.stringContaining('UTF-8') });
    expect(scan.skipped?.message).toMatch(/^a\.json: .* not UTF-8/u);
  }
  // A file without records is no damaged one, which would stop a run.
  expect((await latin1({ café: 1 })).scan.skipped?.code).toBe('shape-unknown');
});

test('a character that two blocks of a document share is UTF-8', async () => {
  for (const shift of [0, 1, 2, 3]) {
    const document = {
      k1: qa(`${'x'.repeat((1 << 20) - 100 + shift)}${'\u{1F600}'.repeat(60)}`),
      k2: qa('b'),
    };
    const { scan, entries } = await readContent('a.json', JSON.stringify(document));
    expect([shift, scan.skipped, codesOf(entries)]).toEqual([shift, undefined, []]);
  }
});
