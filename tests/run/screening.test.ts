import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { reviseConfig } from '../../src/config/load.ts';
import type { Row } from '../../src/core/row.ts';
import { hashToHex, mix32 } from '../../src/lib/hash.ts';
import type { Corpus } from '../../src/run/plan/corpus.ts';
import { planCorpus } from '../../src/run/plan/plan-corpus.ts';
import { nearDuplicateRules } from '../../src/run/tag/screen-pass.ts';
import { RowEncoder, rowKeyPrefix, writeRowKey } from '../../src/tag/encode.ts';
import { encodeScreen } from '../../src/tag/screen-sidecar.ts';
import { screenUnit } from '../../src/tag/screen-unit.ts';
import { createTagColumns, encodeSidecar } from '../../src/tag/sidecar.ts';
import { temporaryFolder } from '../support/run-cli.ts';
import { testTaxonomy } from '../support/taxonomy.ts';

let folder = '';
const taxonomy = testTaxonomy();

beforeAll(async () => {
  folder = await temporaryFolder();
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Variants of one base share all but their last word: 56 of 58 shingles. */
function textOf(base: number, variant: number): string {
  const words = Array.from({ length: 60 }, (_, i) => `w${(mix32(base * 1000 + i) >>> 0) % 5000}`);
  return [...words, `end${variant}`].join(' ');
}

const rowOf = (text: string): Row => ({
  messages: [
    { role: 'user', content: 'go on' },
    { role: 'assistant', content: text },
  ],
});

type Mode = 'none' | 'group' | 'remove';

type File = { readonly name: string; readonly texts: readonly string[] };

/** A run folder as TAG and the screening leave it: one unit per file, two personas by content. */
async function writeRun(name: string, files: readonly File[], mode: Mode) {
  const out = join(folder, name);
  const config = reviseConfig({
    config: {
      dataset: { near_duplicates: { mode } },
      balance: { total: 6, max_repeats: 1 },
      output: { validation_share: 0.4 },
    },
    path: 'test.yaml',
    sets: [],
    taxonomy,
  });
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  const nearDuplicates = nearDuplicateRules(config);
  const encoder = new RowEncoder();
  const units: Corpus['units'][number][] = [];
  const sidecars: string[] = [];
  for (const [u, { name: file, texts }] of files.entries()) {
    const rows = texts.map(rowOf);
    const encoded = encoder.encode(rows);
    const columns = createTagColumns(rows.length);
    columns.contentHash.set(encoded.contentHash);
    columns.tokens.set(encoded.tokens);
    columns.outputChars.set(encoded.outputChars);
    const prefix = rowKeyPrefix('s', '', file);
    rows.forEach((_, i) => {
      writeRowKey(prefix, i, columns.rowKey, i * 4);
      columns.personas[i * 3] = (encoded.contentHash[i * 4] ?? 0) % 2;
      columns.personaScores[i * 3] = 65535;
    });
    await writeFile(join(out, `${u}.parquet`), encodeSidecar(columns));
    const batches = (async function* () {
      yield rows.map((value, row) => ({ row, records: 1, value }));
    })();
    const screened = await screenUnit({ nearDuplicates, benchmarks: null }, batches, rows.length);
    await writeFile(join(out, `${u}.bin`), encodeScreen(screened));
    units.push({ name: file, source: 0, rows: rows.length, sidecar: `${u}.parquet`, file, firstRow: 0 });
    sidecars.push(`${u}.bin`);
  }
  const corpus: Corpus = {
    schema: 1,
    sources: [{ name: 's', persona: null, priorStrength: 0, limit: null, synthetic: false }],
    units,
    thresholds: {},
    screening: { nearDuplicates, benchmarks: [], decontaminate: null, digest: '', sidecars },
  };
  return planCorpus({ out, corpus, config, taxonomy });
}

/** Content and side of every row of the corpus; `base` tells which texts are variants of each other. */
async function keptRows(name: string, files: readonly File[], mode: Mode) {
  const { table, division } = await writeRun(name, files, mode);
  const texts = files.flatMap((file) => file.texts);
  return division.splits
    .flatMap(({ split, rows }) =>
      [...rows].map((row) => ({
        content: hashToHex(table.hash, row * 4),
        split,
        base: texts[row]?.split(' end')[0],
      })),
    )
    .toSorted((a, b) => (a.content < b.content ? -1 : 1));
}

const corpora = fc.record({
  items: fc.array(fc.tuple(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 0, max: 3 })), {
    minLength: 8,
    maxLength: 40,
  }),
  order: fc.infiniteStream(fc.nat()),
  cuts: fc.integer({ min: 1, max: 5 }),
});

test.each(['remove', 'group'] as const)(
  'near-duplicates, mode %s: shuffled, renamed, split and merged inputs keep the same rows on the same sides',
  async (mode) => {
    await fc.assert(
      fc.asyncProperty(corpora, async ({ items, order, cuts }) => {
        const texts = items.map(([base, variant]) => textOf(base, variant));
        const shuffled = texts
          .map((text) => ({ text, at: order.next().value as number }))
          .toSorted((a, b) => a.at - b.at)
          .map(({ text }) => text);
        const size = Math.ceil(shuffled.length / cuts);
        const pieces = Array.from({ length: cuts }, (_, i) => ({
          name: `piece-${cuts - i}.jsonl`,
          texts: shuffled.slice(i * size, (i + 1) * size),
        }));
        const one = await keptRows('one', [{ name: 'all.jsonl', texts }], mode);
        expect(await keptRows('many', pieces, mode)).toEqual(one);
        const sides = new Map<string | undefined, Set<string>>();
        for (const { base, split } of one) sides.set(base, (sides.get(base) ?? new Set()).add(split));
        for (const side of sides.values()) expect(side.size).toBe(1);
        if (mode === 'remove') expect(sides.size).toBe(one.length);
      }),
      { numRuns: 25 },
    );
  },
  60_000,
);

test('without grouping, variants of one text stand on both sides: what the property above rules out', async () => {
  const texts = Array.from({ length: 40 }, (_, variant) => textOf(1, variant));
  const sides = async (mode: Mode) =>
    new Set((await keptRows('straddle', [{ name: 'a.jsonl', texts }], mode)).map(({ split }) => split)).size;
  expect([await sides('none'), await sides('group')]).toEqual([2, 1]);
});
