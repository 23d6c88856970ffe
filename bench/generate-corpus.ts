import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { buildPieces, createRandom, type Pieces, pick, type Random } from './corpus-pieces.ts';

export interface CorpusOptions {
  readonly rows: number;
  readonly seed: number;
  readonly path: string;
  readonly format: 'jsonl';
  /** `instruction`: instruction, input, output (default). `messages`: chat rows of 1-6 turns. One shape a file, as in published sets. */
  readonly shape?: 'instruction' | 'messages';
}

export interface CorpusFacts {
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
  /** Rows that repeat an earlier row byte for byte. */
  readonly duplicates: number;
}

/**
 * Writes a JSONL file of English-like rows: Zipf words, twelve flavours, log-normal lengths with a heavy tail (mean about
 * 900 bytes, at most 32 kB), 5 % of the rows with text outside ASCII, 1 % exact duplicates. The bytes depend on the
 * options alone. Holds about 30 MiB.
 */
export async function generateCorpus(options: CorpusOptions): Promise<CorpusFacts> {
  mkdirSync(dirname(options.path), { recursive: true });
  const random = createRandom(options.seed);
  builtPieces ??= buildPieces(createRandom(piecesSeed));
  const pieces = builtPieces;
  const writeRow = options.shape === 'messages' ? messagesRow : instructionRow;
  const file = openSync(options.path, 'w');
  try {
    return { path: options.path, rows: options.rows, ...writeRows(file, options.rows) };
  } finally {
    closeSync(file);
  }

  function writeRows(descriptor: number, rows: number): { bytes: number; duplicates: number } {
    const buffer = Buffer.allocUnsafeSlow(bufferBytes);
    const recent: string[] = [];
    let filled = 0;
    let bytes = 0;
    let duplicates = 0;
    let unique = 0;
    for (let i = 0; i < rows; i++) {
      const isDuplicate = recent.length > 0 && random.next() < duplicateShare;
      const row = isDuplicate ? pick(random, recent) : writeRow(random, pieces);
      if (isDuplicate) duplicates++;
      else recent[unique++ % recentRows] = row;
      const written = buffer.write(row, filled);
      filled += written;
      bytes += written;
      if (filled > bufferBytes - rowBytesMax) {
        writeSync(descriptor, buffer, 0, filled);
        filled = 0;
      }
    }
    writeSync(descriptor, buffer, 0, filled);
    return { bytes, duplicates };
  }
}

/** Fixed, so that the files of one corpus share a vocabulary and it is built once. */
const piecesSeed = 0x5eed;
let builtPieces: Pieces | undefined;
const bufferBytes = 4 << 20;
const rowBytesMax = 256 << 10;
const recentRows = 4096;
const duplicateShare = 0.01;
const foreignShare = 0.05;
const inputShare = 0.35;

function instructionRow(random: Random, pieces: Pieces): string {
  const flavour = pieces.flavours[pieces.drawFlavour(random)] ?? pieces.flavours[0];
  if (!flavour) throw new Error('no flavours');
  const isForeign = random.next() < foreignShare;
  const ask = isForeign
    ? `${pick(random, pieces.foreign)} ${pick(random, flavour.asks)}`
    : pick(random, flavour.asks);
  const input =
    random.next() < inputShare ? text(random, flavour.sentences, pieces.drawLength(random) >> 1) : '';
  const answer = answerText(random, pieces, flavour, isForeign);
  return `{"instruction":"${ask}","input":"${input}","output":"${answer}"}\n`;
}

function messagesRow(random: Random, pieces: Pieces): string {
  const flavour = pieces.flavours[pieces.drawFlavour(random)] ?? pieces.flavours[0];
  if (!flavour) throw new Error('no flavours');
  const isForeign = random.next() < foreignShare;
  const turns = 1 + ((random.next() * random.next() * 6) | 0);
  const system = random.next() < 0.3 ? `{"role":"system","content":"${pick(random, flavour.openers)}"},` : '';
  let row = `{"messages":[${system}`;
  for (let turn = 0; turn < turns; turn++) {
    const ask = isForeign && turn === 0 ? pick(random, pieces.foreign) : pick(random, flavour.asks);
    const answer = answerText(random, pieces, flavour, isForeign, turns);
    row += `${turn > 0 ? ',' : ''}{"role":"user","content":"${ask}"},{"role":"assistant","content":"${answer}"}`;
  }
  return `${row}]}\n`;
}

function answerText(
  random: Random,
  pieces: Pieces,
  flavour: Pieces['flavours'][number],
  isForeign: boolean,
  turns = 1,
): string {
  const length = (pieces.drawLength(random) / turns) | 0;
  let answer = length < 60 ? '' : `${pick(random, flavour.openers)} `;
  if (isForeign) answer += `${pick(random, pieces.foreign)} `;
  if (length > 200 && random.next() < 0.65) answer += `\\n\\n${pick(random, flavour.blocks)}\\n\\n`;
  return answer + text(random, flavour.sentences, length - answer.length);
}

/** At least one sentence, at least `length` characters, a paragraph break after about six sentences. */
function text(random: Random, sentences: readonly string[], length: number): string {
  let result = pick(random, sentences);
  while (result.length < length) {
    result += random.next() < 0.16 ? '\\n\\n' : ' ';
    result += pick(random, sentences);
  }
  return result;
}

/** `x.jsonl` for one file, `x-00000-of-00008.jsonl` … for more; every fourth file holds `messages` rows. */
export async function generateCorpusFiles(options: {
  readonly rows: number;
  readonly files: number;
  readonly seed: number;
  readonly out: string;
}): Promise<readonly CorpusFacts[]> {
  const facts: CorpusFacts[] = [];
  for (let i = 0; i < options.files; i++) {
    const first = Math.floor((options.rows * i) / options.files);
    const rows = Math.floor((options.rows * (i + 1)) / options.files) - first;
    const number = `${String(i).padStart(5, '0')}-of-${String(options.files).padStart(5, '0')}`;
    const path = options.files === 1 ? options.out : `${options.out.replace(/\.jsonl$/, '')}-${number}.jsonl`;
    const shape = i % 4 === 3 ? 'messages' : 'instruction';
    facts.push(await generateCorpus({ rows, seed: options.seed + i * 7919, path, format: 'jsonl', shape }));
  }
  return facts;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      rows: { type: 'string', default: '100000' },
      out: { type: 'string' },
      files: { type: 'string', default: '1' },
      seed: { type: 'string', default: '42' },
    },
  });
  if (!values.out)
    throw new Error('usage: generate-corpus.ts --out FILE.jsonl [--rows N] [--files N] [--seed N]');
  const started = performance.now();
  const facts = await generateCorpusFiles({
    rows: Number(values.rows),
    files: Number(values.files),
    seed: Number(values.seed),
    out: values.out,
  });
  const bytes = facts.reduce((sum, fact) => sum + fact.bytes, 0);
  const rows = facts.reduce((sum, fact) => sum + fact.rows, 0);
  const seconds = (performance.now() - started) / 1000;
  for (const fact of facts) console.log(`${fact.path}  ${fact.rows} rows  ${fact.bytes} bytes`);
  console.log(
    `${rows} rows, ${bytes} bytes, mean ${(bytes / rows).toFixed(0)}; ${(rows / seconds).toFixed(0)} rows/s`,
  );
}
