import fc from 'fast-check';
import { expect, test } from 'vitest';

import { ByteWriter } from '../../src/shard/byte-writer.ts';
import { decodeRecord, encodeRecord, RecordReader } from '../../src/shard/record.ts';
import { anyOutputRow, outputRow } from './support/rows.ts';

test('any row comes back from its record as it went in', () => {
  fc.assert(
    fc.property(fc.array(anyOutputRow, { minLength: 1, maxLength: 5 }), (rows) => {
      const out = new ByteWriter(1);
      const starts = rows.map((row) => {
        const start = out.length;
        encodeRecord(row, out);
        return start;
      });
      expect(starts.map((start) => decodeRecord(out.bytes, start))).toEqual(rows);
    }),
  );
});

test('scores are kept as 32-bit floats', () => {
  const out = new ByteWriter();
  encodeRecord(outputRow({ personaScore: 0.1 }), out);
  expect(decodeRecord(out.bytes, 0).personaScore).toBe(Math.fround(0.1));
});

test('a lone surrogate, which UTF-8 cannot hold, becomes the replacement character', () => {
  const out = new ByteWriter();
  encodeRecord(outputRow({ extra: 'a\uD800b' }), out);
  expect(decodeRecord(out.bytes, 0).extra).toBe('a\uFFFDb');
});

test('labels with the same hash are told apart', () => {
  const reader = new RecordReader();
  const read = (persona: string): string => {
    const out = new ByteWriter();
    encodeRecord(outputRow({ persona }), out);
    return reader.read(out.bytes, 0).persona;
  };
  // 'Aa' and 'BB' collide under a multiplier of 31
  expect(['Aa', 'BB', 'Aa', 'BB'].map(read)).toEqual(['Aa', 'BB', 'Aa', 'BB']);
});
