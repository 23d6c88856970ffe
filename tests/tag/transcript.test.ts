import { expect, test } from 'vitest';
import type { Row } from '../../src/core/row.ts';
import { RowEncoder } from '../../src/tag/encode.ts';
import { quotedTurns } from '../../src/tag/transcript.ts';

const turnsOf = (text: string): string[] | undefined =>
  quotedTurns(text)?.map(({ role, start, end }) => `${role}: ${text.slice(start, end)}`);

test('a history quoted under the last request is turns, that request first', () => {
  expect(turnsOf('And tomorrow?\n\nUser: Rain today?\nAssistant: Yes,\nfrom noon.\nuser: Pity.')).toEqual([
    'user: And tomorrow?',
    'user: Rain today?',
    'assistant: Yes,\nfrom noon.',
    'user: Pity.',
  ]);
  expect(turnsOf('Human: Why?\n\nAssistant:')).toEqual(['user: Why?']);
});

test.each([
  'Only words.',
  'user: root\nhost: example.org',
  'Ask the assistant: she knows.\nThe user: you.',
  'AI: a short history',
])('no conversation: %s', (text) => {
  expect(quotedTurns(text)).toBeUndefined();
});

test('the encoder gives quoted turns segments of their own, and the same hash as ever', () => {
  const content = 'Grüße?\n\nUser: ☕\nAssistant: Ja, “gern”.';
  const row: Row = {
    messages: [
      { role: 'user', content },
      { role: 'assistant', content: 'Bitte.' },
    ],
  };
  const { text } = new RowEncoder().encode([row, row]);
  const segments = [...text.roles].map(
    (role, s) => `${role} ${Buffer.from(text.bytes.subarray(text.starts[s], text.ends[s])).toString()}`,
  );
  expect(segments.slice(4)).toEqual(segments.slice(0, 4));
  expect(segments.slice(0, 4)).toEqual(['1 Grüße?', '1 ☕', '2 Ja, “gern”.', '2 Bitte.']);
  expect([...text.rowSegments]).toEqual([0, 4, 8]);
});
