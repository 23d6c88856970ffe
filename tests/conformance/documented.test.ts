import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compressors } from 'hyparquet-compressors';
import { expect, test } from 'vitest';

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'formats.md'), 'utf8').toLowerCase();
const casesOf = (name: string) =>
  readFileSync(join(import.meta.dirname, `${name}.test.ts`), 'utf8').toLowerCase();

/** What the table says is read and what a test reads must be the same thing. */
function cells(section: string, feature: string): string[] {
  const part = page.split('\n## ').find((text) => text.startsWith(section)) ?? '';
  const line = part.split('\n').find((text) => text.startsWith(`| ${feature} |`));
  return (line?.split('|')[2]?.split(';')[0] ?? '').split(',').map((cell) => cell.trim());
}

test('every codec of the table has a case, and every codec of the reader stands in the table', () => {
  const listed = cells('parquet', 'codecs');
  expect(listed.length).toBe(6);
  for (const codec of listed) expect(casesOf('parquet')).toContain(`'${codec}'`);
  const others = Object.keys(compressors).map((name) => name.toLowerCase());
  // Hadoop's framing of lz4, which nothing here can write.
  expect(others.filter((name) => !listed.includes(name))).toEqual(['lz4']);
});

test('every encoding of the table has a case', () => {
  const listed = cells('parquet', 'encodings').filter(
    (name) => !['dictionary', 'rle of booleans'].includes(name),
  );
  expect(listed.length).toBe(5);
  for (const name of [...listed, 'rle', 'rle dictionary'])
    expect(casesOf('parquet')).toContain(`'${name.replaceAll(' ', '_')}'`);
});

test('every delimiter of the table has a case', () => {
  for (const name of cells('csv', 'delimiters').filter((cell) => cell !== 'found by content'))
    expect(casesOf('csv')).toContain(`'${name}'`);
});

test('every code of the tables is one that a case looks for', () => {
  const codes = [...page.matchAll(/`([a-z0-9]+-[a-z0-9-]+|corrupt)`/gu)].map((match) => match[1] ?? '');
  const cases = ['json', 'csv', 'parquet'].map(casesOf).join('\n');
  expect(codes.length).toBeGreaterThan(4);
  for (const code of new Set(codes)) expect(cases).toContain(code);
});
