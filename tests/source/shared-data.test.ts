import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { listFiles } from '../../src/source/list-files.ts';
import { openBytes } from '../../src/source/open-bytes.ts';
import type { ReadOptions } from '../../src/source/read-options.ts';
import { scanFile } from '../../src/source/scan-file.ts';
import { readEntries, rowsOf } from './read-all.ts';

const folder = resolve(
  process.env['TAG_DATASETS_SHARED'] ?? resolve(import.meta.dirname, '../../../shared'),
  'data',
);
const available = existsSync(folder);
if (!available) console.log(`skipped: no real data at ${folder}`);

/** Grouped files: records are utterances, rows are dialogues. */
const dialogues: Readonly<Record<string, number>> = {
  'persuasion_for_good.csv': 1017,
  'trait_meld_train.csv': 1038,
};

/** Nothing in them says what a row would be; the configuration must name columns. */
const unknownShapes = [
  'MANIFEST.json',
  'iching_wilhelm.csv',
  'toolbench_answers_example.jsonl.gz',
  'trait_goemotions_dev.tsv',
];

function expectedCounts(): Map<string, number> {
  const lines = readFileSync(resolve(folder, 'README.md'), 'utf8').split('\n');
  return new Map(
    lines.flatMap((line) => {
      const found = /^\| ([\w.]+) \| ([\d,]+) \| [\d,]+ \|/u.exec(line);
      return found?.[1] && found[2] ? [[found[1], Number(found[2].replaceAll(',', ''))] as const] : [];
    }),
  );
}

test.skipIf(!available)(
  'every file of real data is read whole, without a mapping, or says which columns it has',
  async () => {
    const expected = expectedCounts();
    const { files, ignored } = await listFiles({ source: 'real', paths: ['.'], baseDir: folder });
    expect(ignored.map((file) => file.reason)).toEqual(['no data file by its name']);
    expect(expected.size).toBe(79);
    const skipped: string[] = [];
    for (const file of files) {
      const scan = await scanFile({ file, options: {} }, { openBytes });
      if (scan.skipped) {
        expect(scan.skipped.code).toBe('shape-unknown');
        skipped.push(file.name);
        continue;
      }
      const entries = await readEntries(scan.units);
      const records = entries.reduce((sum, entry) => sum + entry.records, 0);
      const rows = rowsOf(entries).length;
      const rejected = entries.length - rows;
      expect([file.name, scan.records, records, rows, rejected]).toEqual([
        file.name,
        expected.get(file.name),
        expected.get(file.name),
        dialogues[file.name] ?? expected.get(file.name),
        0,
      ]);
    }
    expect(skipped).toEqual(unknownShapes);
  },
  180_000,
);

/** The roles of each row's messages. */
async function readRoles(name: string, options: ReadOptions): Promise<string[]> {
  const { files } = await listFiles({ source: 'real', paths: [name], baseDir: folder });
  const [file] = files;
  if (!file) return [];
  const scan = await scanFile({ file, options }, { openBytes });
  return rowsOf(await readEntries(scan.units)).map((row) =>
    row.messages.map((message) => message.role).join(),
  );
}

function texts(count: number): string[] {
  return Array.from({ length: count }, () => 'assistant');
}

test.skipIf(!available)('named columns make the odd files readable', async () => {
  expect(await readRoles('iching_wilhelm.csv', { shape: 'text', columns: { text: '10' } })).toEqual(
    texts(64),
  );
  expect(await readRoles('trait_goemotions_dev.tsv', { columns: { text: '1' } })).toEqual(texts(5426));
  expect(
    await readRoles('toolbench_answers_example.jsonl.gz', {
      shape: 'text',
      columns: { text: 'answer_generation' },
    }),
  ).toEqual(texts(15));
});
