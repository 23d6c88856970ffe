import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Taxonomy } from '../src/core/taxonomy.ts';

/** The folder `taggers/` of the package, whether this runs from the sources or from `dist/`. */
export const taggersRoot = join(packageFolder(dirname(fileURLToPath(import.meta.url))), 'taggers');

const personaFile = z.strictObject({
  personas: z.array(
    z.strictObject({
      id: z.string(),
      category: z.string(),
      parent: z.string(),
      share: z.number(),
      adapter: z.string(),
      phases: z.array(z.string()),
      printed: z.boolean(),
      aliases: z.array(z.string()).default([]),
      description: z.string(),
    }),
  ),
  categories: z.record(z.string(), z.strictObject({ min: z.number(), max: z.number() })),
});
const traitFile = z.strictObject({
  traits: z.array(
    z.strictObject({
      id: z.string(),
      group: z.string().nullable(),
      target: z.number().nullable(),
      definition: z.string(),
    }),
  ),
});

/** Personas, categories and traits in the order of the files, which is the order of every score array and bit mask. */
export async function loadTaxonomy(): Promise<Taxonomy> {
  const [personas, traits] = await Promise.all([
    readFile(join(taggersRoot, 'personas.yaml'), 'utf8'),
    readFile(join(taggersRoot, 'traits.yaml'), 'utf8'),
  ]);
  const known = personaFile.parse(parse(personas));
  return {
    personas: known.personas.map(
      ({ id, category, parent, share, adapter, phases, aliases, description }) => ({
        id,
        category,
        parent,
        share,
        adapter,
        phases,
        aliases,
        description,
      }),
    ),
    categories: Object.entries(known.categories).map(([id, band]) => ({ id, ...band })),
    traits: traitFile.parse(parse(traits)).traits,
  };
}

function packageFolder(from: string): string {
  let folder = from;
  while (!existsSync(join(folder, 'package.json'))) {
    const above = dirname(folder);
    if (above === folder) throw new Error(`no package.json above ${from}`);
    folder = above;
  }
  return folder;
}
