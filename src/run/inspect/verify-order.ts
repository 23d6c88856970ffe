import { isWithinBound, measureAxis, type OrderAxis, orderAxes } from '../../shard/axis-balance.ts';
import type { ManifestFile } from '../../shard/manifest.ts';
import type { PlanTargets } from '../plan/plan-targets.ts';
import type { Finding } from './verify.ts';
import type { ShardLabels } from './verify-shard.ts';

interface SplitLabels {
  readonly group: string;
  readonly split: string;
  /** Numbers of the labels of each row, per axis; a row can have several traits. */
  readonly rows: Record<OrderAxis, (number | readonly number[])[]>;
}

/** Recomputes how evenly every split is ordered, shard after shard as the manifest lists them. About 60 bytes a row. */
export class OrderCheck {
  readonly #targets: PlanTargets;
  readonly #splits = new Map<string, SplitLabels>();
  readonly #numbers: Record<OrderAxis, Map<string, number>> = {
    persona: new Map(),
    category: new Map(),
    trait: new Map(),
    source: new Map(),
  };

  constructor(targets: PlanTargets) {
    this.#targets = targets;
  }

  add({ group, split }: ManifestFile, { personas, traits, sources }: ShardLabels): void {
    const name = `${group}/${split}`;
    const labels = this.#splits.get(name) ?? {
      group,
      split,
      rows: { persona: [], category: [], trait: [], source: [] },
    };
    this.#splits.set(name, labels);
    personas.forEach((persona, i) => {
      labels.rows.persona.push(this.#number('persona', persona));
      labels.rows.category.push(this.#number('category', this.#targets.categories[persona] ?? ''));
      labels.rows.trait.push((traits[i] ?? []).map((trait) => this.#number('trait', trait)));
      labels.rows.source.push(this.#number('source', sources[i] ?? ''));
    });
  }

  check(report: (finding: Finding) => void): void {
    for (const { group, split, rows } of this.#splits.values()) {
      for (const axis of orderAxes) {
        const list = rows[axis];
        const measured = measureAxis({
          axis,
          rows: list.length,
          labels: this.#numbers[axis].size,
          labelsOf(row, visit) {
            const labels = list[row];
            if (typeof labels === 'number') visit(labels);
            else labels?.forEach(visit);
          },
        });
        if (isWithinBound(measured)) continue;
        const { worstPrefixRows, prefixBoundRows, worstBatchRows, batchBoundRows } = measured;
        report({
          code: 'order',
          place: `${group}/${split}`,
          message: `On the ${axis} axis a prefix is ${worstPrefixRows.toFixed(1)} rows and a batch of 64 is ${worstBatchRows.toFixed(1)} rows from the mix; the bounds are ${prefixBoundRows} and ${batchBoundRows}.`,
        });
      }
    }
  }

  #number(axis: OrderAxis, name: string): number {
    const numbers = this.#numbers[axis];
    const known = numbers.get(name);
    if (known !== undefined) return known;
    numbers.set(name, numbers.size);
    return numbers.size - 1;
  }
}
