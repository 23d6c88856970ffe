import { join } from 'node:path';
import { expect, test } from 'vitest';

import { createNearIndex } from '../../../src/lib/near-index.ts';
import { seededRandom } from '../../../src/lib/seeded-random.ts';
import { replyAsk, slotName } from '../../../src/make/replies/reply-ask.ts';
import { readExemplars, readLibrary } from '../../../src/run/make/replies-sources.ts';
import { loadTaxonomy } from '../../../taggers/index.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const taxonomy = await loadTaxonomy();
const library = await readLibrary(join(root, 'configs', 'replies.yaml'));
const exemplarsOf = await readExemplars(join(root, 'datasets', 'samples'));

test('every persona has exemplars, and every trait is told of', () => {
  expect(taxonomy.personas.filter(({ id }) => !exemplarsOf.has(id))).toEqual([]);
  expect(Object.keys(library.traits)).toEqual(taxonomy.traits.map(({ id }) => id));
});

test('every row of the grammar passes the checks, for every persona with every trait', () => {
  const rejected: string[] = [];
  for (const persona of taxonomy.personas) {
    const exemplars = exemplarsOf.get(persona.id) ?? [];
    for (const trait of ['', ...taxonomy.traits.map(({ id }) => id)]) {
      // Four exemplars have no 300 words, and some personas never answer in a few.
      if (['brief', 'detailed'].includes(trait) && exemplars.length < 40) continue;
      for (const index of [0, 7]) {
        const slot = { persona, traits: trait === '' ? [] : [trait], index, round: 1 };
        const ask = replyAsk(slot, { library, exemplars });
        const acceptance = ask.accept(ask.template(seededRandom(ask.cell)));
        if (!('value' in acceptance))
          rejected.push(`${ask.cell}: ${acceptance.findings.map(({ code }) => code).join()}`);
      }
    }
  }
  expect(rejected).toEqual([]);
});

test('forty exemplars give 400 rows without a near-duplicate', () => {
  const persona = taxonomy.personas.find(({ id }) => id === 'grief_companion');
  if (!persona) throw new Error('no such persona');
  const exemplars = exemplarsOf.get(persona.id) ?? [];
  const near = createNearIndex();
  let most = 0;
  for (let index = 0; index < 400; index++) {
    const slot = { persona, traits: ['supportive'], index, round: 0 };
    const ask = replyAsk(slot, { library, exemplars });
    const acceptance = ask.accept(ask.template(seededRandom(ask.cell)));
    const text = 'value' in acceptance ? `${acceptance.value.instruction}\n${acceptance.value.answer}` : '';
    most = Math.max(most, near.nearest(text)?.similarity ?? 0);
    near.add(slotName(slot), text);
  }
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThan(0.7);
});
