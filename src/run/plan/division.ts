import type { Config } from '../../config/schema.ts';
import { curriculumPhases, phaseOfAll } from '../../config/check-names.ts';
import type { Taxonomy } from '../../core/taxonomy.ts';
import { assignPlacements, inReplay, partitionPhase, splitOf } from '../../balance/curriculum.ts';
import type { RunPlan } from './plan-pass.ts';
import type { PlanTable } from './plan-table.ts';

/** A phase or an adapter of the dataset. */
export interface Group {
  readonly kind: 'phase' | 'adapter';
  readonly name: string;
  /** Folder inside dataset/. */
  readonly folder: string;
}

/** A train or validation split of a group: table row and copy number of each member. */
export interface Split {
  readonly group: Group;
  readonly split: 'train' | 'validation';
  readonly rows: Uint32Array;
  readonly copies: Uint8Array;
}

/** Which selected row stands in which phase, adapter and split. Five bytes a member. */
export interface Division {
  readonly groups: readonly Group[];
  /** Splits that have members; a division lists them in ascending rows, a layout in output order. */
  readonly splits: readonly Split[];
  readonly adapterOfPersona: readonly (string | null)[];
  /** Indices of the groups that take a persona's rows (a phase that takes all included). */
  readonly groupsOfPersona: readonly (readonly number[])[];
  /** Selected rows that no group takes, copies counted: the shards lack them. Largest first. */
  readonly unplaced: readonly { readonly persona: string; readonly rows: number }[];
  /** Personas that the configuration gave no adapter, and where they went. */
  readonly added: readonly { readonly persona: string; readonly adapter: string; readonly reason: string }[];
}

type Member = Pick<Split, 'rows' | 'copies'>;

/**
 * Sorts the selected rows into phases, adapters, train and validation; the last step of PLAN.
 * @param splitRows per row, the row whose content hash draws the side of the split; null: each its own.
 */
export function divideRows(
  table: PlanTable,
  plan: RunPlan,
  config: Config,
  taxonomy: Taxonomy,
  splitRows: Uint32Array | null,
): Division {
  const phases = configuredPhases(config);
  const adapters = Object.entries(config.peft.adapters).map(([name, { personas }]) => ({ name, personas }));
  const assigned = assignPlacements({ personas: taxonomy.personas, phases, adapters });
  const groups: Group[] = [
    ...phases.map(({ name }, i): Group => ({ kind: 'phase', name, folder: `phases/${i + 1}-${name}` })),
    ...adapters.map(({ name }): Group => ({ kind: 'adapter', name, folder: `adapters/${name}` })),
  ];
  const groupsOf = groupChooser(table, config, phases, assigned);
  const members = collectMembers(table, plan, config, { groupsOf, groups: groups.length, splitRows });
  const splits = members.flatMap((member, index): Split[] => {
    const group = groups[index >> 1];
    if (!group || member.rows.length === 0) return [];
    return [{ group, split: index & 1 ? 'validation' : 'train', ...member }];
  });
  return {
    groups,
    splits,
    adapterOfPersona: taxonomy.personas.map(
      (_, persona) => adapters[assigned.adapterOf[persona] ?? -1]?.name ?? null,
    ),
    groupsOfPersona: taxonomy.personas.map((_, persona) => {
      const adapter = assigned.adapterOf[persona] ?? -1;
      return [...(assigned.phaseOf[persona] ?? []), ...(adapter < 0 ? [] : [phases.length + adapter])];
    }),
    unplaced: countUnplaced(table, plan, taxonomy, groupsOf),
    added: assigned.added,
  };
}

/** The curriculum of the configuration, or one phase for everything. */
function configuredPhases(config: Config): { name: string; focus: readonly string[] | 'all' }[] {
  const phases = curriculumPhases(config).map(({ name, phase }) => ({ name, focus: phase.persona_focus }));
  return phases.length > 0 ? phases : [{ name: phaseOfAll, focus: 'all' }];
}

/** Members of every (group, split), at index group * 2 + (validation ? 1 : 0); ascending rows. */
function collectMembers(
  table: PlanTable,
  plan: RunPlan,
  config: Config,
  context: {
    readonly groupsOf: GroupsOf;
    readonly groups: number;
    readonly splitRows: Uint32Array | null;
  },
): Member[] {
  const { groupsOf } = context;
  const counts = new Uint32Array(context.groups * 2);
  const forEach = (visit: (slot: number, row: number, copy: number) => void): void => {
    for (let row = 0; row < table.rows; row++) {
      const copies = plan.copies[row] ?? 0;
      if (copies === 0) continue;
      const validation =
        splitOf({
          hash: table.hash,
          at: (context.splitRows?.[row] ?? row) * 4,
          seed: config.seed,
          validationShare: config.output.validation_share,
        }) === 'validation'
          ? 1
          : 0;
      for (const group of groupsOf(row))
        for (let copy = 0; copy < copies; copy++) visit(group * 2 + validation, row, copy);
    }
  };
  forEach((slot) => (counts[slot] = (counts[slot] ?? 0) + 1));
  const members = Array.from(counts, (count): Member => ({
    rows: new Uint32Array(count),
    copies: new Uint8Array(count),
  }));
  const next = new Uint32Array(counts.length);
  forEach((slot, row, copy) => {
    const at = next[slot] ?? 0;
    next[slot] = at + 1;
    const member = members[slot];
    if (!member) return;
    member.rows[at] = row;
    member.copies[at] = copy;
  });
  return members;
}

function countUnplaced(
  table: PlanTable,
  plan: RunPlan,
  taxonomy: Taxonomy,
  groupsOf: GroupsOf,
): Division['unplaced'] {
  const counts = taxonomy.personas.map(() => 0);
  for (let row = 0; row < table.rows; row++) {
    const copies = plan.copies[row] ?? 0;
    const persona = table.persona[row] ?? 0;
    if (copies > 0 && groupsOf(row).length === 0) counts[persona] = (counts[persona] ?? 0) + copies;
  }
  return taxonomy.personas
    .map(({ id }, persona) => ({ persona: id, rows: counts[persona] ?? 0 }))
    .filter(({ rows }) => rows > 0)
    .toSorted((a, b) => b.rows - a.rows);
}

/** The groups (phases first, then adapters) a row stands in. */
type GroupsOf = (row: number) => readonly number[];

function groupChooser(
  table: PlanTable,
  config: Config,
  phases: readonly { readonly focus: readonly string[] | 'all' }[],
  assigned: ReturnType<typeof assignPlacements>,
): GroupsOf {
  const { mode, replay, held_back: heldBack } = config.training.curriculum;
  const mixedPhase = phases.findIndex((phase) => phase.focus === 'all');
  const focusOf = assigned.phaseOf.map((list) => list.filter((phase) => phases[phase]?.focus !== 'all'));
  return (row) => {
    const persona = table.persona[row] ?? 0;
    const focus = focusOf[persona] ?? [];
    const at = row * 4;
    let chosen: number[];
    if (mode === 'partition') {
      chosen = [
        partitionPhase({
          hash: table.hash,
          at,
          seed: config.seed,
          focusPhases: focus,
          mixedPhase: mixedPhase < 0 ? null : mixedPhase,
          heldBack,
        }),
      ].filter((phase) => phase >= 0);
    } else {
      chosen = [...(assigned.phaseOf[persona] ?? [])];
      if (replay > 0 && focus.length > 0) {
        for (let later = Math.max(...focus) + 1; later < phases.length; later++) {
          if (
            phases[later]?.focus !== 'all' &&
            inReplay({ hash: table.hash, at, seed: config.seed, phase: later, share: replay })
          )
            chosen.push(later);
        }
      }
    }
    const adapter = assigned.adapterOf[persona] ?? -1;
    if (adapter >= 0) chosen.push(phases.length + adapter);
    return chosen;
  };
}
