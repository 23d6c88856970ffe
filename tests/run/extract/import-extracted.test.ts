import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { formatCard } from '../../../src/cards/write-cards.ts';
import { configsFolder } from '../../../src/cli/tools.ts';
import type { ClusterProfile } from '../../../src/extract/cluster-profile.ts';
import type { DiscoveredPersona } from '../../../src/extract/persona.ts';
import { cardOf } from '../../../src/extract/write-card.ts';
import { importCards } from '../../../src/run/cards/import-cards.ts';
import { loadExtractRules } from '../../../src/run/extract/extract-rules.ts';
import { loadTaxonomy } from '../../../taggers/index.ts';
import { temporaryFolder } from '../../support/run-cli.ts';

const taxonomy = await loadTaxonomy();
const rules = await loadExtractRules(configsFolder);

const profile: ClusterProfile = {
  size: 100,
  words: 2000,
  topics: { coding: 80, general: 20 },
  tones: { technical: 100 },
  reasonings: { causal: 60 },
  lengths: { short: 100 },
  questions: { why: 50 },
  markers: { because: 60 },
  withCode: 40,
  conversations: 12,
  signWords: [],
};

function persona(name: string): DiscoveredPersona {
  const noun = rules.names.nouns.find((rule) => rule.name === name);
  if (!noun) throw new Error(name);
  return {
    id: name.toLowerCase(),
    name,
    cluster: 0,
    noun,
    profile,
    terms: [{ term: 'stack trace', score: 1, count: 9 }],
    phrases: ['why does the'],
    examples: [{ id: 'm1', text: 'Why does the build fail?', context: null, distance: 0.1 }],
    silhouette: 0.4,
    radius: 1,
    centroid: [],
  };
}

test('every name of the rules points at a behaviour class, and its card is read back as it was written', async () => {
  const folder = await temporaryFolder();
  for (const { name, persona: behaviour } of rules.names.nouns) {
    expect(taxonomy.personas.map(({ id }) => id)).toContain(behaviour);
    const card = cardOf(persona(name), { taxonomy, seed: 42, findings: {} });
    expect(card.context['serve_as']).toBe('worker');
    await mkdir(join(folder, 'found', 'cards'), { recursive: true });
    await writeFile(join(folder, 'found', 'cards', `${card.id}.yaml`), formatCard(card));
  }
  const imported = await importCards(
    { from: join(folder, 'found', 'cards'), format: null, out: join(folder, 'cards') },
    { taxonomy, configsFolder },
  );
  expect(imported.findings).toEqual([]);
  expect(imported.format).toBe('card');
  expect(imported.written).toHaveLength(rules.names.nouns.length);
  for (const path of ['debugger.yaml', 'architect.yaml']) {
    expect(await readFile(join(folder, 'cards', path), 'utf8')).toBe(
      await readFile(join(folder, 'found', 'cards', path), 'utf8'),
    );
  }
});

test('a card that a person changed is imported as changed, and a known name stays as it is', async () => {
  const folder = await temporaryFolder();
  const [from, out] = [join(folder, 'found', 'cards'), join(folder, 'cards')];
  await mkdir(from, { recursive: true });
  const text = formatCard(cardOf(persona('Debugger'), { taxonomy, seed: 42, findings: {} }));
  await writeFile(join(from, 'debugger.yaml'), text.replace('stack trace', 'log file'));
  const tools = { taxonomy, configsFolder };
  await importCards({ from, format: null, out }, tools);
  expect(await readFile(join(out, 'debugger.yaml'), 'utf8')).toContain('log file');
  await writeFile(join(from, 'debugger.yaml'), text);
  const again = await importCards({ from, format: null, out }, tools);
  expect(again.findings.map(({ code }) => code)).toEqual(['card-exists']);
  expect(await readFile(join(out, 'debugger.yaml'), 'utf8')).toContain('log file');
});
