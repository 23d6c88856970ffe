import { join } from 'node:path';
import { readFile } from 'node:fs/promises';

import { explainSolution, gapsOf } from '../balance/explain.ts';
import type { ConstraintReport } from '../balance/solution.ts';
import { reviseConfig } from '../config/load.ts';
import { ConfigError } from '../core/errors.ts';
import type { Taxonomy } from '../core/taxonomy.ts';
import { hashToHex } from '../lib/hash.ts';
import { readCorpus, type Corpus } from './corpus.ts';
import { planCorpus, type PlannedCorpus } from './plan-corpus.ts';

/** Rows, tokens and supervised tokens of a part of the balanced corpus, copies counted. */
export interface Prediction {
  readonly rows: number;
  readonly tokens: number;
  readonly supervised_tokens: number;
  readonly copies: number;
  readonly share: number;
}

export interface PlanSummary {
  readonly feasible: boolean;
  readonly sentences: readonly string[];
  readonly total: Prediction;
  readonly personas: Readonly<Record<string, Prediction>>;
  readonly traits: Readonly<Record<string, Prediction>>;
  readonly phases: Readonly<Record<string, Prediction>>;
  readonly adapters: Readonly<Record<string, Prediction>>;
  /** Constraints that hold the mix where it is. */
  readonly binding: readonly ConstraintReport[];
  readonly gaps: ReturnType<typeof gapsOf>;
}

export interface WhatIf {
  readonly now: PlanSummary;
  /** null without `--set`. */
  readonly revised: PlanSummary | null;
  readonly entering: RowChange;
  readonly leaving: RowChange;
}

export interface RowChange {
  readonly rows: number;
  /** Up to ten, smallest key first. */
  readonly examples: readonly {
    readonly row_key: string;
    readonly place: string;
    readonly persona: string;
    readonly score: number;
  }[];
}

const noChange: RowChange = { rows: 0, examples: [] };

/**
 * The plan of a run folder again, and beside it the plan under other settings. Reads sidecars alone; tags and writes nothing.
 * Memory: two plans, about 130 bytes a row.
 * @throws ConfigError `run-not-tagged`, `config-invalid`
 */
export async function planWhatIf(params: {
  readonly run: string;
  readonly sets: readonly string[];
  readonly taxonomy: Taxonomy;
}): Promise<WhatIf> {
  const { run, taxonomy } = params;
  const corpus = await readCorpus(run);
  const stored = await readStoredConfig(run);
  const path = join(run, 'run.json');
  const now = await planCorpus({
    out: run,
    corpus,
    taxonomy,
    config: reviseConfig({ config: stored, path, sets: [], taxonomy }),
  });
  if (params.sets.length === 0)
    return { now: summarise(now, taxonomy), revised: null, entering: noChange, leaving: noChange };
  const revised = await planCorpus({
    out: run,
    corpus,
    taxonomy,
    config: reviseConfig({ config: stored, path, sets: params.sets, taxonomy }),
  });
  return {
    now: summarise(now, taxonomy),
    revised: summarise(revised, taxonomy),
    entering: changedRows(revised, now, corpus, taxonomy),
    leaving: changedRows(now, revised, corpus, taxonomy),
  };
}

/** The configuration that a run was started with. @throws ConfigError `run-not-found` */
export async function readStoredConfig(run: string): Promise<unknown> {
  const path = join(run, 'run.json');
  try {
    const stored: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (typeof stored === 'object' && stored !== null && 'config' in stored) return stored.config;
  } catch (cause) {
    throw new ConfigError(`${run}: not a run folder: no readable run.json`, {
      code: 'run-not-found',
      hint: 'give the folder that --out named',
      cause,
    });
  }
  throw new ConfigError(`${path}: holds no configuration`, { code: 'run-not-found' });
}

function summarise({ table, plan, division }: PlannedCorpus, taxonomy: Taxonomy): PlanSummary {
  const groups = new Map(division.groups.map((group) => [group, new Sum()]));
  const personas = taxonomy.personas.map(() => new Sum());
  const traits = taxonomy.traits.map(() => new Sum());
  const total = new Sum();
  for (let row = 0; row < table.rows; row++) {
    const copies = plan.copies[row] ?? 0;
    if (copies === 0) continue;
    const add = (sum: Sum | undefined): void =>
      sum?.add(copies, copies - 1, table.tokens[row] ?? 0, table.supervisedTokens[row] ?? 0);
    add(total);
    add(personas[table.persona[row] ?? 0]);
    traits.forEach((sum, bit) => (table.traits[row] ?? 0) & (1 << bit) && add(sum));
  }
  for (const split of division.splits) {
    const sum = groups.get(split.group);
    split.rows.forEach((row, member) =>
      sum?.add(
        1,
        (split.copies[member] ?? 0) > 0 ? 1 : 0,
        table.tokens[row] ?? 0,
        table.supervisedTokens[row] ?? 0,
      ),
    );
  }
  const named = (kind: string): [string, Sum][] =>
    [...groups].filter(([group]) => group.kind === kind).map(([group, sum]) => [group.name, sum]);
  const predict = (entries: [string, Sum][]): Record<string, Prediction> =>
    Object.fromEntries(
      entries.filter(([, sum]) => sum.rows > 0).map(([name, sum]) => [name, sum.of(total.rows)]),
    );
  return {
    feasible: plan.solution.feasible,
    sentences: explainSolution(plan.solution, plan.problem),
    total: total.of(total.rows),
    personas: predict(taxonomy.personas.map((persona, i) => [persona.id, personas[i] ?? new Sum()])),
    traits: predict(taxonomy.traits.map((trait, i) => [trait.id, traits[i] ?? new Sum()])),
    phases: predict(named('phase')),
    adapters: predict(named('adapter')),
    binding: plan.solution.constraints.filter((constraint) => constraint.binding),
    gaps: gapsOf(plan.solution, plan.problem),
  };
}

class Sum {
  rows = 0;
  #copies = 0;
  #tokens = 0;
  #supervisedTokens = 0;

  add(rows: number, copies: number, tokens: number, supervisedTokens: number): void {
    this.rows += rows;
    this.#copies += copies;
    this.#tokens += rows * tokens;
    this.#supervisedTokens += rows * supervisedTokens;
  }

  of(total: number): Prediction {
    return {
      rows: this.rows,
      tokens: this.#tokens,
      supervised_tokens: this.#supervisedTokens,
      copies: this.#copies,
      share: total > 0 ? this.rows / total : 0,
    };
  }
}

/** Rows that stand in `a` and not in `b`; both plans read the same sidecars, so rows correspond. */
function changedRows(a: PlannedCorpus, b: PlannedCorpus, corpus: Corpus, taxonomy: Taxonomy): RowChange {
  let rows = 0;
  const examples: RowChange['examples'][number][] = [];
  a.table.units.forEach((_, u) => {
    for (let row = a.table.unitStart[u] ?? 0; row < (a.table.unitStart[u + 1] ?? 0); row++) {
      if ((a.plan.copies[row] ?? 0) === 0 || (b.plan.copies[row] ?? 0) > 0) continue;
      rows++;
      if (examples.length === 10) continue;
      const unit = corpus.units[u];
      examples.push({
        row_key: hashToHex(a.table.rowKey, row * 4),
        place: `${unit?.file ?? ''}:${(unit?.firstRow ?? 0) + row - (a.table.unitStart[u] ?? 0)}`,
        persona: taxonomy.personas[a.table.persona[row] ?? 0]?.id ?? '',
        score: Math.round(((a.table.score[row] ?? 0) / 65535) * 1000) / 1000,
      });
    }
  });
  return { rows, examples };
}
