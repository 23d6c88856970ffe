import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { configsFolder, loadTools } from '../../../src/cli/tools.ts';
import { TagDatasetsError } from '../../../src/core/errors.ts';
import { adjustedRand } from '../../../src/extract/cluster-quality.ts';
import { createContext } from '../../../src/run/context.ts';
import { extractPersonas, type ExtractParams } from '../../../src/run/extract/extract.ts';
import { describeEncoder, loadTaxonomy } from '../../../taggers/index.ts';
import { plantedConversations, type PlantedOptions } from '../../support/planted-export.ts';
import { writePlantedExport, writeZip } from '../../support/write-export.ts';

const planted: PlantedOptions = {
  kind: 'chatgpt',
  personas: 4,
  conversations: 40,
  userMessages: 200,
  messages: 480,
  seed: 3,
};

const taxonomy = await loadTaxonomy();
const tools = await loadTools({ persona: 'minilm-v1', traits: 'traits-v1' }, taxonomy);
const encoder = await describeEncoder(tools.personaTagger.folder, taxonomy);

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'extract-'));
  await writePlantedExport(join(folder, 'conversations.json'), planted);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function extract(path: string, out: string, more: Partial<ExtractParams> = {}) {
  const warnings: string[] = [];
  const messages: string[] = [];
  const context = createContext({
    clock: Date.now,
    emit(event) {
      if (event.type !== 'warning') return;
      warnings.push(event.code);
      messages.push(event.message);
    },
  });
  const result = await extractPersonas(
    {
      path: join(folder, path),
      out: join(folder, out),
      clusters: null,
      mode: '16GB',
      branches: 'active',
      refresh: false,
      seed: 42,
      workers: 1,
      tools,
      encoder,
      configs: configsFolder,
      ...more,
    },
    context,
  );
  return { result, warnings, messages, timings: context.timings };
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof TagDatasetsError) return error.code;
  throw new Error(`no error of ours: ${String(error)}`);
}

async function published(out: string): Promise<string[]> {
  const entries = await readdir(join(folder, out), { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(join(folder, out), join(entry.parentPath, entry.name)))
    .filter((name) => !name.startsWith('state'))
    .toSorted();
}

async function hashes(out: string): Promise<Record<string, string>> {
  const names = await published(out);
  const pairs = names.map(async (name): Promise<[string, string]> => {
    const content = await readFile(join(folder, out, name));
    return [name, createHash('sha256').update(content).digest('hex')];
  });
  return Object.fromEntries(await Promise.all(pairs));
}

async function rows(path: string): Promise<Record<string, unknown>[]> {
  const text = await readFile(join(folder, path), 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** Adjusted Rand index of the clusters and the personas that were planted. */
async function plantedAgreement(out: string, personas: readonly { readonly id: string }[]): Promise<number> {
  const names = ['architect', 'debugger', 'storyteller', 'strategist'];
  const truth: number[] = [];
  const found: number[] = [];
  for (const [cluster, { id }] of personas.entries()) {
    for (const row of await rows(`${out}/clusters/persona_${id}.jsonl`)) {
      found.push(cluster);
      truth.push(names.indexOf(String(row['id']).split('-')[0] ?? ''));
    }
  }
  return adjustedRand(found, truth);
}

test('planted personas are found, with every file of the contract', { timeout: 120_000 }, async () => {
  const { result, warnings } = await extract('conversations.json', 'one');
  expect(result.k).toBe(4);
  expect(warnings).toEqual([]);
  expect(await published('one')).toEqual(
    [
      ...result.personas.flatMap(({ id }) => [`cards/${id}.yaml`, `clusters/persona_${id}.jsonl`]),
      'clusters/cluster_analysis.json',
      'clusters/unclustered.jsonl',
      'extract.json',
      'extracted/all_messages.jsonl',
      'extracted/categorized_messages.jsonl',
      'extracted/replies.jsonl',
      'prompts/generated_prompts.json',
      'report.html',
    ].toSorted(),
  );
  expect(await plantedAgreement('one', result.personas)).toBeGreaterThanOrEqual(0.9);
  const clustered = result.personas.reduce((sum, { size }) => sum + size, 0);
  expect(clustered + result.unclustered).toBe(result.read.extracted);
  expect((await rows('one/extracted/replies.jsonl')).length).toBe(result.read.replies);
});

test('five seeds find the same four planted personas', { timeout: 180_000 }, async () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const { result } = await extract('conversations.json', 'seeds', { seed });
    expect([seed, result.k]).toEqual([seed, 4]);
    expect(await plantedAgreement('seeds', result.personas)).toBeGreaterThanOrEqual(0.9);
  }
});

test('a second run reuses every stage, and 2 workers give the same bytes', { timeout: 120_000 }, async () => {
  const before = await hashes('one');
  const again = await extract('conversations.json', 'one');
  expect(again.timings.every(({ units, reused }) => units === reused)).toBe(true);
  expect(await hashes('one')).toEqual(before);
  await extract('conversations.json', 'two', { workers: 2 });
  expect(await hashes('two')).toEqual(before);
});

test('cards that were changed stay, and are kept beside when made anew', { timeout: 120_000 }, async () => {
  const name = (await published('two')).find((path) => path.startsWith('cards/')) ?? '';
  const path = join(folder, 'two', name);
  await writeFile(path, `${await readFile(path, 'utf8')}# mine\n`);
  await extract('conversations.json', 'two');
  expect(await readFile(path, 'utf8')).toMatch(/# mine\n$/);
  const { warnings, messages } = await extract('conversations.json', 'two', { refresh: true });
  expect(warnings).toEqual(['edited-kept']);
  expect(messages).toEqual([`what you changed is kept beside as ${name}.edited`]);
  expect(await readFile(`${path}.edited`, 'utf8')).toMatch(/# mine\n$/);
  expect(await readFile(path, 'utf8')).not.toMatch(/# mine\n$/);
});

test('no key and no address becomes a term or a phrase', { timeout: 120_000 }, async () => {
  const key = ['AKIA', 'IOSFODNN7', 'EXAMPLQ'].join('');
  const text = JSON.stringify([...plantedConversations(planted)]).replaceAll(
    /(?<="user".{0,200}?"parts":\[")(?=[^"]{20})/g,
    `Deploy with ${key} please. Send it to jane.roe@acmecorp.com please. `,
  );
  await writeFile(join(folder, 'private.json'), text);
  const { result } = await extract('private.json', 'private');
  const said = await rows('private/extracted/all_messages.jsonl');
  expect(said.filter((row) => String(row['text']).includes(key)).length).toBeGreaterThan(100);
  const shown = (await published('private')).filter((name) => !/^(?:extracted|clusters\/.*jsonl)/.test(name));
  expect(shown.length).toBeGreaterThan(result.personas.length);
  for (const name of shown) {
    const shownText = await readFile(join(folder, 'private', name), 'utf8');
    expect(shownText, name).not.toMatch(new RegExp(`${key}|jane|acmecorp|with please|com please`, 'i'));
  }
  expect(JSON.stringify(result.personas)).toContain('deploy');
});

test('shards in a ZIP, a folder and Claude lines are read alike', { timeout: 120_000 }, async () => {
  const all = [...plantedConversations(planted)];
  const shards = {
    'export/conversations-000.json': JSON.stringify(all.slice(0, 20)),
    'export/conversations-001.json': JSON.stringify(all.slice(20)),
    'export/export_manifest.json': JSON.stringify({
      files: ['conversations-000.json', 'conversations-001.json'],
    }),
    'export/message_feedback.json': '[{"id":"conversation-0/0/0","rating":"thumbs_up"}]',
    'export/chat.html': '<html>',
  };
  await writeZip(join(folder, 'export.zip'), shards);
  const zipped = await extract('export.zip', 'zipped');
  const single = await readFile(join(folder, 'one', 'extracted', 'all_messages.jsonl'), 'utf8');
  expect(await readFile(join(folder, 'zipped', 'extracted', 'all_messages.jsonl'), 'utf8')).toBe(single);
  expect(zipped.result.k).toBe(4);
  const lines = { ...planted, kind: 'claude' } as const;
  await writePlantedExport(join(folder, 'conversations.jsonl'), lines);
  const claude = await extract('conversations.jsonl', 'claude');
  expect(claude.result.k).toBe(4);
  expect(claude.result.read.skipped).toEqual({});
});

test('a missing shard, a password and a broken ZIP are one sentence each', async () => {
  const text = JSON.stringify([
    ...plantedConversations({ ...planted, conversations: 2, userMessages: 4, messages: 8 }),
  ]);
  await writeZip(join(folder, 'missing.zip'), {
    'conversations-000.json': text,
    'export_manifest.json': '["conversations-000.json","conversations-001.json"]',
  });
  expect(await codeOf(extract('missing.zip', 'bad'))).toBe('export-shard-missing');
  await writeZip(join(folder, 'secret.zip'), { 'conversations.json': text }, { encrypted: true });
  expect(await codeOf(extract('secret.zip', 'bad'))).toBe('export-encrypted');
  const whole = await readFile(join(folder, 'missing.zip'));
  await writeFile(join(folder, 'cut.zip'), whole.subarray(0, whole.length - 40));
  expect(await codeOf(extract('cut.zip', 'bad'))).toBe('export-damaged');
  await writeZip(join(folder, 'other.zip'), { 'photos.json': '[]' });
  expect(await codeOf(extract('other.zip', 'bad'))).toBe('not-an-export');
  expect(await published('bad')).toEqual([]);
});

test('what is no export, empty, cut or too small leaves no result', async () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['prose.txt', 'Once upon a time', 'not-an-export'],
    ['rows.json', '[{"instruction":"a","output":"b"}]', 'not-an-export'],
    ['empty.json', '', 'not-an-export'],
    ['none.json', '[]', 'export-empty'],
    ['broken.json', '[{"mapping":{}},, {}]', 'export-broken'],
  ];
  for (const [name, content, code] of cases) {
    await writeFile(join(folder, name), content);
    expect(await codeOf(extract(name, 'bad')), name).toBe(code);
  }
  const whole = await readFile(join(folder, 'conversations.json'), 'utf8');
  await writeFile(join(folder, 'cut.json'), whole.slice(0, whole.length / 2));
  expect(await codeOf(extract('cut.json', 'bad'))).toBe('export-truncated');
  expect(await codeOf(extract('nowhere.json', 'bad'))).toBe('export-missing');
  expect(await published('bad')).toEqual([]);
  const [one] = plantedConversations({ ...planted, conversations: 1, userMessages: 5, messages: 10 });
  await writeFile(join(folder, 'one.json'), JSON.stringify([one]));
  expect(await codeOf(extract('one.json', 'small'))).toBe('too-few-messages');
  expect(await published('small')).not.toContain('extract.json');
});

test('a cut export leaves an earlier result as it was', { timeout: 60_000 }, async () => {
  const before = await hashes('one');
  expect(await codeOf(extract('cut.json', 'one'))).toBe('export-truncated');
  expect(await hashes('one')).toEqual(before);
});

test('one conversation is enough where it is long', { timeout: 60_000 }, async () => {
  await writePlantedExport(join(folder, 'single.json'), {
    ...planted,
    personas: 1,
    conversations: 1,
    userMessages: 40,
    messages: 90,
  });
  const { result } = await extract('single.json', 'single', { clusters: 2 });
  expect(result.read.conversations).toBe(1);
  expect(result.k).toBe(2);
  expect(result.personas[0]?.terms.length).toBeGreaterThan(0);
});

test(
  'broken conversations are skipped and counted, and other languages are told',
  { timeout: 60_000 },
  async () => {
    const conversations = [...plantedConversations(planted)].slice(0, 12);
    const german = {
      id: 'de',
      title: 'x',
      mapping: Object.fromEntries(
        Array.from({ length: 30 }, (_, i) => [
          `d${i}`,
          {
            parent: i === 0 ? null : `d${i - 1}`,
            message: {
              author: { role: 'user' },
              content: {
                content_type: 'text',
                parts: [`Ich möchte wissen, was das hier ist und warum, Nummer ${i}`],
              },
            },
          },
        ]),
      ),
      current_node: 'd29',
    };
    const list = [...conversations, { mapping: 3 }, 7, german, conversations[0]];
    await writeFile(join(folder, 'mixed.json'), JSON.stringify(list));
    const { result, warnings } = await extract('mixed.json', 'mixed');
    expect(result.read.conversationsSkipped).toEqual({ 'no-mapping': 1, 'not-an-object': 1, repeated: 1 });
    expect(warnings).toEqual(['conversations-skipped', 'languages-mixed']);
  },
);

test(
  'a broken line of JSON Lines costs one conversation, a cut last line is an error',
  { timeout: 60_000 },
  async () => {
    const lines = (await readFile(join(folder, 'conversations.jsonl'), 'utf8')).trimEnd().split('\n');
    lines[3] = (lines[3] ?? '').slice(0, 100);
    await mkdir(join(folder, 'unpacked'));
    await writeFile(join(folder, 'unpacked', 'conversations.jsonl'), `${lines.join('\n')}\n`);
    const { result } = await extract('unpacked', 'lines');
    expect(result.read.conversationsSkipped).toEqual({ 'broken-line': 1 });
    await writeFile(join(folder, 'cut.jsonl'), lines.join('\n').slice(0, -50));
    expect(await codeOf(extract('cut.jsonl', 'bad'))).toBe('export-truncated');
  },
);
