import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import type { LlmSettings } from '../../../src/llm/settings.ts';
import { createContext } from '../../../src/run/context.ts';
import { type MakeOutcome, type MakeParams, runMaker } from '../../../src/run/make/make-job.ts';
import type { Maker } from '../../../src/run/make/maker.ts';
import { textAsk } from '../../llm/setup.ts';
import { startLlmServer } from '../../support/llm-server.ts';
import { temporaryFolder, treeHashes } from '../../support/run-cli.ts';

/** One row a cell; a second round stands in for the cells of the first that came to nothing. */
function textMaker(cells: readonly string[]): Maker {
  return {
    name: 'texts',
    options: { cells },
    async make(job) {
      const ask = async (cell: string): Promise<string | null> => (await job.llm.ask(textAsk(cell))).value;
      const first = await job.each(cells, ask);
      const short = cells.filter((_, index) => first[index] === null);
      const second = short.length === 0 ? [] : await job.each(short, (cell) => ask(`${cell} again`));
      const rows = [...first, ...second].filter((row) => row !== null);
      return {
        files: rows.map((row, index) => ({ path: `row-${index}.txt`, content: row })),
        counts: { rows: rows.length },
        findings: [],
        missing: cells.length - rows.length,
      };
    },
  };
}

type Changes = Partial<Omit<MakeParams, 'llm'>> & { readonly llm?: Partial<LlmSettings> };

async function make(
  cells: readonly string[],
  place: { readonly out: string; readonly baseUrl: string },
  { llm = {}, ...changes }: Changes = {},
): Promise<MakeOutcome> {
  const effects = { emit: () => undefined, clock: () => 0, environment: {} };
  const params: MakeParams = {
    out: place.out,
    seed: 42,
    now: null,
    preview: null,
    dryRun: false,
    fresh: false,
    llm: {
      provider: 'openai',
      model: 'stand-in',
      baseUrl: place.baseUrl,
      keyVariable: null,
      timeoutMs: 5000,
      prices: null,
      budgetUsd: null,
      concurrency: 4,
      requestsPerMinute: null,
      tokensPerMinute: null,
      attempts: 3,
      bestOf: 1,
      ...llm,
    },
    ...changes,
  };
  return await runMaker(textMaker(cells), params, effects, createContext(effects));
}

test.each<[string, Changes, string]>([
  ['a key that is not set', { llm: { keyVariable: 'NO_SUCH_KEY' } }, 'llm-key-missing'],
  ['a budget without prices', { llm: { budgetUsd: 1 } }, 'llm-prices-missing'],
])('--fresh with %s deletes no reply', async (_, changes, code) => {
  await using server = await startLlmServer();
  const place = { out: join(await temporaryFolder(), 'out'), baseUrl: server.baseUrl };
  await make(['a', 'b'], place);
  const before = await treeHashes(place.out);
  await expect(make(['a', 'b'], place, { ...changes, fresh: true })).rejects.toMatchObject({ code });
  expect(await treeHashes(place.out)).toEqual(before);
  expect(await make(['a', 'b'], place, { fresh: true })).toMatchObject({ tally: { requests: 2, reused: 0 } });
});

test('--fresh keeps the recording that the replay provider answers from', async () => {
  await using server = await startLlmServer();
  const place = { out: join(await temporaryFolder(), 'out'), baseUrl: server.baseUrl };
  await make(['a', 'b'], place);
  const recording = join(place.out, 'state', 'llm.jsonl');
  const paid = await readFile(recording, 'utf8');
  const llm = { provider: 'replay', model: recording, baseUrl: null } as const;
  expect(await make(['a', 'b'], place, { llm, fresh: true })).toMatchObject({ tally: { accepted: 2 } });
  expect(await readFile(recording, 'utf8')).toBe(paid);
});

test('a preview leaves the record of what was made as it is', async () => {
  await using server = await startLlmServer();
  const place = { out: join(await temporaryFolder(), 'out'), baseUrl: server.baseUrl };
  await make(['a', 'b'], place);
  const before = await readFile(join(place.out, 'make.json'), 'utf8');
  expect(await make(['a', 'b'], place, { seed: 7, preview: 1 })).toMatchObject({ kind: 'preview' });
  expect(await readFile(join(place.out, 'make.json'), 'utf8')).toBe(before);
});

test('a dry run finds what is wrong with the settings and the folder, and writes nothing', async () => {
  const place = { out: await temporaryFolder(), baseUrl: 'http://127.0.0.1:9/v1' };
  await expect(make(['a'], place, { dryRun: true, llm: { budgetUsd: 1 } })).rejects.toMatchObject({
    code: 'llm-prices-missing',
  });
  expect(await readdir(place.out)).toEqual([]);
  await writeFile(join(place.out, 'make.json'), '{"maker": "meetings", "now": "2026-01-31T09:00:00.000Z"}');
  await expect(make(['a'], place, { dryRun: true })).rejects.toMatchObject({ code: 'make-other-maker' });
});

test('what the endpoint refuses for good is rejected, and the next round stands in for it', async () => {
  await using server = await startLlmServer({
    fault: (_index, { messages }) =>
      messages.at(-1)?.content.split('\n')[0] === 'b'
        ? { kind: 'status', status: 400, message: 'content policy' }
        : undefined,
  });
  const place = { out: join(await temporaryFolder(), 'out'), baseUrl: server.baseUrl };
  expect(await make(['a', 'b'], place)).toMatchObject({
    missing: 0,
    tally: { asked: 3, accepted: 2, rejected: 1, unanswered: 0 },
    findings: [{ code: 'llm-http-400', severity: 'error', place: 'b' }],
  });
});

test('no further round begins while asks are unanswered: the same command asks them again', async () => {
  let isDown = true;
  await using server = await startLlmServer({
    fault: (_index, { messages }) =>
      isDown && messages.at(-1)?.content.startsWith('b') ? { kind: 'status', status: 503 } : undefined,
  });
  const place = { out: join(await temporaryFolder(), 'out'), baseUrl: server.baseUrl };
  expect(await make(['a', 'b'], place)).toMatchObject({
    missing: 1,
    tally: { asked: 2, accepted: 1, unanswered: 1 },
  });
  isDown = false;
  expect(await make(['a', 'b'], place)).toMatchObject({
    missing: 0,
    tally: { asked: 2, accepted: 2, requests: 1, reused: 1 },
    spent: { replies: 2 },
  });
});

test('where nothing was answered the files of the earlier finish stay', async () => {
  let isDown = false;
  await using server = await startLlmServer({
    fault: () => (isDown ? { kind: 'status', status: 503 } : undefined),
  });
  const place = { out: join(await temporaryFolder(), 'out'), baseUrl: server.baseUrl };
  await make(['a', 'b'], place);
  const rows = await readFile(join(place.out, 'row-1.txt'), 'utf8');
  const record = async (): Promise<{ files: unknown }> =>
    JSON.parse(await readFile(join(place.out, 'make.json'), 'utf8')) as { files: unknown };
  const { files } = await record();
  isDown = true;
  expect(await make(['a', 'b'], place, { seed: 7 })).toMatchObject({
    files: [],
    tally: { accepted: 0, unanswered: 2 },
  });
  expect(await readFile(join(place.out, 'row-1.txt'), 'utf8')).toBe(rows);
  expect(await record()).toMatchObject({ seed: 7, state: 'incomplete', counts: { rows: 0 }, files });
  isDown = false;
  expect(await make(['a'], place, { seed: 7 })).toMatchObject({ files: ['row-0.txt'] });
  expect((await readdir(place.out)).filter((name) => name.endsWith('.txt'))).toEqual(['row-0.txt']);
});
