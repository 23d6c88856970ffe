import type { ConstraintReport } from '../../balance/solution.ts';
import type { PlanTargets } from '../plan/plan-targets.ts';
import type { Finding } from './verify.ts';
import type { ShardLabels } from './verify-shard.ts';

/** The balanced corpus: what stands in any phase, each copy once (a row can stand in its focus phase and in mixed). */
export class CorpusCount {
  readonly #targets: PlanTargets;
  readonly #seen = new Set<string>();
  readonly #rows = {
    persona: new Map<string, number>(),
    category: new Map<string, number>(),
    trait: new Map<string, number>(),
    owner: new Map<string, number>(),
    synthetic: new Map<string, number>(),
  };

  constructor(targets: PlanTargets) {
    this.#targets = targets;
  }

  add({ keys, copies, personas, traits, synthetic }: ShardLabels): void {
    keys.forEach((key, i) => {
      const copy = `${key}/${copies[i]}`;
      if (this.#seen.has(copy)) return;
      this.#seen.add(copy);
      const persona = personas[i] ?? '';
      increment(this.#rows.persona, persona);
      increment(this.#rows.category, this.#targets.categories[persona] ?? '');
      const owner = this.#targets.owners[persona];
      if (owner !== undefined) increment(this.#rows.owner, owner);
      for (const trait of traits[i] ?? []) increment(this.#rows.trait, trait);
      if (synthetic[i]) increment(this.#rows.synthetic, persona);
    });
  }

  /** What the corpus misses of the plan, to the row; then the shares asked for, where they are shares of rows. */
  check(report: (finding: Finding) => void): void {
    const { total, corpus, unit, constraints } = this.#targets;
    const rows = this.#seen.size;
    if (total !== rows)
      report({
        code: 'total',
        place: 'dataset',
        message: `The corpus holds ${rows} rows, the plan says ${total}.`,
      });
    for (const axis of ['persona', 'category', 'trait'] as const) {
      const found = this.#rows[axis];
      for (const name of [...new Set([...found.keys(), ...Object.keys(corpus[axis])])].toSorted()) {
        const [is, says] = [found.get(name) ?? 0, corpus[axis][name] ?? 0];
        if (is !== says)
          report({
            code: 'margin',
            place: `${axis}:${name}`,
            message: `The corpus holds ${is} rows of ${axis} ${name}, the plan says ${says}.`,
          });
      }
    }
    if (unit !== 'rows') return;
    for (const constraint of constraints) this.#checkShare(constraint, report);
  }

  /** A share the plan met must be met here; one it could not meet must not be missed by more. */
  #checkShare({ name, lo, hi, shortfallRows }: ConstraintReport, report: (finding: Finding) => void): void {
    const [kind = '', label = ''] = name.split(':');
    if (kind === 'total') return;
    const rows = this.#seen.size;
    const base = kind === 'synthetic' ? this.#sumUnder(label, this.#rows.persona) : rows;
    const count = this.#countOf(kind, label);
    const missing = Math.max(lo * base - count, count - hi * base, 0);
    const allowed = kind === 'synthetic' ? 0 : Math.max(1, shortfallRows);
    if (missing <= allowed + 1e-6) return;
    const share = base > 0 ? ((count / base) * 100).toFixed(2) : '0';
    report({
      code: 'share',
      place: name,
      message: `${count} of ${base} rows (${share} %) are ${label === '' ? kind : `${kind} ${label}`}; the plan asked for ${(lo * 100).toFixed(2)} to ${(hi * 100).toFixed(2)} %.`,
    });
  }

  #countOf(kind: string, label: string): number {
    if (kind === 'persona') return this.#rows.owner.get(label) ?? 0;
    if (kind === 'trait') return this.#rows.trait.get(label) ?? 0;
    if (kind === 'category') return this.#rows.category.get(label) ?? 0;
    return this.#sumUnder(label, this.#rows.synthetic);
  }

  /** Rows of the personas that a cap covers; of all where it has no name. */
  #sumUnder(cap: string, rows: ReadonlyMap<string, number>): number {
    const covered = [...rows].filter(([persona]) => cap === '' || this.#targets.capped_by[persona] === cap);
    return covered.reduce((sum, [, count]) => sum + count, 0);
  }
}

function increment(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
