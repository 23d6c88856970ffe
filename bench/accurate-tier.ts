import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { InferenceSession, Tensor } from 'onnxruntime-node';

import type { Row } from '../src/core/row.ts';
import type { TextBatch } from '../src/core/tagger.ts';
import { listFiles } from '../src/source/list-files.ts';
import { openBytes } from '../src/source/open-bytes.ts';
import { readUnit } from '../src/source/read-unit.ts';
import { scanFile } from '../src/source/scan-file.ts';
import { RowEncoder } from '../src/tag/encode.ts';
import { loadTaxonomy, openTagger, taggersRoot } from '../taggers/index.ts';
import { encodeRow, type EncodedRow, openTokenizer } from '../taggers/token-rows.ts';

/**
 * The accurate tier on one core beside a bare loop over the same model with the token ids made before:
 * `node --import ./scripts/register-ts.mjs bench/accurate-tier.ts --data rows.jsonl.gz`.
 * Rows of exactly 128 tokens, then rows as they come. They take turns every 20 rows; medians of wall and CPU time over the rounds.
 */
const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    tagger: { type: 'string', default: 'minilm-v1' },
    rows: { type: 'string', default: '100' },
    rounds: { type: 'string', default: '5' },
  },
});
if (!values.data) throw new Error('--data: name a file of rows');
const maximumTokens = 128;
/** Rows after which the loops change turns: a fifth of a second, so that a slow second of the machine falls on all of them. */
const turnRows = 20;
const wanted = Number(values.rows);
const folder = join(taggersRoot, values.tagger);
const tokenizer = await openTokenizer(join(folder, 'tokenizer.json'));
await using tagger = await openTagger(folder, await loadTaxonomy());
const bare = await InferenceSession.create(join(folder, 'model.onnx'), {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
});
const chosen = await chooseRows(values.data);
await compare(`rows of ${maximumTokens} tokens`, chosen.full);
await compare('rows as they come', chosen.natural);
await bare.release();

async function chooseRows(path: string): Promise<{ full: Row[]; natural: Row[] }> {
  const { files } = await listFiles({ source: basename(path), paths: [resolve(path)], baseDir: '/' });
  const full: Row[] = [];
  const natural: Row[] = [];
  const encoder = new RowEncoder();
  for (const file of files) {
    const { units } = await scanFile({ file, options: { unitBytes: 4 * 2 ** 20 } }, { openBytes });
    for (const unit of units) {
      for await (const batch of readUnit(unit, { keepExtra: false, openBytes })) {
        const rows = batch.flatMap((entry) => ('value' in entry ? [entry.value] : []));
        const { text } = encoder.encode(rows);
        for (const [i, row] of rows.entries()) {
          if (natural.length < wanted) natural.push(row);
          if (full.length < wanted && tokensOf(text, i).ids.length === maximumTokens) full.push(row);
        }
        if (full.length === wanted && natural.length === wanted) return { full, natural };
      }
    }
  }
  return { full, natural };
}

function tokensOf(text: TextBatch, row: number): EncodedRow {
  return encodeRow(tokenizer, text, row, { task: 'persona', maximumTokens });
}

async function compare(name: string, rows: readonly Row[]): Promise<void> {
  const turns = Array.from({ length: Math.ceil(rows.length / turnRows) }, (_, turn) => {
    const { text } = new RowEncoder().encode(rows.slice(turn * turnRows, (turn + 1) * turnRows));
    const encoded = Array.from({ length: text.rows }, (_row, row) => tokensOf(text, row));
    return { text, encoded, one: tensorsOf(encoded, 1), eight: tensorsOf(encoded, 8) };
  });
  const tokens = turns.flatMap(({ encoded }) => encoded).reduce((sum, row) => sum + row.ids.length, 0);
  const contest = (label: string, loop: (turn: (typeof turns)[number]) => Promise<unknown>) => {
    /** Seconds by round. */
    const wall: number[] = [];
    const cpu: number[] = [];
    return { label, loop, wall, cpu };
  };
  const contests = [
    contest('accurate tier', ({ text }) => tagger.tag(text)),
    contest('bare loop, 1 row a call', ({ one }) => runBare(one)),
    contest('bare loop, 8 rows a call', ({ eight }) => runBare(eight)),
  ];
  const rounds = Number(values.rounds);
  for (let round = 0; round <= rounds; round++) {
    for (const turn of turns) {
      for (const { loop, wall, cpu } of contests) {
        const before = process.cpuUsage();
        const started = performance.now();
        await loop(turn);
        const used = process.cpuUsage(before);
        wall[round] = (wall[round] ?? 0) + (performance.now() - started) / 1000;
        cpu[round] = (cpu[round] ?? 0) + (used.user + used.system) / 1e6;
      }
    }
  }
  process.stdout.write(`${name}: ${rows.length} rows, ${(tokens / rows.length).toFixed(1)} tokens each\n`);
  for (const { label, wall, cpu } of contests) {
    // The first round warms up.
    const rate = (seconds: number[]): string =>
      (rows.length / median(seconds.slice(1))).toFixed(1).padStart(7);
    process.stdout.write(`  ${label.padEnd(26)} ${rate(wall)} rows/s wall ${rate(cpu)} rows/s of CPU time\n`);
  }
}

type Feeds = Record<string, Tensor>;

/** Calls of `size` rows, sorted by length so that little is padded. */
function tensorsOf(rows: readonly EncodedRow[], size: number): Feeds[] {
  const sorted = rows.toSorted((a, b) => a.ids.length - b.ids.length);
  const calls: Feeds[] = [];
  for (let from = 0; from < sorted.length; from += size) {
    const members = sorted.slice(from, from + size);
    const length = Math.max(...members.map((row) => row.ids.length));
    const fill = (value: (row: EncodedRow, at: number) => number): Tensor => {
      const data = members.flatMap((row) =>
        Array.from({ length }, (_, at) => BigInt(at < row.ids.length ? value(row, at) : 0)),
      );
      return new Tensor('int64', BigInt64Array.from(data), [members.length, length]);
    };
    calls.push({
      input_ids: fill((row, at) => row.ids[at] ?? 0),
      attention_mask: fill(() => 1),
      token_type_ids: fill((row, at) => (at < row.firstLength ? 0 : 1)),
    });
  }
  return calls;
}

async function runBare(calls: readonly Feeds[]): Promise<void> {
  for (const feeds of calls) await bare.run(feeds, ['persona_logits']);
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? 0;
}
