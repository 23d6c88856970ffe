import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { formatCard } from '../../../src/cards/write-cards.ts';
import { createContext } from '../../../src/run/context.ts';
import { resolveLlm } from '../../../src/run/make/llm-settings.ts';
import { type MakeOutcome, runMaker } from '../../../src/run/make/make-job.ts';
import { promptsMaker } from '../../../src/run/make/prompts.ts';
import { sampleCard } from '../../cards/support.ts';
import { temporaryFolder, treeHashes } from '../../support/run-cli.ts';
import { testTaxonomy } from '../../support/taxonomy.ts';

const configsFolder = join(import.meta.dirname, '../../../configs');

/** As `make prompts --card CARDS --out OUT`, offline. */
async function makePrompts(cards: string, out: string, dryRun = false): Promise<MakeOutcome> {
  const maker = await promptsMaker({ cards: [cards] }, { taxonomy: testTaxonomy(), configsFolder });
  const llm = await resolveLlm({ profiles: join(configsFolder, 'llm.yaml'), attempts: 1, bestOf: 1 });
  const effects = { emit: () => undefined, clock: () => 0, environment: {} };
  const params = { out, llm, seed: 42, now: null, preview: null, dryRun, fresh: false };
  return await runMaker(maker, params, effects, createContext(effects));
}

test.each([
  ['a card of its own', `# mine\n${formatCard(sampleCard())}`],
  ['a list of cards', JSON.stringify([sampleCard({ id: 'bea', name: 'Bea' }), sampleCard()])],
])('prompts are not written over %s that they are made of', async (_, content) => {
  const folder = await temporaryFolder();
  const cards = join(folder, 'cards');
  await mkdir(cards);
  await writeFile(join(cards, 'alex.yaml'), content);
  const before = await treeHashes(folder);
  for (const dryRun of [false, true]) {
    await expect(makePrompts(cards, folder, dryRun)).rejects.toMatchObject({
      name: 'ConfigError',
      code: 'out-in-input',
      message: expect.stringContaining(`${join(cards, 'alex.yaml')}: `),
    });
  }
  expect(await treeHashes(folder)).toEqual(before);
  const out = join(folder, 'out');
  expect(await makePrompts(cards, out)).toMatchObject({ kind: 'made' });
  expect(await readFile(join(out, 'cards', 'alex.yaml'), 'utf8')).toContain('prompts:');
});
