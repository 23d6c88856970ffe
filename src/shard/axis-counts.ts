import type { StoredRow } from './stored-row.ts';

/** Rows per label of each axis, as they stand in one file or several; keys in code-unit order. */
export interface AxisCounts {
  readonly persona: Readonly<Record<string, number>>;
  /** By the persona tagger that judged the row. */
  readonly tagger: Readonly<Record<string, number>>;
  /** A row counts for each of its traits. */
  readonly trait: Readonly<Record<string, number>>;
  readonly source: Readonly<Record<string, number>>;
  readonly phase: Readonly<Record<string, number>>;
  readonly adapter: Readonly<Record<string, number>>;
  /** Rows that were made, not read. */
  readonly synthetic: number;
  /** Rows that repeat another of the same split (`_copy` of 1 or more). */
  readonly copies: number;
}

const namedAxes = ['persona', 'tagger', 'trait', 'source', 'phase', 'adapter'] as const;

/** Counts rows as they are written. */
export class AxisCounter {
  private readonly counts = {
    persona: new Map<string, number>(),
    tagger: new Map<string, number>(),
    trait: new Map<string, number>(),
    source: new Map<string, number>(),
    phase: new Map<string, number>(),
    adapter: new Map<string, number>(),
  };
  private synthetic = 0;
  private copies = 0;

  add(row: StoredRow): void {
    increment(this.counts.persona, row.persona);
    increment(this.counts.tagger, row.taggedBy);
    increment(this.counts.source, row.source);
    for (const trait of row.traits) increment(this.counts.trait, trait);
    if (row.phase !== null) increment(this.counts.phase, row.phase);
    if (row.adapter !== null) increment(this.counts.adapter, row.adapter);
    if (row.synthetic) this.synthetic++;
    if (row.copy > 0) this.copies++;
  }

  result(): AxisCounts {
    const { persona, tagger, trait, source, phase, adapter } = this.counts;
    return {
      persona: toRecord(persona),
      tagger: toRecord(tagger),
      trait: toRecord(trait),
      source: toRecord(source),
      phase: toRecord(phase),
      adapter: toRecord(adapter),
      synthetic: this.synthetic,
      copies: this.copies,
    };
  }
}

/** The counts of several files together. */
export function sumCounts(parts: readonly AxisCounts[]): AxisCounts {
  const axis = (name: (typeof namedAxes)[number]): Record<string, number> => {
    const sums = new Map<string, number>();
    for (const part of parts)
      for (const [label, rows] of Object.entries(part[name])) increment(sums, label, rows);
    return toRecord(sums);
  };
  return {
    persona: axis('persona'),
    tagger: axis('tagger'),
    trait: axis('trait'),
    source: axis('source'),
    phase: axis('phase'),
    adapter: axis('adapter'),
    synthetic: parts.reduce((sum, part) => sum + part.synthetic, 0),
    copies: parts.reduce((sum, part) => sum + part.copies, 0),
  };
}

function increment(counts: Map<string, number>, label: string, by = 1): void {
  counts.set(label, (counts.get(label) ?? 0) + by);
}

function toRecord(counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
