import type { CardsChecked, Diversity, ListedCard } from '../../run/cards/card-files.ts';
import type { CardsExported } from '../../run/cards/export-cards.ts';
import type { CardsImported } from '../../run/cards/import-cards.ts';
import type { Finding } from '../../core/finding.ts';
import { sanitize } from './terminal.ts';

/** One line a card, and how many there are of each kind and type. */
export function renderCardList(cards: readonly ListedCard[]): string {
  const rows = cards.map(({ card }) => [
    card.id,
    card.name,
    card.kind,
    card.identity.type ?? card.identity.role ?? '',
    card.taxonomy.persona,
  ]);
  const types = new Map<string, number>();
  for (const { card } of cards) {
    const name = card.identity.type === null ? card.kind : `${card.kind} (${card.identity.type})`;
    types.set(name, (types.get(name) ?? 0) + 1);
  }
  const counts = [...types]
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .slice(0, 12)
    .map(([name, count]) => `${count} ${name}`);
  return sanitizeLines([
    ...table([['id', 'name', 'kind', 'type', 'persona'], ...rows]),
    '',
    counts.join(' · '),
  ]);
}

export function renderFindings({ cards, findings }: CardsChecked): string {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const count = `${plural(cards, 'card')}, ${plural(errors, 'error')}, ${plural(findings.length - errors, 'warning')}`;
  return sanitizeLines([...findings.map(findingLine), ...(findings.length > 0 ? [''] : []), count]);
}

export function renderImported({ format, written, findings }: CardsImported): string {
  return sanitizeLines([
    ...findings.map(findingLine),
    `${plural(written.length, 'card')} from the format "${format}"`,
    ...written.map((path) => `  ${path}`),
  ]);
}

export function renderExported({ cards, written }: CardsExported): string {
  return sanitizeLines([
    `${plural(cards, 'card')} in ${plural(written.length, 'file')}`,
    ...written.map((path) => `  ${path}`),
  ]);
}

export function renderDiversity({ cards, score, wanted, dimensions }: Diversity): string {
  const rows = dimensions.map(({ dimension, weight, diversity, classes, unknown }) => [
    dimension,
    weight.toFixed(2),
    diversity.toFixed(3),
    [
      ...classes.slice(0, 5).map(({ name, cards: count }) => `${name} ${count}`),
      ...(classes.length > 5 ? [`${classes.length - 5} more`] : []),
      ...(unknown > 0 ? [`not said ${unknown}`] : []),
    ].join(', '),
  ]);
  return sanitizeLines([
    ...table([['dimension', 'weight', 'diversity', 'classes'], ...rows]),
    '',
    `${plural(cards, 'card')}: ${score.toFixed(3)} (${score > wanted ? 'above' : 'not above'} ${wanted})`,
  ]);
}

function findingLine({ severity, code, place, message }: Finding): string {
  return `${severity.padEnd(7)}  ${code}  ${place}: ${message}`;
}

/** Columns as wide as their widest entry, at most 40 characters; the last one as it is. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_head, column) =>
    Math.min(40, Math.max(...rows.map((row) => (row[column] ?? '').length))),
  );
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === row.length - 1 ? cell : cell.slice(0, 40).padEnd((widths[column] ?? 0) + 2),
      )
      .join('')
      .trimEnd(),
  );
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function sanitizeLines(lines: readonly string[]): string {
  return lines.map(sanitize).join('\n');
}
