import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { runCli, temporaryFolder, treeHashes } from '../../support/run-cli.ts';
import { type ChatRequest, startLlmServer } from '../../support/llm-server.ts';

const golden = join(import.meta.dirname, 'golden-personas');

test('personas and their prompts: the golden folder', async () => {
  const folder = await temporaryFolder();
  const personas = join(folder, 'personas');
  const made = await runCli([
    'make',
    'personas',
    '--template',
    'dei_training',
    '--count',
    '2',
    '--out',
    personas,
  ]);
  expect([made.code, made.stdout]).toEqual([0, expect.stringContaining('2 personas')]);
  const prompts = await runCli([
    'make',
    'prompts',
    '--card',
    join(personas, 'cards'),
    '--out',
    join(folder, 'prompts'),
  ]);
  expect([prompts.code, prompts.stdout]).toEqual([0, expect.stringContaining('6 prompts')]);
  const files = ['personas/personas.json', 'personas/findings.jsonl', 'prompts/prompts.jsonl'].concat(
    (await readdir(join(personas, 'cards'))).map((name) => `personas/cards/${name}`),
  );
  for (const file of files) {
    const text = await readFile(join(folder, file), 'utf8');
    const kept = join(golden, file);
    if (!process.env['CI'] && (process.env['UPDATE_GOLDEN'] || !existsSync(kept))) {
      await mkdir(join(kept, '..'), { recursive: true });
      await writeFile(kept, text);
    }
    expect(text).toBe(await readFile(kept, 'utf8'));
  }
  const instances = JSON.parse(await readFile(join(personas, 'personas.json'), 'utf8')) as Record<
    string,
    unknown
  >[];
  expect(instances.map(Object.keys)).toEqual(
    Array.from({ length: 2 }, () =>
      expect.arrayContaining([
        'template_id',
        'persona_type',
        'mode',
        'scenario_type',
        'location',
        'archetype',
        'detail_categories_included',
      ]),
    ),
  );
  const validated = await runCli(['cards', 'validate', join(folder, 'prompts/cards')]);
  expect(validated.stdout).toBe('2 cards, 0 errors, 0 warnings\n');

  const again = join(folder, 'again');
  await runCli(['make', 'personas', '--template', 'dei_training', '--count', '2', '--out', again]);
  const [first, second] = await Promise.all([
    treeHashes(join(personas, 'cards')),
    treeHashes(join(again, 'cards')),
  ]);
  expect(second).toEqual(first);
});

interface Schema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly enum?: readonly string[];
  readonly items?: Schema;
}

/** Something of the form that a schema demands. */
function sample(schema: Schema, name: string): unknown {
  if (schema.properties) {
    return Object.fromEntries(
      Object.entries(schema.properties).map(([key, inner]) => [key, sample(inner, key)]),
    );
  }
  if (schema.items) return (schema.items.enum ?? [`some ${name}`, `more ${name}`]).slice(0, 4);
  if (schema.type === 'integer' || name === 'years_experience') return 12;
  return schema.enum?.[0] ?? `a ${name.replaceAll('_', ' ')} of 12 at the clinic`;
}

function schemaOf(request: ChatRequest): { name: string; schema: Schema } | undefined {
  return request.response_format?.['json_schema'] as { name: string; schema: Schema } | undefined; // what the client sent
}

test('with an endpoint one category that only gets prose is dropped, the others stand, and a second run sends nothing', async () => {
  await using server = await startLlmServer({
    answer(request) {
      const wanted = schemaOf(request);
      return wanted ? JSON.stringify(sample(wanted.schema, wanted.name)) : 'prose';
    },
    fault(index, request) {
      const name = schemaOf(request)?.name;
      if (name === 'time_constraints') return { kind: 'prose' };
      if (name === 'medical_philosophy') return { kind: 'fenced' };
      return name === 'conversation_rules' && index % 2 === 0 ? { kind: 'half-json' } : undefined;
    },
  });
  const out = join(await temporaryFolder(), 'out');
  const args = [
    'make',
    'personas',
    '--template',
    'pharma_sales',
    '--count',
    '2',
    '--out',
    out,
    '--provider',
    'openai',
  ];
  const endpoint = ['--base-url', server.baseUrl, '--model', 'stand-in'];
  const made = await runCli([...args, ...endpoint]);
  expect([made.code, made.stderr]).toEqual([0, expect.not.stringContaining('unexpected')]);
  const [persona] = JSON.parse(await readFile(join(out, 'personas.json'), 'utf8')) as Record<
    string,
    unknown
  >[];
  expect(persona?.['detail_categories_included']).not.toContain('time_constraints');
  expect(persona?.['detail_categories_included']).toContain('medical_philosophy');
  expect(persona?.['generation_metadata']).toMatchObject({ categories_dropped: ['time_constraints'] });
  const findings = await readFile(join(out, 'findings.jsonl'), 'utf8');
  expect(findings).toContain('category-dropped');

  const sent = server.requests.length;
  const before = await treeHashes(join(out, 'cards'));
  expect((await runCli([...args, ...endpoint])).code).toBe(0);
  expect(server.requests.length).toBe(sent);
  expect(await treeHashes(join(out, 'cards'))).toEqual(before);
});

test('a prompt that the model never gets right is rendered from the card, with a finding', async () => {
  await using server = await startLlmServer({ answer: () => 'You are somebody. Be nice.' });
  const folder = await temporaryFolder();
  await runCli(['make', 'personas', '--template', 'car_sales', '--out', join(folder, 'p')]);
  const out = join(folder, 'prompts');
  const endpoint = ['--provider', 'openai', '--base-url', server.baseUrl, '--model', 'stand-in'];
  const made = await runCli([
    'make',
    'prompts',
    '--card',
    join(folder, 'p/cards'),
    '--out',
    out,
    ...endpoint,
  ]);
  expect(made.code).toBe(0);
  const rows = (await readFile(join(out, 'prompts.jsonl'), 'utf8')).trim().split('\n');
  const full = JSON.parse(rows[2] ?? '') as { prompt: string; checks: { isPresent: boolean }[] };
  expect(full.prompt).toContain('Guardrails.');
  expect(full.prompt).not.toContain('ERROR');
  expect(full.checks.every(({ isPresent }) => isPresent)).toBe(true);
  expect(await readFile(join(out, 'findings.jsonl'), 'utf8')).toContain('prompt-rendered');
});

test.each([
  [['--template', 'farma_sales'], 'did you mean "pharma_sales"?'],
  [['--template', 'pharma_sales', '--persona-type', 'Dentist'], 'has no persona type "Dentist"'],
  [['--template', 'pharma_sales', '--locale', 'xx'], 'unknown locale "xx"'],
  [['--template', 'pharma_sales', '--count', '0'], '--count 0'],
  [['--template', 'pharma_sales', '--categories', 'nowhere.yaml'], 'nowhere.yaml: cannot read it'],
])('usage that cannot be meant leaves with 1: %j', async (args, message) => {
  const result = await runCli(['make', 'personas', ...args, '--out', join(await temporaryFolder(), 'x')]);
  expect([result.code, result.stderr]).toEqual([1, expect.stringContaining(message)]);
});

test('a detail category of your own is known, and filled', async () => {
  const folder = await temporaryFolder();
  const own = ['pet_context', 'garden_context', 'boat_context'].map((name) => ({
    name,
    description: `What there is to know of ${name}`,
    example_fields: ['name', 'age', 'habits', 'costs', 'who_cares'],
    when_relevant: 'When it matters',
  }));
  await writeFile(join(folder, 'categories.json'), JSON.stringify({ categories: own }));
  const args = ['make', 'personas', '--template', 'car_sales', '--out', join(folder, 'out')];
  const made = await runCli([...args, '--categories', join(folder, 'categories.json')]);
  expect(made.code).toBe(0);
  const [persona] = JSON.parse(await readFile(join(folder, 'out/personas.json'), 'utf8')) as Record<
    string,
    unknown
  >[];
  expect(persona?.['detail_categories_included']).toEqual(own.map(({ name }) => name));
});
