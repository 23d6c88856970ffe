import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';

import { generateCorpus, generateCorpusFiles } from '../../bench/generate-corpus.ts';

const chatRow = z.object({ messages: z.array(z.object({ role: z.string(), content: z.string() })) });

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'corpus-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function generate(name: string, options: { rows: number; seed: number; shape?: 'messages' }) {
  const path = join(folder, name);
  const facts = await generateCorpus({ ...options, path, format: 'jsonl' });
  const text = await readFile(path, 'utf8');
  return { facts, text, lines: text.split('\n').slice(0, -1) };
}

test('the same seed gives the same bytes and another seed gives others', async () => {
  const first = await generate('a.jsonl', { rows: 1000, seed: 42 });
  const again = await generate('b.jsonl', { rows: 1000, seed: 42 });
  const other = await generate('c.jsonl', { rows: 1000, seed: 43 });
  expect(again.text).toBe(first.text);
  expect(other.text).not.toBe(first.text);
  expect(first.facts).toMatchObject({ rows: 1000, bytes: Buffer.byteLength(first.text) });
});

test('every line is an instruction row with a non-empty instruction and output', async () => {
  const { lines } = await generate('rows.jsonl', { rows: 1000, seed: 7 });
  expect(lines).toHaveLength(1000);
  for (const line of lines) {
    expect(JSON.parse(line)).toEqual({
      instruction: expect.stringMatching(/\S/),
      input: expect.any(String),
      output: expect.stringMatching(/\S/),
    });
  }
});

test('chat rows alternate user and assistant after an optional system message', async () => {
  const { lines } = await generate('chat.jsonl', { rows: 1000, seed: 7, shape: 'messages' });
  const turnCounts = new Set<number>();
  for (const line of lines) {
    const { messages } = chatRow.parse(JSON.parse(line));
    const spoken = messages.filter(({ role }) => role !== 'system');
    expect(messages.length - spoken.length).toBeLessThanOrEqual(1);
    spoken.forEach(({ role, content }, i) => {
      expect(role).toBe(i % 2 === 0 ? 'user' : 'assistant');
      expect(content).toMatch(/\S/);
    });
    turnCounts.add(spoken.length / 2);
  }
  expect([...turnCounts].toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6]);
});

test('20,000 rows have the promised mean, tail, foreign text and exact duplicates', async () => {
  const { facts, lines } = await generate('large.jsonl', { rows: 20_000, seed: 42 });
  const lengths = lines.map((line) => Buffer.byteLength(line));
  expect(facts.bytes / 20_000).toBeGreaterThan(800);
  expect(facts.bytes / 20_000).toBeLessThan(1000);
  expect(Math.max(...lengths)).toBeGreaterThan(10_000);
  expect(Math.max(...lengths)).toBeLessThan(45_000);
  // eslint-disable-next-line no-control-regex -- the ASCII range is what is asked about
  const foreign = lines.filter((line) => /[^\x00-\x7f]/.test(line)).length;
  expect(foreign / 20_000).toBeGreaterThan(0.04);
  expect(foreign / 20_000).toBeLessThan(0.06);
  expect(20_000 - new Set(lines).size).toBe(facts.duplicates);
  expect(facts.duplicates).toBeGreaterThan(150);
  expect(facts.duplicates).toBeLessThan(250);
});

test('a corpus of several files has all rows, once, and one chat file in four', async () => {
  const facts = await generateCorpusFiles({ rows: 103, files: 4, seed: 1, out: join(folder, 'many.jsonl') });
  expect(facts.map(({ rows }) => rows)).toEqual([25, 26, 26, 26]);
  expect(facts.map(({ path }) => path.slice(folder.length + 1))).toEqual([
    'many-00000-of-00004.jsonl',
    'many-00001-of-00004.jsonl',
    'many-00002-of-00004.jsonl',
    'many-00003-of-00004.jsonl',
  ]);
  const heads = await Promise.all(facts.map(async ({ path }) => (await readFile(path, 'utf8')).slice(0, 10)));
  expect(heads.map((head) => head.startsWith('{"messages'))).toEqual([false, false, false, true]);
});
