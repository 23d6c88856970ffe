import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';

import { type Checked, checkPath } from '../../src/run/check/check-pass.ts';
import { formatCard } from '../../src/cards/write-cards.ts';
import { sampleCard } from '../cards/support.ts';
import { makeCard, shippedCard } from '../make/meetings/support/template-llm.ts';
import { shippedScenarios } from '../support/scenarios.ts';
import { testTaxonomy } from '../support/taxonomy.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tag-datasets-broken-cards-'));
});

async function check(name: string, records: readonly unknown[], cards: string): Promise<Checked> {
  const path = join(folder, name);
  await writeFile(path, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  return checkPath(
    { path, kind: 'auto', out: null },
    {
      real: null,
      cards: [cards],
      scenarios: shippedScenarios,
      taxonomy: testTaxonomy(),
      configsFolder: join(shippedScenarios, '..', '..'),
      measures: false,
      embed: null,
      signal: undefined,
    },
  );
}

const conversation = {
  persona_id: 'alex',
  conversation_id: 'conv_0001',
  scenario: 'Rush hour',
  system_prompt: '<system> You are Alex. </system>',
  turns: [{ role: 'user', text: 'Hello.' }],
};

test('data are not held against cards that cannot be read, and none are passed over', async () => {
  const broken = join(folder, 'broken');
  await mkdir(broken);
  await writeFile(join(broken, 'a.yaml'), 'id: alex\nname: [unclosed\n');
  await writeFile(join(broken, 'b.json'), JSON.stringify({ ...sampleCard(), kind: 'ghost' }));
  const refusal = { name: 'ValidationError', code: 'card-unreadable' };
  await expect(check('conversations.jsonl', [conversation], broken)).rejects.toMatchObject(refusal);
  const { rows } = await makeCard(shippedCard('tier3_sre_night_shift'), 20, '42');
  await expect(check('sre_meetings.jsonl', rows, broken)).rejects.toMatchObject(refusal);
});

test('a card of one’s own stands for the shipped one of the same id', async () => {
  const card = shippedCard('tier3_sre_night_shift');
  const { rows } = await makeCard(card, 20, '42');
  const own = join(folder, 'own.yaml');
  await writeFile(own, formatCard(sampleCard({ id: card.id, name: card.name })));
  const checked = await check('own_meetings.jsonl', rows, own);
  // It has no rules that labels could be held against; the shipped one has.
  expect([checked.kind, checked.findings]).toEqual([
    'meetings',
    expect.arrayContaining([expect.objectContaining({ code: 'meetings-persona-unknown', place: card.id })]),
  ]);
});
