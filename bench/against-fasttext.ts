import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs, promisify } from 'node:util';

import { generateCorpus } from './generate-corpus.ts';

/**
 * TAG of one worker beside `fasttext predict` over the same generated rows (mean 900 bytes), in turn, in rows a second of one core:
 * `node --import ./scripts/register-ts.mjs bench/against-fasttext.ts --model model.bin`, after `npm run build`.
 * TAG reads, parses, featurises, runs both taggers and writes the sidecar; fastText gets its text laid out beforehand, lower-case,
 * one row a line, and its time to load the model is taken off.
 */
const { values } = parseArgs({
  options: {
    model: { type: 'string' },
    fasttext: { type: 'string', default: 'fasttext' },
    rows: { type: 'string', default: '200000' },
    rounds: { type: 'string', default: '3' },
  },
});
if (!values.model) throw new Error('--model: name a model that fasttext has trained');
const execute = promisify(execFile);
const rows = Number(values.rows);
const model = values.model;
const folder = await mkdtemp(join(tmpdir(), 'tag-datasets-fasttext-'));
try {
  const corpus = join(folder, 'corpus.jsonl');
  await generateCorpus({ rows, seed: 42, path: corpus, format: 'jsonl' });
  await writeLines(corpus, join(folder, 'rows.txt'));
  await writeFile(join(folder, 'one.txt'), 'one row\n');
  const figures: { readonly tag: number; readonly fasttext: number }[] = [];
  for (let round = 0; round < Number(values.rounds); round++)
    figures.push({ tag: await tagRate(corpus, round), fasttext: await fasttextRate() });
  const median = (name: 'tag' | 'fasttext'): number =>
    figures.map((one) => one[name]).toSorted((a, b) => a - b)[figures.length >> 1] ?? 0;
  const ratio = median('tag') / median('fasttext');
  process.stdout.write(
    `${JSON.stringify({ rows, figures, tag: median('tag'), fasttext: median('fasttext'), ratio }, null, 2)}\n`,
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function writeLines(corpus: string, path: string): Promise<void> {
  const file = await open(path, 'w');
  for await (const line of createInterface({ input: createReadStream(corpus) })) {
    const row = JSON.parse(line) as { instruction: string; input: string; output: string }; // our own generator
    const text = `${row.instruction} ${row.input} ${row.output}`.replaceAll(/\s+/gu, ' ').toLowerCase();
    await file.write(`${text}\n`);
  }
  await file.close();
}

/** Rows a second of the TAG stage with one worker. */
async function tagRate(corpus: string, round: number): Promise<number> {
  const out = join(folder, `run-${round}`);
  const { stdout } = await execute(
    process.execPath,
    [
      'dist/src/cli/bin.js',
      '--config=configs/bench.yaml',
      `--out=${out}`,
      '--workers=1',
      '--json',
      `--set=sources=[{name: generated, path: ${corpus}}]`,
    ],
    { maxBuffer: 64 << 20 },
  );
  await rm(out, { recursive: true });
  const { stages } = JSON.parse(stdout) as { stages: Record<string, { rows_per_second: number }> }; // our own --json
  return Math.round(stages['tag']?.rows_per_second ?? 0);
}

/** Rows a second of `fasttext predict`, which runs on one thread, without the time it needs for a single row. */
async function fasttextRate(): Promise<number> {
  const seconds = async (name: string): Promise<number> => {
    const started = performance.now();
    await execute(values.fasttext, ['predict', model, join(folder, name)], { maxBuffer: 1 << 30 });
    return (performance.now() - started) / 1000;
  };
  return Math.round(rows / ((await seconds('rows.txt')) - (await seconds('one.txt'))));
}
