import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as fc from 'fast-check';
import ndjson from 'ndjson';
import { parser } from 'stream-json/parser.js';
import { streamArray } from 'stream-json/streamers/stream-array.js';
import { expect, test } from 'vitest';
import type { Unit } from '../../src/core/unit.ts';
import { CsvFinder } from '../../src/source/csv-finder.ts';
import { RecordSplitter } from '../../src/source/record-splitter.ts';
import { jsonElementFinder, lineFinder, type SeparatorFinder } from '../../src/source/separators.ts';
import { fileAt, readEntries, rowsOf, scanContent, temporaryFolder } from './read-all.ts';

/** Cuts bytes at the given places, to feed them as blocks. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const stops = [...new Set(places.map((place) => place % (bytes.length + 1))), bytes.length].toSorted(
    (a, b) => a - b,
  );
  return stops.map((stop, index) => bytes.subarray(stops[index - 1] ?? 0, stop));
}

function split(finder: SeparatorFinder, blocks: readonly Buffer[]): string[] {
  const splitter = new RecordSplitter(finder, 0);
  const found: string[] = [];
  const take = () => {
    while (splitter.next()) found.push(splitter.buffer.toString('utf8', splitter.start, splitter.end));
  };
  for (const block of blocks) {
    splitter.feed(block);
    take();
  }
  splitter.finish();
  take();
  return found;
}

const places = fc.array(fc.nat(), { maxLength: 8 });

test('elements of any JSON array are found wherever the blocks are cut, and agree with stream-json', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.jsonValue()),
      fc.constantFrom(0, 2),
      places,
      async (values, indent, cuts) => {
        const bytes = Buffer.from(JSON.stringify(values, null, indent), 'utf8');
        const inside = bytes.subarray(bytes.indexOf(0x5b) + 1);
        const found = split(jsonElementFinder(), cut(inside, cuts)).map((text): unknown => JSON.parse(text));
        const reference: unknown[] = [];
        await pipeline(Readable.from([bytes]), parser.asStream(), streamArray.asStream(), async (items) => {
          for await (const { value } of items) reference.push(value);
        });
        expect(found).toEqual(reference);
      },
    ),
    { numRuns: 150 },
  );
});

test('backslashes and quotes at the end of a block do not mislead the element scanner', () => {
  const values = ['\\', '\\\\', '"', '\\"', 'a\\', { '\\"': ['"', ']'] }, ',', '\\\\"\\'];
  const inside = Buffer.from(JSON.stringify(values)).subarray(1);
  for (let first = 0; first <= inside.length; first++) {
    for (let second = first; second <= inside.length; second++) {
      const found = split(jsonElementFinder(), cut(inside, [first, second]));
      expect(found.map((text): unknown => JSON.parse(text))).toEqual(values);
    }
  }
});

test('lines are found wherever the blocks are cut', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), places, (values, cuts) => {
      const lines = values.map((value) => JSON.stringify(value));
      expect(split(lineFinder(), cut(Buffer.from(lines.join('\n')), cuts))).toEqual(lines);
    }),
  );
});

test('quoted CSV records are found wherever the blocks are cut', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', 'é', ' '), maxLength: 8 });
  fc.assert(
    fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 3 })), places, (rows, cuts) => {
      const records = rows.map((cells) => cells.map((text) => `"${text.replaceAll('"', '""')}"`).join(','));
      expect(split(new CsvFinder(','), cut(Buffer.from(records.join('\n')), cuts))).toEqual(records);
    }),
  );
});

test('a quote inside an unquoted cell does not open a field', () => {
  expect(split(new CsvFinder(','), [Buffer.from('a,5" wide,b\nc,d,e\n')])).toEqual(['a,5" wide,b', 'c,d,e']);
});

test('byte-range units of a file that was not counted read every line exactly once, as ndjson does', async () => {
  await using folder = await temporaryFolder();
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: 'grapheme', maxLength: 40 }), { minLength: 1, maxLength: 30 }),
      fc.integer({ min: 1, max: 300 }),
      fc.boolean(),
      async (texts, size, endsWithBreak) => {
        const path = join(folder.path, 'a.jsonl');
        const lines = texts.map((text) => JSON.stringify({ text: `t${text}` }));
        await writeFile(path, lines.join('\n') + (endsWithBreak ? '\n' : ''));
        const bytes = Buffer.byteLength(lines.join('\n')) + (endsWithBreak ? 1 : 0);
        const units = Array.from({ length: Math.ceil(bytes / size) }, (_, index): Unit => ({
          file: fileAt(path, bytes),
          format: { format: 'jsonl', compression: 'none' },
          shape: { kind: 'text', columns: { text: 'text' } },
          range: { kind: 'bytes', start: index * size, end: Math.min(bytes, (index + 1) * size) },
          firstRow: index * size,
          rowUnit: 'byte',
          records: null,
        }));
        const entries = await readEntries(units);
        const reference: string[] = [];
        for await (const { text } of createReadStream(path).pipe(ndjson.parse())) reference.push(text);
        expect(rowsOf(entries).map((row) => row.messages[0]?.content)).toEqual(reference);
        const offsets = entries.map((entry) => entry.row);
        expect(offsets).toEqual([...new Set(offsets)].toSorted((a, b) => a - b));
      },
    ),
    { numRuns: 40 },
  );
});

test('counted units of any size hold the same rows as one unit', async () => {
  await using folder = await temporaryFolder();
  const text = fc.string({ unit: 'grapheme', maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(text, text), { minLength: 2, maxLength: 40 }),
      fc.integer({ min: 1, max: 400 }),
      async (pairs, unitBytes) => {
        const records = pairs.map(([question, answer]) => ({
          question: `q${question}`,
          answer: `a${answer}`,
        }));
        const expected = records.map(({ question, answer }) => [question, answer]);
        const csv = [
          'question,answer',
          ...records.map((r) => `"${r.question.replaceAll('"', '""')}","${r.answer.replaceAll('"', '""')}"`),
        ];
        const files = {
          'a.jsonl': records.map((r) => JSON.stringify(r)).join('\n'),
          'a.json': JSON.stringify(records),
          'a.csv': csv.join('\n'),
        };
        for (const [name, content] of Object.entries(files)) {
          const scan = await scanContent(folder.path, name, content, { unitBytes });
          const rows = rowsOf(await readEntries(scan.units));
          expect(rows.map((row) => row.messages.map((message) => message.content))).toEqual(expected);
        }
      },
    ),
    { numRuns: 40 },
  );
});
