import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { beforeAll, expect, test } from 'vitest';

import { runCli, temporaryFolder } from '../support/run-cli.ts';

let folder = '';
let recorded = '';

const manners: Readonly<Record<string, (topic: string) => string>> = {
  code_expert: (topic) =>
    `\`\`\`python\ndef solve(items):\n    # ${topic}\n    return sorted(items)\n\`\`\`\nRuns in O(n log n).`,
  empathetic_counselor: (topic) =>
    `That sounds really hard, and it makes sense that you feel this way about ${topic}. You are not alone with it. What would help you most right now? I'm here with you.`,
  creative_storyteller: (topic) =>
    `Once, under a copper moon, a small fox carried ${topic} through the whispering pines.`,
};
const topics = [
  'a slow laptop',
  'the piano',
  'a broken bridge',
  'saving money',
  'the garden',
  'a long letter',
];

beforeAll(async () => {
  folder = await temporaryFolder();
  recorded = join(folder, 'answers.jsonl');
  const lines = topics.flatMap((prompt) =>
    Object.entries(manners).map(([persona, speak]) =>
      JSON.stringify({ persona, prompt, answer: speak(prompt) }),
    ),
  );
  await writeFile(recorded, lines.join('\n'));
});

test('recorded answers of different manners are told apart, in text and as JSON', async () => {
  const { stdout, code } = await runCli(['eval', '--persona', '--answers', recorded, '--json']);
  expect(code).toBe(0);
  const result = JSON.parse(stdout);
  expect(result).toMatchObject({ answers: 18, prompts: 6, tagger: 'persona-v1', encoder: 'minilm-v1' });
  expect(result.separability).toMatchObject({ crossed: true, accuracy: 1, p_value: 0.005 });
  expect(result.tagger_accuracy_among).toBeGreaterThan(0.8);
  const counselor = result.personas.find(({ id }: { id: string }) => id === 'empathetic_counselor');
  expect(counselor).toMatchObject({ wanted: ['supportive'], answers: 6 });
  expect(counselor.agreement).toBeGreaterThan(counselor.others);
  const table = await runCli(['eval', '--persona', '--answers', recorded]);
  expect(table.stdout).toMatch(/^ {2}code_expert +6 /m);
});

test('the same answers with exchanged personas are at chance', async () => {
  const names = Object.keys(manners);
  const path = join(folder, 'exchanged.jsonl');
  const lines = (await readFile(recorded, 'utf8')).split('\n').map((line, i) => {
    const row = JSON.parse(line) as Record<string, unknown>;
    // each manner falls to each persona twice
    return JSON.stringify({ ...row, persona: names[(i + Math.floor(i / 3)) % 3] });
  });
  await writeFile(path, lines.join('\n'));
  const result = JSON.parse((await runCli(['eval', '--persona', '--answers', path, '--json'])).stdout);
  expect(result.separability.separability).toBeLessThan(0.2);
  expect(result.separability.p_value).toBeGreaterThan(0.05);
  expect(result.tagger_accuracy_among).toBeCloseTo(1 / 3, 1);
});

test('an endpoint is asked with the control token of each persona, and its answers are kept', async () => {
  const seen: { role: string; content: string }[][] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const { messages } = JSON.parse(body) as { messages: { role: string; content: string }[] };
      seen.push(messages);
      const [, persona = '', prompt = ''] =
        /^<persona:(\w+)>\n(.*)/s.exec(messages.at(-1)?.content ?? '') ?? [];
      const content =
        manners[persona]?.(prompt) ?? `Let us think about ${prompt} step by step, and weigh both sides.`;
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({
          id: 'x',
          object: 'chat.completion',
          choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content } }],
          usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
        }),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const out = join(folder, 'asked');
  const args = [
    'eval',
    '--persona',
    '--base-url',
    `http://127.0.0.1:${port}/v1`,
    '--model',
    'm',
    '--out',
    out,
    '--json',
  ];
  const first = await runCli(args);
  expect(first.stderr).not.toMatch(/error/i);
  const result = JSON.parse(first.stdout);
  expect(result).toMatchObject({ answers: 25, prompts: 5 });
  expect(seen).toHaveLength(25);
  expect(seen.every((messages) => /^<persona:\w+>\n/.test(messages.at(-1)?.content ?? ''))).toBe(true);
  const again = await runCli(args);
  expect(seen).toHaveLength(25);
  expect(again.stdout).toBe(first.stdout);
  server.close();
  const answers = (await readFile(join(out, 'answers.jsonl'), 'utf8')).trim().split('\n');
  expect(JSON.parse(answers[0] ?? '')).toMatchObject({
    _synthetic: true,
    provenance: { provider: 'openai', model: 'm' },
  });
});

test.each([
  [[], 'name an endpoint (--base-url or --profile), or recorded --answers'],
  [['poet'], 'unknown persona "poet"'],
  [['--answers', 'no-such-file.jsonl'], 'no such file of answers'],
  [
    ['--answers', 'x.jsonl', '--model', 'm'],
    '--model says how a model is asked, but --answers are recorded ones',
  ],
  [
    ['--answers', 'x.jsonl', '--budget-usd', '1'],
    '--budget-usd says how a model is asked, but --answers are recorded ones',
  ],
  [['--tagger', 'a', '--tagger', 'b'], '--tagger: eval --persona judges by one'],
])('eval --persona %j says what is missing', async (args, message) => {
  const { code, stderr } = await runCli(['eval', '--persona', ...args]);
  expect(stderr).toContain(message);
  expect(code).toBe(1);
});

test.each([
  [
    ['--persona', '--answers', 'x.jsonl', '--against', 'persona-v1'],
    '--against belongs to eval --data, not to eval --persona',
  ],
  [
    ['--data', 'x.jsonl', '--base-url', 'http://127.0.0.1:1'],
    '--base-url belongs to eval --persona, not to eval --data',
  ],
  [['--data', 'x.jsonl', '--budget-usd', '1'], '--budget-usd belongs to eval --persona, not to eval --data'],
  [['--data', 'x.jsonl', '--labels', 'y.jsonl'], '--labels belongs to eval --gate, not to eval --data'],
  [
    ['--gate', 'tiers', '--data', 'x.jsonl', '--against', 'mine'],
    '--against belongs to eval --data, not to eval --gate',
  ],
])('eval %j names the option that it would pass over', async (args, message) => {
  const { code, stderr } = await runCli(['eval', ...args]);
  expect([code, stderr]).toEqual([1, expect.stringContaining(message)]);
});

test('of recorded answers any persona that they hold can be chosen, and no other', async () => {
  const path = join(folder, 'chosen.jsonl');
  const more = topics.map((prompt) =>
    JSON.stringify({
      persona: 'math_tutor',
      prompt,
      answer: `First we count what ${prompt} costs, then add.`,
    }),
  );
  await writeFile(path, `${await readFile(recorded, 'utf8')}\n${more.join('\n')}`);
  const args = ['eval', '--persona', 'code_expert', 'math_tutor', '--answers', path, '--json'];
  const { stdout, stderr } = await runCli(args);
  expect(stderr).toBe('');
  expect(JSON.parse(stdout).personas.map(({ id }: { id: string }) => id)).toEqual([
    'code_expert',
    'math_tutor',
  ]);
  const unknown = await runCli(['eval', '--persona', 'math_tuter', '--answers', path]);
  expect(unknown.stderr).toContain(`${path}: no answers of "math_tuter"; did you mean "math_tutor"?`);
  expect(unknown.code).toBe(1);
});

test('one answer a persona, behind a byte-order mark: what cannot be measured is a dash', async () => {
  const path = join(folder, 'single.jsonl');
  const lines = (await readFile(recorded, 'utf8')).split('\n').slice(0, 2);
  await writeFile(path, `\uFEFF${lines.join('\r\n')}\r\n`);
  const { code, stdout, stderr } = await runCli(['eval', '--persona', '--answers', path]);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toContain('no persona gave two answers to compare: ask several prompts');
  expect(stdout).toMatch(/^ {2}separability +–$/m);
  expect(stdout).toMatch(/^ {2}nearest persona right +–$/m);
  expect(stdout).toMatch(/^ {2}distance within \/ between +– \/ –$/m);
});

test('a damaged line of answers is named', async () => {
  const path = join(folder, 'damaged.jsonl');
  await writeFile(
    path,
    '{"persona": "code_expert", "prompt": "x", "answer": "y"}\n{"persona": "code_expert", "prompt": "x"}\n',
  );
  const { code, stderr } = await runCli(['eval', '--persona', '--answers', path]);
  expect(stderr).toContain(`${path}:2: no "answer"`);
  expect(code).toBe(2);
});

test('eval without rows and without --persona says what it needs', async () => {
  const { code, stderr } = await runCli(['eval']);
  expect(code).toBe(1);
  expect(stderr).toContain('name labelled rows with --data, or ask for --persona');
});
