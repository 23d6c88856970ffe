import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { runCli, temporaryFolder } from '../support/run-cli.ts';
import { writeTinyEncoder } from '../support/tiny-encoder.ts';

const rows = 20;
let folder = '';

beforeAll(async () => {
  folder = await temporaryFolder();
  const lines = Array.from({ length: rows }, (_, i) =>
    JSON.stringify({ instruction: `What is ${i} times ${i + 3}?`, output: `It is ${i * (i + 3)}.` }),
  );
  await writeFile(join(folder, 'rows.jsonl'), lines.join('\n'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Rows of each persona before selection. */
async function personasOf(name: string, source: string, taggers: string): Promise<Record<string, number>> {
  const config = join(folder, `${name}.yaml`);
  const lines = [`sources: [{name: s, path: rows.jsonl, licence: mit, ${source}}]`, `taggers: {${taggers}}`];
  await writeFile(config, lines.join('\n'));
  const out = join(folder, name);
  const { code, stderr } = await runCli(['--config', config, '--out', out]);
  expect([code, stderr]).toEqual([0, expect.stringContaining('report')]);
  const report = JSON.parse(await readFile(join(out, 'report', 'report.json'), 'utf8'));
  const found: { name: string; before: { rows: number } }[] = report.axes.persona;
  const counts = found.map(({ name: persona, before }) => [persona, before.rows]);
  return Object.fromEntries(counts.filter(([, count]) => count !== 0));
}

test('an origin persona of strength 1 is the label of every row, whatever its threshold', async () => {
  const personas = await personasOf('fixed', 'persona: poet, prior_strength: 1', 'persona_threshold: 0.9');
  expect(Object.keys(personas)).toEqual(['poet']);
});

test('an origin persona that the tagger does not know leaves its rows to the tagger', async () => {
  const known = ['code_expert', 'math_tutor'];
  const labelled = Array.from({ length: 40 }, (_, i) =>
    JSON.stringify({ instruction: `${known[i % 2]} ${i}`, output: `It is ${i}.`, persona: known[i % 2] }),
  );
  await writeFile(join(folder, 'labelled.jsonl'), labelled.join('\n'));
  const [encoder, mine] = [join(folder, 'encoder'), join(folder, 'mine')];
  await writeTinyEncoder(encoder);
  const trained = await runCli([
    'train',
    '--data',
    join(folder, 'labelled.jsonl'),
    '--out',
    mine,
    '--encoder',
    encoder,
  ]);
  expect([trained.code, trained.stderr]).toEqual([0, expect.any(String)]);
  const source = 'persona: poet, prior_strength: 0.5';
  const personas = await personasOf('stranger', source, `persona: ${mine}, persona_threshold: 0`);
  expect(Object.keys(personas).filter((persona) => !known.includes(persona))).toEqual([]);
});
