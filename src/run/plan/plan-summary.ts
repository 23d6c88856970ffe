import { explainSolution } from '../../balance/explain.ts';
import type { ConstraintReport } from '../../balance/solution.ts';
import type { Taxonomy } from '../../core/taxonomy.ts';
import type { Recipe } from '../../source/recipe.ts';
import type { CorpusSource } from './corpus.ts';
import { planGaps, type SuppliedGap } from './gap-recipes.ts';
import type { PlannedCorpus } from './plan-corpus.ts';
import { type Prediction, PlanTally, syntheticRows } from './plan-tally.ts';

/** What a plan predicts, as `plan` shows it. */
export interface PlanSummary {
  readonly feasible: boolean;
  readonly sentences: readonly string[];
  readonly total: Prediction;
  readonly personas: Readonly<Record<string, Prediction>>;
  readonly traits: Readonly<Record<string, Prediction>>;
  readonly phases: Readonly<Record<string, Prediction>>;
  readonly adapters: Readonly<Record<string, Prediction>>;
  /** Everything crossed: persona × trait × phase × adapter. */
  readonly table: readonly PlanLine[];
  /** Constraints that hold the mix where it is. */
  readonly binding: readonly ConstraintReport[];
  /** What is missing, why, and which recipes are made for it. */
  readonly gaps: readonly SuppliedGap[];
}

/**
 * Rows of one persona with one trait in one phase (and the adapter that takes the persona's rows). `trait` null: with any
 * traits or none; these lines add up, while lines with a trait overlap, since a row can have several. `phase` null: selected,
 * but in no phase.
 */
export interface PlanLine extends Prediction {
  readonly persona: string;
  readonly trait: string | null;
  readonly phase: string | null;
  readonly adapter: string | null;
}

/** Folds a plan into its prediction: one pass over the rows and one over the placements, 2 bytes a row. */
export function summarisePlan(
  planned: PlannedCorpus,
  context: {
    readonly taxonomy: Taxonomy;
    readonly sources: readonly CorpusSource[];
    readonly recipes: readonly Recipe[];
  },
): PlanSummary {
  const { taxonomy, sources, recipes } = context;
  const { plan, table } = planned;
  const synthetic = syntheticRows(table, sources);
  const { total, totalRows, personas, traits } = countRows(planned, taxonomy, synthetic);
  return {
    feasible: plan.solution.feasible,
    sentences: explainSolution(plan.solution, plan.problem),
    total,
    personas,
    traits,
    ...countGroups(planned, synthetic, totalRows),
    table: crossTable(planned, taxonomy, { synthetic, totalRows }),
    binding: plan.solution.constraints.filter((constraint) => constraint.binding),
    gaps: planGaps(plan, table, taxonomy, recipes),
  };
}

type Named = Record<string, Prediction>;

function countRows(
  { table, plan }: PlannedCorpus,
  taxonomy: Taxonomy,
  synthetic: Uint8Array,
): { total: Prediction; totalRows: number; personas: Named; traits: Named } {
  const total = new PlanTally(1, table, synthetic);
  const personas = new PlanTally(taxonomy.personas.length, table, synthetic);
  const traits = new PlanTally(taxonomy.traits.length, table, synthetic);
  for (let row = 0; row < table.rows; row++) {
    const copies = plan.copies[row] ?? 0;
    if (copies === 0) continue;
    total.add(0, row, copies, copies - 1);
    personas.add(table.persona[row] ?? 0, row, copies, copies - 1);
    for (let bits = table.traits[row] ?? 0; bits !== 0; bits &= bits - 1)
      traits.add(31 - Math.clz32(bits & -bits), row, copies, copies - 1);
  }
  const totalRows = total.rows(0);
  const named = (tally: PlanTally, names: readonly { readonly id: string }[]): Named =>
    Object.fromEntries(
      names.flatMap(({ id }, i) => (tally.rows(i) > 0 ? [[id, tally.of(i, totalRows)]] : [])),
    );
  return {
    total: total.of(0, totalRows),
    totalRows,
    personas: named(personas, taxonomy.personas),
    traits: named(traits, taxonomy.traits),
  };
}

/** Phases and adapters from what was placed: replay and partition make them more than a function of the persona. */
function countGroups(
  { table, division }: PlannedCorpus,
  synthetic: Uint8Array,
  totalRows: number,
): { phases: Named; adapters: Named } {
  const tally = new PlanTally(division.groups.length, table, synthetic);
  for (const split of division.splits) {
    const group = division.groups.indexOf(split.group);
    split.rows.forEach((row, member) => tally.add(group, row, 1, (split.copies[member] ?? 0) > 0 ? 1 : 0));
  }
  const named = (kind: 'phase' | 'adapter'): Named =>
    Object.fromEntries(
      division.groups.flatMap((group, i) =>
        group.kind === kind && tally.rows(i) > 0 ? [[group.name, tally.of(i, totalRows)]] : [],
      ),
    );
  return { phases: named('phase'), adapters: named('adapter') };
}

function crossTable(
  { table, plan, division }: PlannedCorpus,
  taxonomy: Taxonomy,
  { synthetic, totalRows }: { readonly synthetic: Uint8Array; readonly totalRows: number },
): PlanLine[] {
  const phases = division.groups.filter((group) => group.kind === 'phase');
  // The last slot of each axis: any traits, and no phase.
  const traitSlots = taxonomy.traits.length + 1;
  const phaseSlots = phases.length + 1;
  const tally = new PlanTally(taxonomy.personas.length * traitSlots * phaseSlots, table, synthetic);
  const placed = new Uint8Array(table.rows);
  const add = (row: number, phase: number, times: number, copies: number): void => {
    const base = (table.persona[row] ?? 0) * traitSlots;
    tally.add((base + taxonomy.traits.length) * phaseSlots + phase, row, times, copies);
    for (let bits = table.traits[row] ?? 0; bits !== 0; bits &= bits - 1)
      tally.add((base + 31 - Math.clz32(bits & -bits)) * phaseSlots + phase, row, times, copies);
  };
  for (const split of division.splits) {
    const phase = phases.indexOf(split.group);
    if (phase < 0) continue;
    split.rows.forEach((row, member) => {
      placed[row] = 1;
      add(row, phase, 1, (split.copies[member] ?? 0) > 0 ? 1 : 0);
    });
  }
  for (let row = 0; row < table.rows; row++) {
    const copies = plan.copies[row] ?? 0;
    if (copies > 0 && placed[row] === 0) add(row, phases.length, copies, copies - 1);
  }
  const lines: PlanLine[] = [];
  taxonomy.personas.forEach((persona, p) => {
    for (let t = 0; t < traitSlots; t++) {
      for (let f = 0; f < phaseSlots; f++) {
        const part = (p * traitSlots + t) * phaseSlots + f;
        if (tally.rows(part) === 0) continue;
        lines.push({
          persona: persona.id,
          trait: taxonomy.traits[t]?.id ?? null,
          phase: phases[f]?.name ?? null,
          adapter: division.adapterOfPersona[p] ?? null,
          ...tally.of(part, totalRows),
        });
      }
    }
  });
  return lines;
}
