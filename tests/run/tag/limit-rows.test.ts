import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';

import type { InputFile, Unit } from '../../../src/core/unit.ts';
import { listHubFiles } from '../../../src/hub/list-dataset.ts';
import { scanStep } from '../../../src/run/scan/scan-step.ts';
import { takesUnderLimit } from '../../../src/run/tag/limit-rows.ts';
import { listFiles } from '../../../src/source/list-files.ts';
import { startHubServer } from '../../support/hub-server.ts';
import { runCli, temporaryFolder } from '../../support/run-cli.ts';

let folder = '';

/** Lines of `rows` records, no two alike. */
function jsonLines(rows: number, record: (row: number) => object): string {
  return Array.from({ length: rows }, (_, row) => `${JSON.stringify(record(row))}\n`).join('');
}

const pairs = (name: string, rows: number): string =>
  jsonLines(rows, (row) => ({
    instruction: `Tell me of number ${row} of ${name}.`,
    output: `Number ${row} of ${name} is as good as any other.`,
  }));

/** Two dialogues of four utterances. */
const utterances = jsonLines(8, (row) => ({
  dialogue_id: row < 4 ? 'one' : 'two',
  speaker: row % 2 === 0 ? 'user' : 'assistant',
  utterance: `Utterance ${row}, which is long enough to be kept.`,
}));

const repo = { 'a.jsonl': pairs('a', 50), 'b.jsonl': pairs('b', 50), 'c.jsonl': pairs('c', 50) };

beforeAll(async () => {
  folder = await temporaryFolder();
  await writeFile(join(folder, 'utt.jsonl'), utterances);
  await writeFile(join(folder, 'six.jsonl'), pairs('six', 6));
});

async function unitsOf(files: readonly InputFile[], unitBytes: number): Promise<Unit[]> {
  const scans = await Promise.all(
    files.map((file) => scanStep({ kind: 'scan', file, options: { unitBytes } })),
  );
  return scans.flatMap(({ units }) => units);
}

test('rows that the scan counted are not read, and units behind the limit are left out', async () => {
  const { files } = await listFiles({ source: 's', paths: ['six.jsonl', 'six.jsonl'], baseDir: folder });
  const [six] = await unitsOf(files, 4096);
  if (!six) throw new Error('no unit');
  const gone = { ...six, file: { ...six.file, location: { kind: 'file', path: '/nowhere' } } } as const;
  const takes = (limit: number | null) => takesUnderLimit([gone, gone, gone], limit, undefined);
  expect(await takes(null)).toEqual([null, null, null]);
  expect(await takes(4)).toEqual([4]);
  expect(await takes(6)).toEqual([null]);
  expect(await takes(8)).toEqual([null, 2]);
  expect(await takes(100)).toEqual([null, null, null]);
});

test('a dialogue of several records is one row of the limit', async () => {
  const { files } = await listFiles({ source: 's', paths: ['utt.jsonl'], baseDir: folder });
  const { files: others } = await listFiles({ source: 't', paths: ['six.jsonl'], baseDir: folder });
  const units = await unitsOf([...files, ...others], 4096);
  expect(await takesUnderLimit(units, 1, undefined)).toEqual([1]);
  expect(await takesUnderLimit(units, 2, undefined)).toEqual([null]);
  expect(await takesUnderLimit(units, 5, undefined)).toEqual([null, 3]);
});

test('units of the Hub, whose rows nobody has counted, keep to the limit together', async () => {
  await using hub = await startHubServer({ repos: { 'someone/chat': { files: repo } } });
  const { files } = await listHubFiles(
    { source: 's', repo: 'someone/chat', revision: undefined, paths: undefined },
    { environment: { HF_ENDPOINT: hub.endpoint } },
  );
  expect(await takesUnderLimit(await unitsOf(files, 1 << 20), 5, undefined)).toEqual([5]);
  expect(await takesUnderLimit(await unitsOf(files, 1 << 20), 120, undefined)).toEqual([null, null, 20]);
  const cut = await takesUnderLimit(await unitsOf(files, 2048), 120, undefined);
  expect(cut.slice(0, -1).every((take) => take === null)).toBe(true);
  expect(cut.length).toBeGreaterThan(3);
});

test('a run reads as many rows as its limit says', async () => {
  await using hub = await startHubServer({ repos: { 'someone/chat': { files: repo } } });
  const config = join(folder, 'config.yaml');
  await writeFile(
    config,
    `sources:
  - {name: talk, path: utt.jsonl, licence: mit}
  - {name: chat, hub: someone/chat, licence: mit}
  - {name: six, path: six.jsonl, licence: mit}
run: {unit_bytes: 2KiB}
`,
  );
  const args = ['--config', config, '--out', join(folder, 'out'), '--limit', '70', '--json'];
  const { code, stdout, stderr } = await runCli(args, { env: { HF_ENDPOINT: hub.endpoint } });
  expect([code, stderr]).toEqual([0, expect.not.stringContaining('unexpected')]);
  expect(JSON.parse(stdout)).toMatchObject({ rows: 70, quarantined: 0 });
  const { config: used } = JSON.parse(await readFile(join(folder, 'out', 'run.json'), 'utf8'));
  expect(used.run.limit).toBe(70);
});
