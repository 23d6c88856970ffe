import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';

import { loadTaxonomy } from '../../../taggers/index.ts';
import { openLoraSource } from '../../../src/run/lora/open-source.ts';
import { prepareLora, type PrepResult } from '../../../src/run/lora/prep.ts';
import { openTextCounter } from '../../../src/run/lora/text-counter.ts';
import { temporaryFolder } from '../../support/run-cli.ts';

let folder = '';
beforeAll(async () => {
  folder = await temporaryFolder();
});

function row(number: number, more: Record<string, unknown> = {}): string {
  const user = `What should I know of bread number ${number}, and why?`;
  const assistant = `Bread ${number} is warm, and it is good because of the grains.`;
  const messages = [
    { role: 'user', content: user },
    { role: 'assistant', content: assistant },
  ];
  return JSON.stringify({ ...more, messages });
}

/** Rows spoken by a card, prepared in a folder named for them. */
async function prepare(name: string, lines: readonly string[]): Promise<PrepResult> {
  const path = join(folder, `${name}.jsonl`);
  await writeFile(path, `${lines.join('\n')}\n`);
  const choice = { rows: path, card: 'configs/cards/coffee-shop', persona: 'persona_001' };
  const { source } = await openLoraSource(choice, await loadTaxonomy());
  const counter = await openTextCounter(null);
  const out = join(folder, name);
  const shared = { target: 'assistant', mode: '16GB', level: null, seed: 42, toolVersion: 'test' } as const;
  return prepareLora({ ...shared, source, name, counter, out });
}

async function index(name: string): Promise<{ split: string; id: string; conversation_id: string }[]> {
  const text = await readFile(join(folder, name, `${name}_index.jsonl`), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { split: string; id: string; conversation_id: string });
}

test('lines that are no rows are counted, and told', async () => {
  const lines = [row(1), '{broken line', '{"foo": 1}', row(2), '{"messages": "nope"}'];
  const { summary, findings } = await prepare('broken', lines);
  expect(summary).toMatchObject({ train_rows: 1, validation_rows: 1 });
  expect(summary.counts).toMatchObject({ candidates: 5, left_out: { unreadable: 3 } });
  expect(findings[0]?.message).toBe('3 of 5 left out: broken lines, or records without messages');
});

test('of more rows than are drawn those left in the file are counted too', async () => {
  const lines = Array.from({ length: 2600 }, (_, i) => row(i));
  const { summary } = await prepare('many', lines);
  expect(summary.counts).toMatchObject({ candidates: 2600, left_out: { 'above-cap': 2100 } });
  expect(summary.train_rows + summary.validation_rows).toBe(500);
});

test('conversations named by numbers stay whole', async () => {
  const lines = Array.from({ length: 60 }, (_, i) => row(i, { conversation_id: i % 12, id: i }));
  await prepare('numbers', lines);
  const entries = await index('numbers');
  expect(new Set(entries.map(({ conversation_id: id }) => id)).size).toBe(12);
  expect(new Set(entries.map(({ id }) => id)).size).toBe(60);
  const trained = new Set(
    entries.filter(({ split }) => split === 'train').map(({ conversation_id: id }) => id),
  );
  const held = entries.filter(({ split }) => split === 'validation');
  expect(held.length).toBeGreaterThan(0);
  expect(held.filter(({ conversation_id: id }) => trained.has(id))).toEqual([]);
});

test('rows of one conversation have ids of their own, and an empty name is none', async () => {
  const named = Array.from({ length: 4 }, (_, i) => row(i, { conversation_id: 'c' }));
  const unnamed = Array.from({ length: 4 }, (_, i) => row(10 + i, { conversation_id: '', id: '' }));
  await prepare('names', [...named, ...unnamed]);
  const entries = await index('names');
  expect(new Set(entries.map(({ id }) => id)).size).toBe(8);
  expect(new Set(entries.map(({ conversation_id: id }) => id)).size).toBe(5);
});

test('the order of the rows does not show', async () => {
  const lines = Array.from({ length: 40 }, (_, i) => row(i % 20, { conversation_id: i }));
  await prepare('forth', lines);
  await prepare('back', lines.toReversed());
  expect(await index('back')).toEqual(await index('forth'));
});
