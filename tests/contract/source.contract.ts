import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { openBytes } from '../../src/source/open-bytes.ts';
import { scanFile } from '../../src/source/scan-file.ts';
import { readContent, readEntries, rowsOf, scanContent, temporaryFolder } from '../source/read-all.ts';

export interface SourceCase {
  readonly name: string;
  readonly file: string;
  /** The records as a file of this format. Values are strings. */
  write(records: readonly Readonly<Record<string, string>>[]): Uint8Array | Promise<Uint8Array>;
}

/** Texts that have gone wrong in readers before: separators, quotes, line breaks, several scripts, no text at all. */
const awkwardTexts = [
  'plain',
  'comma, semicolon; tab\tpipe|',
  'he said "no", twice: ""',
  'two\nlines\r\nand a third',
  '你好 😀 naïve',
  '{"not": ["json"]}',
  String.raw`back\slash and \" both`,
  ' spaces around ',
  '[1, 2',
  "it's",
];

const contractRecords = Array.from({ length: 700 }, (_, index) => ({
  instruction: `question ${index}: ${awkwardTexts[index % awkwardTexts.length] ?? ''}`,
  input: index % 3 === 0 ? '' : (awkwardTexts[(index * 7) % awkwardTexts.length] ?? ''),
  output: `answer ${index}: ${awkwardTexts[(index * 3) % awkwardTexts.length] ?? ''}`,
}));

const expectedRows = contractRecords.map(({ instruction, input, output }) => ({
  messages: [
    { role: 'user', content: input === '' ? instruction : `${instruction}\n\n${input}` },
    { role: 'assistant', content: output },
  ],
}));

/** What every format must do with the same records. */
export function describeSource(source: SourceCase): void {
  test(`${source.name}: the same records give the same rows, numbered from 0`, async () => {
    const { scan, entries } = await readContent(source.file, await source.write(contractRecords));
    expect(scan.skipped).toBeUndefined();
    expect(scan.records).toBe(contractRecords.length);
    expect(entries.map((entry) => entry.row)).toEqual(contractRecords.map((_, index) => index));
    expect(rowsOf(entries)).toEqual(expectedRows);
  });

  test(`${source.name}: any unit size gives the same rows, and units say how many records they hold`, async () => {
    await using folder = await temporaryFolder();
    const content = await source.write(contractRecords);
    for (const unitBytes of [1, 500, 10_000, 1 << 30]) {
      const { units } = await scanContent(folder.path, source.file, content, { unitBytes });
      let row = 0;
      for (const unit of units) {
        const entries = await readEntries([unit]);
        expect(unit.firstRow).toBe(row);
        expect(unit.records).toBe(entries.length);
        expect(rowsOf(entries)).toEqual(expectedRows.slice(row, row + entries.length));
        row += entries.length;
      }
      expect(row).toBe(contractRecords.length);
    }
  });

  test(`${source.name}: unused columns travel as JSON text when asked for`, async () => {
    const records = [{ instruction: 'a', output: 'b', id: 'x-1', note: 'n' }];
    const { entries } = await readContent(source.file, await source.write(records), { keepExtra: true });
    expect(rowsOf(entries).map((row) => JSON.parse(row.extra ?? ''))).toEqual([{ id: 'x-1', note: 'n' }]);
  });

  test(`${source.name}: the fingerprint is the sha256 of the bytes and a given one is kept`, async () => {
    const content = await source.write(contractRecords.slice(0, 3));
    await using folder = await temporaryFolder();
    const scan = await scanContent(folder.path, source.file, content);
    expect(scan.fingerprint).toBe(createHash('sha256').update(content).digest('hex'));
    const known = await scanFile({ file: scan.file, options: {}, fingerprint: 'known' }, { openBytes });
    expect({ ...known, fingerprint: scan.fingerprint }).toEqual(scan);
  });
}
