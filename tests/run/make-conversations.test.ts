import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asyncBufferFromFile } from 'hyparquet/src/node.js';
import { parquetReadObjects } from 'hyparquet';
import { beforeAll, describe, expect, test } from 'vitest';

import type { Conversation } from '../../src/core/conversation.ts';
import type { Answer, Ask, Llm } from '../../src/llm/ask.ts';
import { conversationsMaker } from '../../src/run/make/conversations.ts';
import type { MakeJob } from '../../src/run/make/maker.ts';
import { seededRandom } from '../../src/lib/seeded-random.ts';
import { runCli, treeHashes } from '../support/run-cli.ts';
import { loadShipped, type Shipped } from '../support/scenarios.ts';

let folder = '';
let shipped: Shipped;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tag-datasets-conversations-'));
  shipped = await loadShipped();
});

const read = async (path: string): Promise<Conversation[]> => JSON.parse(await readFile(path, 'utf8'));

describe('make conversations', () => {
  test('makes every cell once in three files that say the same, tells each one, and check finds nothing', async () => {
    const out = join(folder, 'all');
    const made = await runCli(['make', 'conversations', '--out', out, '--now', '2026-01-31T09:00:00Z']);
    expect([made.code, made.stdout]).toEqual([0, expect.stringContaining('200 conversations, 20 personas')]);
    const lines = made.stderr.split('\n').filter((line) => / conversation \d+\/10$/.test(line));
    expect([lines.length, new Set(lines).size]).toEqual([200, 200]);
    expect(lines).toContain('persona_001 conversation 3/10');
    expect(made.stderr).toContain('identifiability ');

    const json = await read(join(out, 'training_conversations.json'));
    const jsonl = (await readFile(join(out, 'training_conversations.jsonl'), 'utf8')).trim().split('\n');
    expect(jsonl.map((line) => JSON.parse(line))).toEqual(json);
    const parquet = await parquetReadObjects({
      file: await asyncBufferFromFile(join(out, 'training_conversations.parquet')),
    });
    expect(parquet.map((row) => JSON.stringify(row).replaceAll(',"gap_ms":null', ''))).toEqual(jsonl);
    expect(Object.keys(json[0] ?? {})).toEqual([
      'persona_id',
      'conversation_id',
      'scenario',
      'system_prompt',
      'turns',
      'provenance',
      '_synthetic',
    ]);
    expect(json.map(({ conversation_id: id }) => id)).toEqual(
      Array.from({ length: 200 }, (_one, i) => `conv_${String(i + 1).padStart(4, '0')}`),
    );
    expect(new Set(json.map(({ persona_id: persona, scenario }) => `${persona} ${scenario}`)).size).toBe(200);
    expect(json[0]).toMatchObject({
      provenance: { provider: 'template', model: 'template' },
      _synthetic: true,
    });
    const checked = await runCli(['check', out, '--json', '--no-measures']);
    expect([checked.code, JSON.parse(checked.stdout)]).toEqual([
      0,
      expect.objectContaining({ errors: 0, kind: 'conversations' }),
    ]);
  });

  test('is the same bytes when made again, with more at once, and the trial is its beginning', async () => {
    const out = join(folder, 'all');
    const before = await treeHashes(out);
    const again = join(folder, 'again');
    await runCli([
      'make',
      'conversations',
      '--out',
      again,
      '--concurrency',
      '1',
      '--now',
      '2026-01-31T09:00:00Z',
    ]);
    await rm(join(out, 'check'), { recursive: true, force: true });
    const { ['check/findings.jsonl']: _checked, ...made } = before;
    expect(await treeHashes(again)).toEqual(made);
    const trial = join(folder, 'trial');
    const result = await runCli(['make', 'conversations', '--out', trial, '--personas', '5']);
    expect(result.stdout).toContain('50 conversations, 5 personas');
    expect(await read(join(trial, 'training_conversations.json'))).toEqual(
      (await read(join(out, 'training_conversations.json'))).slice(0, 50),
    );
  });

  test('check measures the trial, and tells what nearly repeats another conversation or a real row', async () => {
    const measured = JSON.parse((await runCli(['check', join(folder, 'trial'), '--json'])).stdout).measures;
    const figures = Object.fromEntries(
      measured.flatMap((group: { measures: { name: string; value: number }[] }) =>
        group.measures.map(({ name, value }) => [name, value]),
      ),
    );
    expect(figures.identifiability).toBeGreaterThan(0.8);
    expect(figures.identifiability_chance).toBe(0.2);
    expect(figures.vendi_score).toBeGreaterThan(1);
    expect(figures.vendi_score).toBeLessThan(50);
    expect(figures.contradictions).toBe(0);

    const copies = join(folder, 'copies');
    await cp(join(folder, 'trial'), copies, { recursive: true });
    const path = join(copies, 'training_conversations.json');
    const made = await read(path);
    const [first, second] = made;
    if (!first || !second) throw new TypeError('no conversations');
    await writeFile(path, JSON.stringify([first, { ...second, turns: first.turns }, ...made.slice(2)]));
    const alone = JSON.parse((await runCli(['check', copies, '--json', '--no-measures'])).stdout);
    expect(alone.findings).toContainEqual(
      expect.objectContaining({
        code: 'near-duplicate',
        place: 'conv_0002',
        message: 'It nearly repeats conv_0001.',
      }),
    );
    const real = join(folder, 'real.jsonl');
    const turns = made[7]?.turns.map(({ role, text }) => ({
      role: role === 'agent' ? 'assistant' : 'user',
      content: text,
    }));
    await writeFile(real, JSON.stringify({ messages: turns }));
    const beside = await runCli(['check', join(folder, 'trial'), '--real', real, '--json', '--no-measures']);
    expect(beside.code).toBe(2);
    expect(JSON.parse(beside.stdout).findings).toEqual([
      expect.objectContaining({ code: 'near-duplicate-real', place: 'conv_0008' }),
    ]);
  });

  test.each([
    [['--personas', '21'], 'there are only 20 cards'],
    [['--scenarios', 'nowhere.yaml'], 'nowhere.yaml'],
  ])('%s is one sentence, before anything is made', async (options, message) => {
    const result = await runCli(['make', 'conversations', '--out', join(folder, 'never'), ...options]);
    expect([result.code, result.stderr]).toEqual([1, expect.stringContaining(message)]);
  });
});

/** A job without files around it: `answer` is what the model says. */
function jobOf(answer: (ask: Ask<unknown>) => unknown): MakeJob {
  const llm: Llm = {
    ask<T>(ask: Ask<T>): Promise<Answer<T>> {
      const accepted = ask.accept(answer(ask));
      const provenance = { provider: 'test', model: 'test', prompt_hash: '0', attempt: 1 };
      const value = 'value' in accepted ? accepted.value : null;
      return Promise.resolve({ cell: ask.cell, value, findings: accepted.findings ?? [], provenance });
    },
  };
  return {
    llm,
    seed: 42,
    now: '2026-01-31T09:00:00.000Z',
    signal: undefined,
    isTrial: false,
    each: (cells, make) => Promise.all(cells.map(make)),
  };
}

describe('the maker', () => {
  const makerOf = (level: 'standard' | 'mixed' = 'standard'): ReturnType<typeof conversationsMaker> =>
    conversationsMaker({ ...shipped, personas: 2, level });
  const conversationsIn = (files: readonly { path: string; content: unknown }[]): Conversation[] =>
    JSON.parse(String(files.find(({ path }) => path === 'training_conversations.json')?.content));

  test('leaves out cells without an accepted answer, says how many, and what is missing in the grid', async () => {
    const good = (ask: Ask<unknown>): unknown => ask.template(seededRandom(ask.cell));
    const made = await makerOf().make(
      jobOf((ask) => (ask.cell === 'persona_001/03' ? 'I would rather not.' : good(ask))),
    );
    expect([made.counts['conversations'], made.missing]).toEqual([19, 1]);
    expect(made.findings.map(({ code, place }) => [code, place])).toEqual(
      expect.arrayContaining([
        ['cell-missing', 'persona_001'],
        ['persona-count', 'persona_001'],
      ]),
    );
    expect(conversationsIn(made.files).map(({ conversation_id: id }) => id)).not.toContain('conv_0003');
  });

  test('what a model says of ids, prompts and pauses is overridden', async () => {
    const made = await makerOf().make(
      jobOf((ask) => {
        const { turns } = ask.template(seededRandom(ask.cell)) as { turns: object[] };
        return {
          conversation_id: 'conv_9999',
          system_prompt: 'I am in charge',
          turns: turns.map((turn) => ({ ...turn, gap_ms: 9e9 })),
        };
      }),
    );
    const conversations = conversationsIn(made.files);
    expect(made.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(conversations[0]).toMatchObject({ conversation_id: 'conv_0001' });
    expect(conversations[0]?.system_prompt).toMatch(/^<system> You are Angry Alex\. /);
    const gaps = conversations
      .slice(0, 10)
      .flatMap(({ turns }) => turns.flatMap(({ gap_ms: gap }) => gap ?? []));
    expect([Math.min(...gaps) >= 80, Math.max(...gaps) <= 240, new Set(gaps).size > 5]).toEqual([
      true,
      true,
      true,
    ]);
  });

  test('mixed levels give prompts of three lengths to every persona', async () => {
    const made = await makerOf('mixed').make(jobOf((ask) => ask.template(seededRandom(ask.cell))));
    const prompts = conversationsIn(made.files)
      .slice(0, 10)
      .map(({ system_prompt: prompt }) => prompt);
    expect(prompts.filter((prompt) => prompt.includes('How you speak')).length).toBeGreaterThanOrEqual(3);
    expect(prompts.filter((prompt) => !prompt.includes('Frequent customer')).length).toBeGreaterThanOrEqual(
      3,
    );
  });
});
