import { join } from 'node:path';

import { textTable } from '../../report/text-table.ts';
import type { ExtractSummary } from '../../run/extract/extract.ts';
import { grouped, percent } from './figures.ts';
import { sanitize } from './terminal.ts';

/** What was read, which personas were found, and what to do next. */
export function renderExtract(result: ExtractSummary, out: string): string {
  const { read, personas } = result;
  return [
    `${sanitize(result.export)}: ${grouped(read.extracted)} of ${grouped(read.fromPerson)} messages of yours in ${grouped(read.conversations)} conversations`,
    ...leftOut(read.skipped),
    `${result.k} clusters${result.clusters === null ? '' : ' as asked'}: silhouette ${result.silhouette.toFixed(2)}, stability ${result.stability.toFixed(2)}; ${grouped(result.unclustered)} messages in none`,
    '',
    ...textTable(
      [
        ['  persona', 'messages', 'terms'],
        ...personas.map(({ name, size, terms }) => [
          `  ${name}`,
          grouped(size),
          sanitize(terms.slice(0, 5).join(', ')),
        ]),
      ],
      ['left', 'right', 'left'],
    ),
    '',
    ...separationLines(result),
    '',
    `look at ${join(out, 'report.html')}; read and change ${join(out, 'cards')}; then: tag-datasets cards import ${join(out, 'cards')}`,
  ].join('\n');
}

function leftOut(skipped: Readonly<Record<string, number>>): string[] {
  const reasons = Object.entries(skipped).toSorted(([a, one], [b, other]) => other - one || (a < b ? -1 : 1));
  if (reasons.length === 0) return [];
  return [`left out: ${reasons.map(([name, count]) => `${sanitize(name)} ${grouped(count)}`).join(', ')}`];
}

function separationLines({ separation }: ExtractSummary): string[] {
  const similar = separation.filter(({ verdict }) => verdict === 'too similar');
  if (separation.length === 0) return ['one persona only: nothing to tell apart'];
  if (similar.length === 0) {
    return ['every pair can be told apart by its words: system prompts are enough'];
  }
  return similar.map(
    ({ a, b, accuracy }) =>
      `too similar: ${a} and ${b} (told apart by words in ${percent(accuracy)}); a prompt makes little difference: train an adapter, or merge them`,
  );
}
