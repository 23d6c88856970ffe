import type { PrefixBalance } from '../../report/model.ts';
import { type AxisBalance, measureAxis } from '../../shard/axis-balance.ts';
import { measurePrefixBalance } from '../../shard/prefix-balance.ts';
import type { Split } from '../plan/division.ts';
import type { AxesInput } from './report-axes.ts';

/** How evenly the training split of every phase is ordered, on every axis. */
export function prefixBalances(input: AxesInput): PrefixBalance[] {
  const { layout, table, taxonomy } = input;
  return layout.splits
    .filter((split) => split.split === 'train' && split.group.kind === 'phase')
    .map((split) => {
      const personas = new Uint8Array(split.rows.length);
      for (let at = 0; at < personas.length; at++) personas[at] = table.persona[split.rows[at] ?? 0] ?? 0;
      return {
        split: split.group.name,
        ...measurePrefixBalance({ personas, classes: taxonomy.personas.length }),
        axes: measureAxes(input, split, personas),
      };
    });
}

function measureAxes(
  { table, taxonomy, sources }: AxesInput,
  { rows }: Split,
  personas: Uint8Array,
): AxisBalance[] {
  const categories = taxonomy.categories.map((category) => category.id);
  const categoryOf = taxonomy.personas.map((persona) => categories.indexOf(persona.category));
  const sourceOf = sourcesOf(table, rows);
  return [
    measureAxis({
      axis: 'persona',
      rows: rows.length,
      labels: taxonomy.personas.length,
      labelsOf: (at, visit) => visit(personas[at] ?? 0),
    }),
    measureAxis({
      axis: 'category',
      rows: rows.length,
      labels: categories.length,
      labelsOf: (at, visit) => visit(categoryOf[personas[at] ?? 0] ?? 0),
    }),
    measureAxis({
      axis: 'trait',
      rows: rows.length,
      labels: taxonomy.traits.length,
      labelsOf(at, visit) {
        for (let rest = table.traits[rows[at] ?? 0] ?? 0; rest !== 0; rest &= rest - 1)
          visit(31 - Math.clz32(rest & -rest));
      },
    }),
    measureAxis({
      axis: 'source',
      rows: rows.length,
      labels: sources.length,
      labelsOf: (at, visit) => visit(sourceOf[at] ?? 0),
    }),
  ];
}

/** Source of each of these rows, by bisection over the units: no array over the whole table. */
function sourcesOf({ units, unitStart }: AxesInput['table'], rows: Uint32Array): Uint16Array {
  return Uint16Array.from({ length: rows.length }, (_, at) => {
    const row = rows[at] ?? 0;
    let [low, high] = [0, units.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((unitStart[middle] ?? 0) <= row) low = middle;
      else high = middle - 1;
    }
    return units[low]?.source ?? 0;
  });
}
