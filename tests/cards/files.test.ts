import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';

import { parseCard } from '../../src/cards/parse-card.ts';
import { readCards, requireCards } from '../../src/cards/read-cards.ts';
import { formatCard, writeCards } from '../../src/cards/write-cards.ts';
import { exportCards } from '../../src/run/cards/export-cards.ts';
import { testTaxonomy } from '../support/taxonomy.ts';
import { sampleCard } from './support.ts';

const taxonomy = testTaxonomy();
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cards-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('cards that are written are read again, in the order of their file names', async () => {
  const out = join(folder, 'two');
  const cards = [sampleCard({ id: 'b', name: 'B' }), sampleCard({ id: 'a', name: 'A' })];
  expect(await writeCards(out, cards)).toEqual([join(out, 'b.yaml'), join(out, 'a.yaml')]);
  const read = await readCards([out], taxonomy);
  expect(read.findings).toEqual([]);
  expect(read.cards.map(({ card }) => card)).toEqual(cards.toReversed());
});

test('two cards of one id are not written over each other', async () => {
  await expect(writeCards(join(folder, 'same'), [sampleCard(), sampleCard()])).rejects.toMatchObject({
    code: 'card-duplicate-id',
  });
});

test('what YAML would take for something else survives', () => {
  const key = fc.string().filter((name) => name !== '__proto__');
  const open = fc.dictionary(key, fc.jsonValue() as fc.Arbitrary<unknown>);
  fc.assert(
    fc.property(fc.string(), open, fc.array(fc.string()), (text, any, phrases) => {
      const extra = JSON.parse(JSON.stringify(any)) as typeof any; // JSON knows no -0
      const plain = sampleCard({
        summary: text,
        extra,
        context: extra,
        details: { any: extra },
        voice: { ...sampleCard().voice, phrases, tone: text },
      });
      const once = formatCard(plain);
      const again = parseCard(parse(once), 'x.yaml', taxonomy);
      expect(again.card).toEqual(plain);
      expect(formatCard(again.card ?? plain)).toBe(once);
    }),
    { numRuns: 50 },
  );
});

test('one card that cannot be read does not hide the others, and is named where all are needed', async () => {
  const mixed = join(folder, 'mixed');
  await mkdir(mixed, { recursive: true });
  await writeFile(join(mixed, 'a.yaml'), formatCard(sampleCard({ id: 'a' })));
  await writeFile(join(mixed, 'b.yaml'), 'id: b\nname: [unclosed\n');
  await writeFile(
    join(mixed, 'c.json'),
    JSON.stringify([sampleCard({ id: 'c' }), { ...sampleCard(), kind: 'ghost' }]),
  );
  const read = await readCards([mixed], taxonomy);
  expect(read.cards.map(({ place }) => place)).toEqual([
    join(mixed, 'a.yaml'),
    `${join(mixed, 'c.json')} [0]`,
  ]);
  expect(read.findings.map(({ code, place }) => [code, place])).toEqual([
    ['card-unreadable', join(mixed, 'b.yaml')],
    ['card-wrong-value', `${join(mixed, 'c.json')} [1]`],
  ]);
  await expect(requireCards([mixed], taxonomy)).rejects.toMatchObject({ code: 'card-unreadable' });
});

test('two cards of one id are refused with both places where every card is needed', async () => {
  const twins = join(folder, 'twins');
  await mkdir(twins);
  await writeFile(join(twins, 'a.yaml'), formatCard(sampleCard({ name: 'Alex' })));
  await writeFile(join(twins, 'b.json'), JSON.stringify([sampleCard({ name: 'Alexandra' })]));
  const refusal = {
    name: 'ConfigError',
    code: 'card-duplicate-id',
    message: `two cards have the id "alex": ${join(twins, 'a.yaml')} and ${join(twins, 'b.json')} [0]`,
  };
  await expect(requireCards([twins], taxonomy)).rejects.toMatchObject(refusal);
  const out = join(folder, 'exported');
  await expect(
    exportCards({ paths: [twins], format: 'instance', out }, { taxonomy, configsFolder: '' }),
  ).rejects.toMatchObject(refusal);
  await expect(readdir(out)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('a folder that is not there, and one without cards, say so', async () => {
  await expect(readCards([join(folder, 'nowhere')], taxonomy)).rejects.toMatchObject({
    code: 'cards-not-found',
  });
  await mkdir(join(folder, 'empty'));
  await expect(readCards([join(folder, 'empty')], taxonomy)).rejects.toMatchObject({
    code: 'cards-not-found',
  });
});

test('the shipped coffee-shop cards are formatted as the writer formats them', async () => {
  const shipped = join(import.meta.dirname, '../../configs/cards/coffee-shop');
  const { cards, findings } = await readCards([shipped], taxonomy);
  expect(findings).toEqual([]);
  for (const { card, place } of cards) expect(await readFile(place, 'utf8')).toBe(formatCard(card));
});
