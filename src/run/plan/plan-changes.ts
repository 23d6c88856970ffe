import type { Taxonomy } from '../../core/taxonomy.ts';
import type { Corpus } from './corpus.ts';
import type { PlannedCorpus } from './plan-corpus.ts';
import { unitOf } from './plan-table.ts';
import { readRowNames, type RowName } from './row-keys.ts';

/** Rows that stand in one plan and not in the other. */
export interface RowChange {
  readonly rows: number;
  readonly personas: Readonly<Record<string, number>>;
  /** Up to ten, smallest selection key first: the same rows whatever the files are called. */
  readonly examples: readonly RowExample[];
}

export interface RowExample {
  readonly row_key: string;
  readonly place: string;
  readonly persona: string;
  readonly score: number;
}

export const noChange: RowChange = { rows: 0, personas: {}, examples: [] };

const shownExamples = 10;

/** Rows of `a` that are not in `b`; `corpus` is what `a` was planned from. */
export async function changedRows(
  run: string,
  a: PlannedCorpus,
  b: PlannedCorpus,
  corpus: Corpus,
  taxonomy: Taxonomy,
): Promise<RowChange> {
  const counts = new Float64Array(taxonomy.personas.length);
  const { keys } = a.plan;
  const isBefore = (x: number, y: number): boolean => {
    const high = (keys[x * 2] ?? 0) - (keys[y * 2] ?? 0);
    return high === 0 ? (keys[x * 2 + 1] ?? 0) < (keys[y * 2 + 1] ?? 0) : high < 0;
  };
  const first: number[] = [];
  let rows = 0;
  for (const row of rowsOnlyIn(a, b)) {
    rows++;
    const persona = a.table.persona[row] ?? 0;
    counts[persona] = (counts[persona] ?? 0) + 1;
    const last = first.at(-1);
    if (first.length === shownExamples && last !== undefined && !isBefore(row, last)) continue;
    const at = first.findIndex((other) => isBefore(row, other));
    first.splice(at < 0 ? first.length : at, 0, row);
    first.length = Math.min(first.length, shownExamples);
  }
  const names = await readRowNames(run, a.table, first);
  const personas = taxonomy.personas
    .map((persona, i): [string, number] => [persona.id, counts[i] ?? 0])
    .filter(([, count]) => count > 0)
    .toSorted(([, x], [, y]) => y - x);
  return {
    rows,
    personas: Object.fromEntries(personas),
    examples: names.map((name, i) => ({
      row_key: name.key,
      ...describeRow(a, { row: first[i] ?? 0, name }, corpus, taxonomy),
    })),
  };
}

/** Both plans read the same sidecars, but one may lack the units of a source. */
function* rowsOnlyIn(a: PlannedCorpus, b: PlannedCorpus): Generator<number> {
  const startsInB = new Map(b.table.units.map(({ name }, u) => [name, b.table.unitStart[u] ?? 0]));
  for (const [u, { name }] of a.table.units.entries()) {
    const [start, end] = [a.table.unitStart[u] ?? 0, a.table.unitStart[u + 1] ?? 0];
    const startInB = startsInB.get(name);
    for (let row = start; row < end; row++) {
      const isInB = startInB !== undefined && (b.plan.copies[startInB + row - start] ?? 0) > 0;
      if ((a.plan.copies[row] ?? 0) > 0 && !isInB) yield row;
    }
  }
}

function describeRow(
  { table }: PlannedCorpus,
  { row, name }: { readonly row: number; readonly name: RowName },
  corpus: Corpus,
  taxonomy: Taxonomy,
): Omit<RowExample, 'row_key'> {
  const unit = corpus.units[unitOf(table.unitStart, row)];
  return {
    place: `${unit?.file ?? ''}:${(unit?.firstRow ?? 0) + name.record}`,
    persona: taxonomy.personas[table.persona[row] ?? 0]?.id ?? '',
    score: Math.round(((table.score[row] ?? 0) / 65535) * 1000) / 1000,
  };
}
