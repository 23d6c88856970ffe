import type { Config } from '../../config/schema.ts';
import { abstainPersona, type Taxonomy } from '../../core/taxonomy.ts';
import type { AxisEntry, AxisName } from '../../report/model.ts';
import { AxisCounter, type CountedRow } from '../write/axis-counter.ts';
import type { RunLayout } from '../write/layout.ts';
import type { RunPlan } from '../plan/plan-pass.ts';
import { type PlanTable, stateIndex } from '../plan/plan-table.ts';
import type { CorpusSource } from '../plan/corpus.ts';

export interface AxesInput {
  readonly config: Config;
  readonly taxonomy: Taxonomy;
  readonly sources: readonly CorpusSource[];
  readonly table: PlanTable;
  readonly plan: RunPlan;
  readonly layout: RunLayout;
}

/** Amounts of the whole supply, the whole corpus and what of it is placed, in rows, tokens and supervised tokens. */
export interface Totals {
  readonly before: readonly [number, number, number];
  readonly after: readonly [number, number, number];
  readonly placed: readonly [number, number, number];
  readonly selected: number;
  /** Corpus rows of synthetic sources, copies counted. */
  readonly synthetic: number;
}

type Goal = Pick<AxisEntry, 'target' | 'asked' | 'band' | 'drift' | 'alert' | 'cause'>;
const noGoal: Goal = { target: null, asked: null, band: null, drift: null, alert: false, cause: null };

/** Counts every axis in one pass over the table. */
export function countAxes(input: AxesInput): { axes: Record<AxisName, AxisEntry[]>; totals: Totals } {
  const { taxonomy, sources, layout } = input;
  const categories = taxonomy.categories.map((category) => category.id);
  const categoryOf = taxonomy.personas.map((persona) => categories.indexOf(persona.category));
  const counters = {
    category: new AxisCounter(categories.length),
    persona: new AxisCounter(taxonomy.personas.length),
    trait: new AxisCounter(taxonomy.traits.length),
    source: new AxisCounter(sources.length),
    group: new AxisCounter(layout.groups.length),
  };
  const before: [number, number, number] = [0, 0, 0];
  const after: [number, number, number] = [0, 0, 0];
  const placed: [number, number, number] = [0, 0, 0];
  let selected = 0;
  let synthetic = 0;
  forEachSupplyRow(input, (row, persona, traits, source) => {
    const add = (counter: AxisCounter, entry: number): void => {
      counter.addSupply(entry, row);
      if (row.copies > 0) counter.addSelected(entry, row);
    };
    addAmount(before, 1, row);
    addAmount(after, row.copies, row);
    if (row.placed) addAmount(placed, row.copies, row);
    if (row.copies > 0) selected++;
    if (row.synthetic) synthetic += row.copies;
    add(counters.category, categoryOf[persona] ?? 0);
    add(counters.persona, persona);
    add(counters.source, source);
    for (let bit = 0; bit < taxonomy.traits.length; bit++) if (traits & (1 << bit)) add(counters.trait, bit);
    for (const group of layout.groupsOfPersona[persona] ?? []) counters.group.addSupply(group, row);
  });
  countGroups(input, counters.group);
  const totals: Totals = { before, after, placed, selected, synthetic };
  return { axes: entriesOf(input, counters, totals), totals };
}

function forEachSupplyRow(
  input: AxesInput,
  visit: (row: CountedRow, persona: number, traits: number, source: number) => void,
): void {
  const { table, plan, sources, layout } = input;
  const placed = new Uint8Array(table.rows);
  for (const split of layout.splits) for (const row of split.rows) placed[row] = 1;
  const row: CountedRow = {
    tokens: 0,
    supervisedTokens: 0,
    copies: 0,
    synthetic: false,
    placed: false,
    abstained: false,
  };
  table.units.forEach((unit, u) => {
    row.synthetic = sources[unit.source]?.synthetic ?? false;
    for (let i = table.unitStart[u] ?? 0; i < (table.unitStart[u + 1] ?? 0); i++) {
      if (table.state[i] !== stateIndex.eligible) continue;
      row.tokens = table.tokens[i] ?? 0;
      row.supervisedTokens = table.supervisedTokens[i] ?? 0;
      row.copies = plan.copies[i] ?? 0;
      row.placed = placed[i] === 1;
      row.abstained = table.abstained[i] === 1;
      visit(row, table.persona[i] ?? 0, table.traits[i] ?? 0, unit.source);
    }
  });
}

/** Phases and adapters are counted from what was laid out: replay and partition make them more than a function of the persona. */
function countGroups({ table, plan, layout, sources }: AxesInput, counter: AxisCounter): void {
  const sourceOf = new Uint16Array(table.rows);
  table.units.forEach((unit, u) => sourceOf.fill(unit.source, table.unitStart[u], table.unitStart[u + 1]));
  for (const split of layout.splits) {
    const group = layout.groups.indexOf(split.group);
    split.rows.forEach((i, member) => {
      if (split.copies[member] !== 0) return;
      counter.addSelected(group, {
        tokens: table.tokens[i] ?? 0,
        supervisedTokens: table.supervisedTokens[i] ?? 0,
        copies: plan.copies[i] ?? 0,
        synthetic: sources[sourceOf[i] ?? 0]?.synthetic ?? false,
        placed: true,
        abstained: false,
      });
    });
  }
}

function entriesOf(
  input: AxesInput,
  counters: Record<'category' | 'persona' | 'trait' | 'source' | 'group', AxisCounter>,
  totals: Totals,
): Record<AxisName, AxisEntry[]> {
  const { config, taxonomy, sources, layout } = input;
  const unit = ['rows', 'tokens', 'supervised_tokens'].indexOf(config.balance.unit);
  const entry = (
    counter: AxisCounter,
    index: number,
    name: string,
    group: string | null,
    goal: (share: number) => Goal,
  ): AxisEntry => {
    const counted = counter.result(index, unit, totals);
    return { name, group, ...counted, ...goal(counted.after.share) };
  };
  const groupEntries = (kind: 'phase' | 'adapter'): AxisEntry[] =>
    layout.groups.flatMap((group, index) =>
      group.kind === kind ? [entry(counters.group, index, group.name, null, () => noGoal)] : [],
    );
  return {
    category: taxonomy.categories.map((category, i) =>
      entry(counters.category, i, category.id, null, (share) => categoryGoal(input, category.id, share)),
    ),
    persona: taxonomy.personas.map((persona, i) =>
      entry(counters.persona, i, persona.id, persona.category, (share) => personaGoal(input, i, share)),
    ),
    trait: taxonomy.traits.map((trait, i) =>
      entry(counters.trait, i, trait.id, trait.group, (share) =>
        constraintGoal(input, `trait:${trait.id}`, share),
      ),
    ),
    source: sources.map((source, i) => entry(counters.source, i, source.name, null, () => noGoal)),
    phase: groupEntries('phase'),
    adapter: groupEntries('adapter'),
  };
}

/** A persona's part of its family's weight, in proportion to what the plan gave each member. */
function personaGoal(input: AxesInput, persona: number, share: number): Goal {
  const { config, taxonomy, plan } = input;
  const weights = config.dataset.persona_weights;
  const { id = '', parent = '' } = taxonomy.personas[persona] ?? {};
  const family = id in weights ? id : parent in weights ? parent : null;
  const quota = quotaOf(plan, (p) => p === id);
  const total = plan.aim.quotas.reduce((sum, value) => sum + value, 0);
  const target = { share: total > 0 ? quota / total : 0, rows: quota };
  if (family === null)
    return {
      ...noGoal,
      target: config.balance.rest === 'drop' ? { share: 0, rows: 0 } : target,
      drift: share - target.share,
    };
  const constraint = plan.solution.constraints.find((candidate) => candidate.name === `persona:${family}`);
  const familyQuota = quotaOf(
    plan,
    (p) => p === family || (!(p in weights) && parentOf(taxonomy, p) === family),
  );
  const part = familyQuota > 0 ? quota / familyQuota : id === family ? 1 : 0;
  const wish = constraint?.target ?? (constraint && constraint.lo === constraint.hi ? constraint.lo : null);
  const asked = wish === null ? null : wish * part;
  const drift = share - (asked ?? target.share);
  return {
    target,
    asked,
    band:
      constraint && constraint.lo !== constraint.hi
        ? { min: constraint.lo * part, max: constraint.hi * part }
        : null,
    drift: share - target.share,
    alert:
      config.monitoring.alert_on_persona_imbalance && Math.abs(drift) > config.monitoring.max_persona_drift,
    cause: Math.abs(drift) * total < 1 ? null : abstentionCause(id, constraint?.cause ?? null),
  };
}

/** A shortfall of the reject class is not about supply: rows land there because no class was sure. */
function abstentionCause(persona: string, cause: AxisEntry['cause']): AxisEntry['cause'] {
  return persona === abstainPersona && cause === 'supply' ? 'abstention' : cause;
}

function categoryGoal(input: AxesInput, category: string, share: number): Goal {
  const constrained = constraintGoal(input, `category:${category}`, share);
  if (constrained.target !== null) return constrained;
  const printed = input.taxonomy.categories.find((candidate) => candidate.id === category);
  const quota = quotaOf(input.plan, (persona) => input.plan.problem.categories[persona] === category);
  const total = input.plan.aim.quotas.reduce((sum, value) => sum + value, 0);
  const target = { share: total > 0 ? quota / total : 0, rows: quota };
  return {
    ...noGoal,
    target,
    drift: share - target.share,
    band: printed ? { min: printed.min / 100, max: printed.max / 100 } : null,
  };
}

function constraintGoal(input: AxesInput, name: string, share: number): Goal {
  const constraint = input.plan.solution.constraints.find((candidate) => candidate.name === name);
  if (!constraint) return noGoal;
  const asked = constraint.target ?? (constraint.lo === constraint.hi ? constraint.lo : null);
  const aimed = input.plan.aim.constraints.find((candidate) => candidate.name === name) ?? constraint;
  const target = { share: aimed.share, rows: aimed.rows };
  return {
    target,
    asked,
    band: constraint.lo === constraint.hi ? null : { min: constraint.lo, max: constraint.hi },
    drift: share - target.share,
    alert: asked !== null && Math.abs(share - asked) > input.config.monitoring.max_persona_drift,
    cause: constraint.cause,
  };
}

function quotaOf(plan: RunPlan, matches: (persona: string) => boolean): number {
  return plan.problem.cells.reduce(
    (sum, cell, i) => (matches(cell.persona) ? sum + (plan.aim.quotas[i] ?? 0) : sum),
    0,
  );
}

function parentOf(taxonomy: Taxonomy, persona: string): string {
  return taxonomy.personas.find((candidate) => candidate.id === persona)?.parent ?? '';
}

function addAmount(into: [number, number, number], times: number, row: CountedRow): void {
  into[0] += times;
  into[1] += times * row.tokens;
  into[2] += times * row.supervisedTokens;
}
