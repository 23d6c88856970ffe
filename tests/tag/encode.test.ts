import { expect, test } from 'vitest';

import type { Row } from '../../src/core/row.ts';
import { hashToHex } from '../../src/lib/hash.ts';
import { RowEncoder, rowKeyPrefix, writeRowKey } from '../../src/tag/encode.ts';

const row = (user: string, assistant: string): Row => ({
  messages: [
    { role: 'user', content: user },
    { role: 'assistant', content: assistant },
  ],
});
const hashOf = (value: Row): string => hashToHex(new RowEncoder().encode([value]).contentHash);

test('the arena holds every message once, sides marked', () => {
  const { text } = new RowEncoder().encode([row('Wie geht’s?', 'Good ☀'), row('', 'x'.repeat(3000))]);
  const segment = (s: number): string =>
    Buffer.from(text.bytes.subarray(text.starts[s], text.ends[s])).toString('utf8');
  expect([...text.rowSegments]).toEqual([0, 2, 4]);
  expect([segment(0), segment(1), segment(2), segment(3).length]).toEqual([
    'Wie geht’s?',
    'Good ☀',
    '',
    3000,
  ]);
  expect([...text.roles]).toEqual([1, 2, 1, 2]);
});

test('turns that a text quotes are segments of their own, also behind characters of several bytes', () => {
  const { text } = new RowEncoder().encode([
    row('Où? ☀\nUser:  Ça va 🙂 \nAssistant: Très bien\nUser:\nHuman: à', 'Merci'),
  ]);
  const segments = Array.from({ length: text.rowSegments[1] ?? 0 }, (_, s) =>
    Buffer.from(text.bytes.subarray(text.starts[s], text.ends[s])).toString('utf8'),
  );
  expect(segments).toEqual(['Où? ☀', 'Ça va 🙂', 'Très bien', 'à', 'Merci']);
});

test('surrounding space, line ends and a leading control token do not change the content hash', () => {
  const plain = hashOf(row('Hello there\nfriend', 'Yes.'));
  expect(hashOf(row('  Hello there\r\nfriend ', 'Yes.\n'))).toBe(plain);
  expect(hashOf(row('<persona:poet>\nHello there\nfriend', 'Yes.'))).toBe(plain);
});

test('who says what changes the content hash', () => {
  const plain = hashOf(row('a', 'b'));
  expect(hashOf(row('b', 'a'))).not.toBe(plain);
  expect(hashOf(row('ab', ''))).not.toBe(plain);
  expect(
    hashOf({
      messages: [
        { role: 'user', content: 'a' },
        { role: 'tool', content: 'b' },
      ],
    }),
  ).not.toBe(plain);
});

test('hashes do not depend on the batch around a row', () => {
  const encoder = new RowEncoder();
  const rows = [row('one', 'two'), row('drei', 'vier ☕'), row('x'.repeat(2_000_000), 'y')];
  const together = encoder.encode(rows).contentHash.slice();
  rows.forEach((value, i) => expect(hashToHex(together, i * 4)).toBe(hashOf(value)));
});

test('row keys differ by source, file and row', () => {
  const key = (source: string, file: string, at: number): string => {
    const out = new Uint32Array(4);
    writeRowKey(rowKeyPrefix(source, '', file), at, out, 0);
    return hashToHex(out);
  };
  const keys = [key('a', 'f', 0), key('a', 'f', 1), key('a', 'g', 0), key('b', 'f', 0)];
  expect(new Set(keys).size).toBe(4);
  expect(key('a', 'f', 0)).toBe(keys[0]);
});
