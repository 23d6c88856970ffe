import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { runCli, temporaryFolder } from '../support/run-cli.ts';

const good = {
  id: 'alex',
  name: 'Alex',
  kind: 'character',
  taxonomy: { persona: 'roleplay_character' },
  summary: 'A regular.',
  voice: { phrases: ['Hey!'] },
};
const oracle = {
  ...good,
  kind: 'oracle',
  rules: { oracle: { tier: 1, importance: { always: ['board'], rarely: ['Board'] } } },
};

test.each([
  ['card-unreadable', '{"id": "alex", // a remark\n'],
  ['card-missing-field', { ...good, summary: undefined }],
  ['card-wrong-value', { ...good, kind: 'caracter' }],
  ['card-unknown-persona', { ...good, taxonomy: { persona: 'storyteler' } }],
  ['card-no-rules', { ...good, voice: {} }],
  ['card-contradictory-rules', oracle],
  ['card-name-is-role', { ...good, identity: { role: 'alex' } }],
  ['card-age-experience', { ...good, identity: { age: 30 }, details: { work: { years_experience: 20 } } }],
])('cards validate leaves with 2 and names %s', async (code, card) => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'card.json'), typeof card === 'string' ? card : JSON.stringify(card));
  const result = await runCli(['cards', 'validate', folder, '--json']);
  expect(result.code).toBe(2);
  const { findings } = JSON.parse(result.stdout) as {
    findings: { code: string; place: string; severity: string }[];
  };
  expect(findings.filter(({ severity }) => severity === 'error').map((finding) => finding.code)).toEqual([
    code,
  ]);
  expect(findings[0]?.place).toBe(join(folder, 'card.json'));
});

test('two cards of one id are found across files', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'a.json'), JSON.stringify(good));
  await writeFile(join(folder, 'b.json'), JSON.stringify({ ...good, name: 'Sam' }));
  const result = await runCli(['cards', 'validate', folder]);
  expect([result.code, result.stdout]).toEqual([2, expect.stringContaining('error    card-duplicate-id')]);
});

test('the shipped cards are listed with their types, and exported and imported without a difference', async () => {
  const folder = await temporaryFolder();
  const listed = await runCli(['cards', 'list']);
  expect(listed.stdout).toContain('5 character (angry)');
  const [file, again] = [join(folder, 'personas.json'), join(folder, 'again.json')];
  expect((await runCli(['cards', 'export', '--format', 'coffee', '--out', file])).code).toBe(0);
  const personas = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>[];
  expect(personas).toHaveLength(20);
  expect(Object.keys(personas[0] ?? {})).toEqual([
    'id',
    'name',
    'type',
    'traits',
    'speech_patterns',
    'conversation_count',
  ]);
  const cards = join(folder, 'cards');
  expect((await runCli(['cards', 'import', file, '--out', cards])).stdout).toContain(
    '20 cards from the format "coffee"',
  );
  expect((await runCli(['cards', 'export', cards, '--format', 'coffee', '--out', again])).code).toBe(0);
  expect(await readFile(again, 'utf8')).toBe(await readFile(file, 'utf8'));
  const twice = await runCli(['cards', 'import', file, '--out', cards, '--json']);
  const { written, findings } = JSON.parse(twice.stdout) as {
    written: string[];
    findings: { code: string }[];
  };
  expect([written, new Set(findings.map(({ code }) => code))]).toEqual([[], new Set(['card-exists'])]);
});

test('what extract leaves is imported as discovered cards with their evidence', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'x/prompts'), { recursive: true });
  await mkdir(join(folder, 'x/clusters'));
  const persona = {
    id: 'architect',
    name: 'Architect',
    cluster: 0,
    description: 'Plans.',
    system_prompt: 'You plan.',
  };
  const cluster = { cluster: 0, name: 'Architect', size: 812, terms: ['design'], code_ratio: 0.4 };
  await writeFile(
    join(folder, 'x/prompts/generated_prompts.json'),
    JSON.stringify({ personas: [persona], k: 1 }),
  );
  await writeFile(join(folder, 'x/clusters/cluster_analysis.json'), JSON.stringify({ clusters: [cluster] }));
  const imported = await runCli(['cards', 'import', join(folder, 'x'), '--out', join(folder, 'cards')]);
  expect([imported.code, imported.stdout]).toEqual([
    0,
    expect.stringContaining('from the format "discovered"'),
  ]);
  const card = await readFile(join(folder, 'cards/architect.yaml'), 'utf8');
  expect(card).toContain('size: 812');
  const args = [
    'cards',
    'export',
    join(folder, 'cards'),
    '--format',
    'discovered',
    '--out',
    join(folder, 'back'),
  ];
  expect((await runCli(args)).code).toBe(0);
  const read = async (name: string): Promise<unknown> =>
    JSON.parse(await readFile(join(folder, 'back', name), 'utf8'));
  expect(await read('prompts/generated_prompts.json')).toEqual({ personas: [persona], k: 1 });
  expect(await read('clusters/cluster_analysis.json')).toEqual({ clusters: [cluster] });
});

test('card files that were reviewed are merged by name, and no file is written over', async () => {
  const folder = await temporaryFolder();
  const [from, out] = [join(folder, 'found'), join(folder, 'cards')];
  await mkdir(from);
  await mkdir(out);
  await writeFile(join(from, 'a.yaml'), JSON.stringify({ ...good, id: 'builder', name: 'Builder' }));
  await writeFile(join(from, 'b.yaml'), JSON.stringify(good));
  await writeFile(
    join(from, 'c.yaml'),
    JSON.stringify({ ...good, id: 'broken', name: 'Broken', kind: 'ghost' }),
  );
  await writeFile(join(out, 'old.yaml'), JSON.stringify({ ...good, id: 'old', name: 'alex' }));
  await writeFile(join(out, 'builder.yaml'), 'not: [a card');
  const result = await runCli(['cards', 'import', from, '--out', out, '--json']);
  const { format, written, findings } = JSON.parse(result.stdout) as Record<string, { code: string }[]>;
  expect([result.code, format, written]).toEqual([2, 'card', [join(out, 'builder_2.yaml')]]);
  expect(findings?.map(({ code }) => code)).toEqual(['card-wrong-value', 'card-exists']);
  expect(await readFile(join(out, 'builder.yaml'), 'utf8')).toBe('not: [a card');
});

test.each([
  [['cards', 'import', 'nowhere.json', '--out', 'x'], 'nowhere.json: no such file or folder'],
  [['cards', 'list', 'nowhere'], 'nowhere: no such card file or folder'],
  [['cards', 'import', 'package.json', '--out', 'x'], 'the format of these personas is not known'],
])('what cannot be read leaves with 1: %j', async (args, message) => {
  const result = await runCli(args);
  expect([result.code, result.stderr]).toEqual([1, expect.stringContaining(message)]);
});

test('the remark in the printed personas.json is named with its line', async () => {
  const file = join(await temporaryFolder(), 'personas.json');
  await writeFile(file, '[\n  {"id": "persona_001"}\n  // ... 15 more personas\n]\n');
  const result = await runCli(['cards', 'import', file, '--out', join(file, '..', 'cards')]);
  expect([result.code, result.stderr]).toEqual([
    1,
    expect.stringMatching(/line 3: not valid JSON[^]*remarks such as/),
  ]);
});
