import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

import type { Taxonomy } from '../../src/core/taxonomy.ts';

const read = (name: string): Record<string, unknown> =>
  parse(readFileSync(join(import.meta.dirname, '..', '..', 'taggers', name), 'utf8')) as Record<
    string,
    unknown
  >;

/** The shipped taxonomy, read without the roster. */
export function testTaxonomy(): Taxonomy {
  const personas = read('personas.yaml');
  const categories = personas['categories'] as Record<string, { min: number; max: number }>;
  return {
    personas: (personas['personas'] as Taxonomy['personas']).map((persona) => ({
      ...persona,
      aliases: persona.aliases ?? [],
    })),
    categories: Object.entries(categories).map(([id, band]) => ({ id, ...band })),
    traits: read('traits.yaml')['traits'] as Taxonomy['traits'],
  };
}
