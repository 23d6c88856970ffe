import { extname, join } from 'node:path';

import { exportDiscovered, exportPersonas } from '../../cards/legacy/import-export.ts';
import type { LegacyFormat } from '../../cards/legacy/format.ts';
import { writeFileAtomic } from '../../lib/atomic-file.ts';
import { type CardTools, listCards } from './card-files.ts';

export interface CardsExported {
  readonly cards: number;
  readonly written: readonly string[];
}

/**
 * Writes cards in the format of another tool: `coffee` one list (`personas.json`, or the file named), `oracle` and `instance` a file
 * a card (one file where one card goes to a name that ends in .json), `discovered` the two files of `extract`.
 * @throws ConfigError, ValidationError when a card cannot be read
 */
export async function exportCards(
  params: { readonly paths: readonly string[]; readonly format: LegacyFormat; readonly out: string },
  tools: CardTools,
): Promise<CardsExported> {
  const cards = (await listCards(params.paths, tools)).map(({ card }) => card);
  const { format, out } = params;
  const files: (readonly [string, unknown])[] = [];
  if (format === 'discovered') {
    const { prompts, analysis } = exportDiscovered(cards);
    files.push([join(out, 'prompts', 'generated_prompts.json'), prompts]);
    if (analysis) files.push([join(out, 'clusters', 'cluster_analysis.json'), analysis]);
  } else {
    const personas = exportPersonas(format, cards);
    const isFile = extname(out) === '.json';
    if (format === 'coffee' || (isFile && personas.length !== 1)) {
      files.push([isFile ? out : join(out, 'personas.json'), personas.map(({ document }) => document)]);
    } else {
      for (const { id, document } of personas) files.push([isFile ? out : join(out, `${id}.json`), document]);
    }
  }
  for (const [path, document] of files) await writeFileAtomic(path, `${JSON.stringify(document, null, 2)}\n`);
  return { cards: cards.length, written: files.map(([path]) => path) };
}
