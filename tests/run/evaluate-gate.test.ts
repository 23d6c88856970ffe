import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { heldOutFiles } from '../../src/make/meetings/held-out.ts';
import { gatePredictions } from '../../src/run/evaluate/gate-pass.ts';
import { makeCard, shippedCards } from '../make/meetings/support/template-llm.ts';

let folder = '';
let labels = '';
let lines: { id: string; importance_label: string; prep_time_minutes: number }[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gate-'));
  const rows = [];
  for (const card of shippedCards('oracle-held-out')) rows.push(...(await makeCard(card, 40, '42')).rows);
  const files = new Map(heldOutFiles(rows).map(({ path, content }) => [path, content]));
  labels = join(folder, 'labels.jsonl');
  const content = files.get('held_out/labels.jsonl') ?? '';
  await writeFile(labels, content);
  lines = content
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as (typeof lines)[number]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function gate(content: string): ReturnType<typeof gatePredictions> {
  const predictions = join(folder, 'predictions.jsonl');
  await writeFile(predictions, content);
  return gatePredictions({ predictions, labels });
}

const jsonl = (values: readonly unknown[]): string => values.map((value) => JSON.stringify(value)).join('\n');

test('a model that says what the rules say unlocks every tier, with held-out personas of each', async () => {
  const { gates, overall } = await gate(jsonl(lines));
  expect(gates.map(({ tier, isUnlocked }) => [tier, isUnlocked])).toEqual([
    [3, true],
    [2, true],
    [1, true],
  ]);
  expect(overall).toMatchObject({ meetings: 160, personas: 4, accuracy: 1, prepWithinTen: 1 });
});

test('a model that always says medium unlocks none', async () => {
  const { gates } = await gate(jsonl(lines.map(({ id }) => ({ id, importance_label: 'medium' }))));
  expect(gates.some(({ isUnlocked }) => isUnlocked)).toBe(false);
});

test('a prediction that says no importance is none', async () => {
  const said = lines.map((line, i) => (i < 30 ? { id: line.id, importance_label: null } : line));
  const { overall } = await gate(jsonl(said));
  expect(overall).toMatchObject({ withoutPrediction: 30, accuracy: 130 / 160 });
});

test('meetings of personas without a tier count over all personas and open no tier', async () => {
  const other = join(folder, 'other.jsonl');
  const untiered = lines.map((line) => ({ ...line, persona_id: 'alice', tier: null }));
  await writeFile(other, jsonl(untiered));
  const predictions = join(folder, 'predictions.jsonl');
  await writeFile(predictions, jsonl(lines));
  const { overall, gates } = await gatePredictions({ predictions, labels: other });
  expect(overall).toMatchObject({ meetings: 160, accuracy: 1 });
  expect(gates.map(({ isUnlocked, figures }) => [isUnlocked, figures])).toEqual(
    gates.map(() => [false, null]),
  );
  await writeFile(other, jsonl([...untiered, untiered[0]]));
  await expect(gatePredictions({ predictions, labels: other })).rejects.toThrow('two labels for');
});

test('a byte-order mark before the first line is passed over', async () => {
  const { overall } = await gate(`\uFEFF${jsonl(lines)}`);
  expect(overall).toMatchObject({ meetings: 160, accuracy: 1 });
});

test('no preparation needs no minutes', async () => {
  const { overall } = await gate(jsonl(lines.map(({ id }) => ({ id, prep_needed: false }))));
  const without = lines.filter(({ prep_time_minutes: minutes }) => minutes <= 10).length;
  expect(overall.prepWithinTen).toBeCloseTo(without / lines.length, 12);
});

test.each([
  ['gate-line-invalid', () => '{"id": 7}'],
  ['gate-line-invalid', () => 'high'],
  ['prediction-repeated', () => jsonl([lines[0], lines[0]])],
  ['predictions-unrelated', () => '{"id": "x", "importance_label": "low"}'],
])('%s for what cannot be held against the labels', async (code, content) => {
  await expect(gate(content())).rejects.toMatchObject({ code });
});

test('a file that is not there is told', async () => {
  await expect(gatePredictions({ predictions: join(folder, 'none'), labels })).rejects.toMatchObject({
    code: 'gate-file-unreadable',
  });
});

test('tasks hold the event and no label', async () => {
  const [first] = shippedCards('oracle-held-out');
  if (!first) throw new Error('no held-out card');
  const { rows } = await makeCard(first, 20, '42');
  const [importance, prep] = heldOutFiles(rows);
  expect(importance?.content.split('\n')).toHaveLength(21);
  expect(importance?.content).not.toMatch(/importance_label|prep_needed|reasoning|provenance/);
  expect(prep?.content).not.toMatch(/importance_label|prep_needed|reasoning|provenance/);
  const ids = new Set(shippedCards().map(({ id }) => id));
  expect(ids.has(first.id)).toBe(false);
});
