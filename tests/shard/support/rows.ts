import fc from 'fast-check';

import type { Message } from '../../../src/core/row.ts';
import { ByteWriter } from '../../../src/shard/byte-writer.ts';
import type { OutputRow } from '../../../src/shard/output-row.ts';
import { encodeRecord, RecordReader } from '../../../src/shard/record.ts';
import type { StoredRow } from '../../../src/shard/stored-row.ts';

/** A plain row; tests change what they look at. */
export function outputRow(change: Partial<OutputRow> = {}): OutputRow {
  return {
    messages: [
      { role: 'user', content: 'Which bus goes to the harbour?' },
      { role: 'assistant', content: 'Number 12, every ten minutes.' },
    ],
    tools: null,
    persona: 'factual_informant',
    personaScore: 0.75,
    taggedBy: 'persona-v1',
    traits: ['brief'],
    traitScores: [0.5],
    source: 'travel',
    rowKey: '0123456789abcdef0123456789abcdef',
    phase: 'foundation',
    adapter: null,
    copy: 0,
    synthetic: false,
    extra: null,
    ...change,
  };
}

/** Rows with everything that has gone wrong in a Parquet writer before: nulls, empty lists, NUL, joined emoji, tool calls. */
export const awkwardRows: readonly OutputRow[] = [
  outputRow(),
  outputRow({ messages: [], traits: [], traitScores: [], phase: null, copy: 2, synthetic: true }),
  outputRow({
    messages: [
      { role: 'system', content: '' },
      { role: 'user', content: 'a\u0000b \u{1F469}\u200D\u{1F680} 日本語 \u{FFFD}', name: 'Ada' },
      {
        role: 'assistant',
        content: '',
        toolCalls: [
          { id: 'call_1', name: 'weather', arguments: '{"city":"Łódź"}' },
          { id: null, name: 'clock', arguments: '{}' },
        ],
      },
      { role: 'tool', content: '21 °C', name: '' },
      { role: 'assistant', content: 'Warm.', toolCalls: [] },
    ],
    tools: '[{"name":"weather"}]',
    traits: ['formal', 'detailed'],
    traitScores: [0.25, 1],
    adapter: 'tech_expert',
    extra: '{"id":7}',
  }),
  outputRow({ messages: [{ role: 'assistant', content: 'x'.repeat(3000) }], persona: '', source: '' }),
];

const text = fc.string({ unit: 'grapheme', maxLength: 20 });
const score = fc.float({ min: 0, max: 1, noNaN: true });

const message: fc.Arbitrary<Message> = fc.record(
  {
    role: fc.constantFrom('system', 'user', 'assistant', 'tool'),
    content: text,
    name: text,
    toolCalls: fc.array(fc.record({ id: fc.option(text), name: text, arguments: text }), { maxLength: 3 }),
  },
  { requiredKeys: ['role', 'content'] },
);

export const anyOutputRow: fc.Arbitrary<OutputRow> = fc
  .record({
    messages: fc.array(message, { maxLength: 4 }),
    tools: fc.option(text),
    persona: text,
    personaScore: score,
    taggedBy: text,
    tagged: fc.array(fc.tuple(text, score), { maxLength: 4 }),
    source: text,
    rowKey: text,
    phase: fc.option(text),
    adapter: fc.option(text),
    copy: fc.nat({ max: 255 }),
    synthetic: fc.boolean(),
    extra: fc.option(text),
  })
  .map(({ tagged, ...row }) => ({
    ...row,
    traits: tagged.map(([trait]) => trait),
    traitScores: tagged.map(([, value]) => value),
  }));

/** Rows as the writers get them. */
export function storedRows(rows: readonly OutputRow[]): StoredRow[] {
  const reader = new RecordReader();
  return rows.map((row) => {
    const out = new ByteWriter();
    encodeRecord(row, out);
    return reader.read(out.bytes, 0);
  });
}
