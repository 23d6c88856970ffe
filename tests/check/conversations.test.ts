import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';

import type { CheckOptions } from '../../src/run/check/check-kind.ts';
import { type Checked, checkPath } from '../../src/run/check/check-pass.ts';
import { runCli } from '../support/run-cli.ts';
import { loadShipped, shippedCards, shippedScenarios, templateConversations } from '../support/scenarios.ts';
import { loadTaxonomy } from '../../taggers/index.ts';

/** A record that tests may break. */
interface Loose {
  persona_id?: unknown;
  conversation_id?: unknown;
  scenario?: unknown;
  system_prompt?: unknown;
  turns?: { role?: unknown; text?: unknown; gap_ms?: unknown }[] | string;
}

let folder = '';
let options: CheckOptions;
let good: Loose[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tag-datasets-check-'));
  const all = templateConversations(await loadShipped());
  options = {
    real: null,
    review: null,
    cards: [shippedCards],
    scenarios: shippedScenarios,
    taxonomy: await loadTaxonomy(),
    configsFolder: join(shippedScenarios, '..', '..'),
    measures: false,
    embed: null,
    signal: undefined,
  };
  good = all.slice(0, 50) as unknown as Loose[];
});

async function check(name: string, content: string, kind = 'auto'): Promise<Checked> {
  const path = join(folder, name);
  await writeFile(path, content);
  return checkPath({ path, kind, out: null }, options);
}

const codesOf = ({ findings }: Checked, severity: string): string[] =>
  [...new Set(findings.filter((found) => found.severity === severity).map(({ code }) => code))].toSorted();

const turnsOf = (record: Loose | undefined): { role?: unknown; text?: unknown; gap_ms?: unknown }[] =>
  (record?.turns ?? []) as { role?: unknown; text?: unknown; gap_ms?: unknown }[];

const first = (records: Loose[]): Loose => records[0] ?? {};

/** What is broken, and the codes of errors that it must trip: no more and no fewer. */
const broken: Record<string, [(records: Loose[]) => unknown, string[]]> = {
  'a persona that is missing': [
    (r) => void delete first(r).persona_id,
    ['missing-persona-id', 'cell-missing', 'persona-count'],
  ],
  'an id that is missing': [(r) => void delete first(r).conversation_id, ['missing-conversation-id']],
  'a blank prompt': [(r) => void (first(r).system_prompt = ' '), ['missing-system-prompt']],
  'a scenario that is missing': [
    (r) => void delete first(r).scenario,
    ['missing-scenario', 'cell-missing', 'persona-count'],
  ],
  'no turns': [(r) => void delete first(r).turns, ['missing-turns']],
  'turns that are text': [(r) => void (first(r).turns = 'A: hi'), ['missing-turns']],
  'a prompt without its marks': [
    (r) => void (first(r).system_prompt = 'You are Alex.'),
    ['system-prompt-marks'],
  ],
  'an unknown role': [(r) => void (turnsOf(r[0])[3] = { role: 'assistant', text: 'Hi' }), ['role-unknown']],
  'a turn without text': [(r) => void delete turnsOf(r[0])[2]?.text, ['missing-text']],
  'a blank turn': [(r) => void (turnsOf(r[0])[1] = { role: 'user', text: ' \n' }), ['text-blank']],
  'the barista first': [(r) => void turnsOf(r[0]).unshift({ role: 'user', text: 'Coffee?' }), ['first-role']],
  'somebody twice': [(r) => void turnsOf(r[0]).splice(3, 1), ['roles-not-alternating']],
  'fourteen turns': [(r) => void (first(r).turns = turnsOf(r[0]).slice(0, 14)), ['turns-too-few']],
  'eleven turns': [(r) => void (first(r).turns = turnsOf(r[0]).slice(0, 11)), ['turns-below-floor']],
  'thirty-two turns': [
    (r) =>
      void (first(r).turns = [
        ...turnsOf(r[0]).slice(0, 14),
        ...turnsOf(r[1]).slice(0, 14),
        ...turnsOf(r[2]).slice(0, 4),
      ]),
    ['turns-too-many'],
  ],
  'a cell twice': [
    (r) => void (r[1] = { ...r[0], conversation_id: 'conv_0002' }),
    ['cell-missing', 'cell-twice'],
  ],
  'a persona with nine': [(r) => void r.splice(4, 1), ['cell-missing', 'persona-count']],
  'an id twice': [(r) => void ((r[1] ?? {}).conversation_id = 'conv_0001'), ['conversation-id-twice']],
  'an id of its own': [(r) => void (first(r).conversation_id = 'conv_1'), ['conversation-id-format']],
  'a pause out of range': [(r) => void ((turnsOf(r[0])[0] ?? {}).gap_ms = 5000), ['gap-outside-range']],
  'another subject': [
    (r) =>
      void (turnsOf(r[0])[5] = { role: 'user', text: 'Did you see what bitcoin did to my coffee money?' }),
    ['off-topic'],
  ],
  'no coffee at all': [
    (r) =>
      void (first(r).turns = turnsOf(r[0]).map(({ role }, i) => ({
        role,
        text: `Just fix it, then, ${i} times over.`,
      }))),
    ['off-topic'],
  ],
  'a chat that the card has no room for': [
    (r) => {
      for (const i of [3, 5])
        turnsOf(r[0])[i] = { role: 'user', text: 'My sister had a lovely weekend with the dog.' };
    },
    ['small-talk-too-much'],
  ],
  'a voice that is not hers': [
    (r) => {
      const nancy = r[12] ?? {};
      nancy.turns = turnsOf(nancy).map(({ role }, i) => ({
        role,
        text: role === 'agent' ? `The latte of cup ${i} goes on the tray.` : `Cup ${i} it is.`,
      }));
    },
    ['speech-pattern-missing'],
  ],
  'a refusal': [
    (r) => void (turnsOf(r[0])[4] = { role: 'agent', text: 'As an AI language model, I order no coffee.' }),
    ['refusal-text'],
  ],
  'a placeholder': [
    (r) => void (turnsOf(r[0])[4] = { role: 'agent', text: 'A {drink} for [NAME], please.' }),
    ['placeholder-text'],
  ],
  'a number as a record': [(r) => [7, ...r.slice(1)], ['cell-missing', 'persona-count', 'record-not-object']],
  'a document that breaks off': [(r) => JSON.stringify(r).slice(0, 9000), ['json-invalid']],
  'no list': [() => '{"conversations": []}', ['not-a-list']],
  'an empty list': [() => '[]', ['file-empty']],
};

/** Where nothing says what it is, the kind must be given. */
const nameless = ['no list', 'an empty list', 'a number as a record'];

describe('check of conversations', () => {
  test('finds nothing wrong with what the template provider makes, and leaves with 0', async () => {
    const path = join(folder, 'good.json');
    await writeFile(path, JSON.stringify(good, null, 2));
    const { code, stdout } = await runCli(['check', path, '--json']);
    expect([code, JSON.parse(stdout).findings]).toEqual([0, []]);
    expect(await readFile(join(folder, 'good.check', 'findings.jsonl'), 'utf8')).toBe('');
  });

  test.each(Object.entries(broken))('%s trips its own codes', async (name, [breakIt, codes]) => {
    const records = structuredClone(good);
    const content = breakIt(records) ?? records;
    const checked = await check(
      `${name.replaceAll(' ', '-')}.json`,
      typeof content === 'string' ? content : JSON.stringify(content, null, 2),
      nameless.includes(name) ? 'conversations' : 'auto',
    );
    expect([checked.kind, codesOf(checked, 'error')]).toEqual(['conversations', codes.toSorted()]);
  });

  test('the first index of two equal neighbours is named', async () => {
    const records = structuredClone(good);
    turnsOf(records[0]).splice(3, 1);
    const { findings } = await check('neighbours.json', JSON.stringify(records));
    expect(findings).toContainEqual({
      code: 'roles-not-alternating',
      severity: 'error',
      place: 'conv_0001 turn 3',
      message: '"agent" speaks twice in a row; this is the first such turn.',
    });
  });

  test('above thirty turns there is a warning besides, and JSON Lines are read line by line', async () => {
    const records = structuredClone(good);
    const [a, b, c] = records.map((record) => turnsOf(record));
    first(records).turns = [...(a ?? []).slice(0, 14), ...(b ?? []).slice(0, 14), ...(c ?? []).slice(0, 4)];
    const lines = [...records.map((record) => JSON.stringify(record)), '{"broken":'];
    const checked = await check('lines.jsonl', lines.join('\n'));
    expect(codesOf(checked, 'error')).toEqual(['json-invalid', 'turns-too-many']);
    expect(codesOf(checked, 'warning')).toContain('turns-above-thirty');
    expect(checked.findings[0]?.place).toBe('lines.jsonl line 51');
  });

  test('a persona without a card is told, and its other rules hold all the same', async () => {
    const records = structuredClone(good).map((record) => ({
      ...record,
      persona_id: `other_${String(record.persona_id)}`,
    }));
    const checked = await check('others.json', JSON.stringify(records));
    expect([codesOf(checked, 'error'), codesOf(checked, 'warning')]).toEqual([[], ['persona-unknown']]);
  });

  test('the summary names kind, counts and codes, where all findings stand, and leaves with 2', async () => {
    const records = structuredClone(good);
    records.splice(4, 1);
    const path = join(folder, 'summary.json');
    await writeFile(path, JSON.stringify(records));
    const { code, stdout, stderr } = await runCli(['check', path]);
    expect(code).toBe(2);
    expect(stdout).toContain('conversations: 49 records, 49 conversations, 5 personas, 10 scenarios');
    expect(stdout).toContain(
      'cell-missing  persona_001: It has no conversation of the scenario "Regular visit',
    );
    expect(stdout).toContain(join(folder, 'summary.check', 'findings.jsonl'));
    expect(stderr).toContain('2 errors in');
  });
});

describe('check of rows', () => {
  const rows = (...outputs: string[]): string =>
    outputs
      .map((output) => JSON.stringify({ instruction: 'How do I boil an egg?', input: '', output }))
      .join('\n');

  test.each([
    ['a refusal', 'I am sorry, but as an AI language model I cannot boil.', 'refusal-text'],
    ['a placeholder', '[INSERT ANSWER HERE]', 'placeholder-target'],
    ['a blank answer', '   ', 'answer-empty'],
  ])('%s is an error of its own', async (name, output, code) => {
    const checked = await check(
      `${name.replaceAll(' ', '-')}.jsonl`,
      rows('Seven minutes in boiling water.', output),
    );
    expect([checked.kind, checked.counts, codesOf(checked, 'error')]).toEqual(['rows', { rows: 2 }, [code]]);
  });

  test('code with braces, brackets and the word TODO is no placeholder', async () => {
    const code =
      'Use this:\n```js\nconst a = {b: [1, 2]}; // TODO later\nconsole.log(`${a}`);\n```\nIt prints an object, and the comment says what is left to do.';
    expect((await check('code.jsonl', rows(code))).errors).toBe(0);
  });

  test('the same words over and over are told', async () => {
    const loop = await check(
      'loop.jsonl',
      rows('I do not know it. '.repeat(20).replaceAll('do not know it', 'really cannot say')),
    );
    expect(codesOf(loop, 'warning')).toEqual(['answer-loops']);
  });

  test('a file that is no data is a finding, and a kind that is not known an error of usage', async () => {
    const checked = await check('noise.jsonl', 'neither this nor that');
    expect(checked.kind).toBe('rows');
    expect(checked.errors).toBeGreaterThan(0);
    await expect(check('x.jsonl', rows('a'), 'meeting')).rejects.toMatchObject({
      code: 'check-kind-unknown',
    });
  });
});

test('cards are recognised, and checked by their own rules', async () => {
  const checked = await checkPath({ path: shippedCards, kind: 'auto', out: join(folder, 'cards') }, options);
  expect([checked.kind, checked.counts, checked.errors]).toEqual(['cards', { cards: 20 }, 0]);
});
