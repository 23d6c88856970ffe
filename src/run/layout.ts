import type { Config } from '../config/schema.ts';
import { curriculumPhases } from '../config/check-names.ts';
import type { Taxonomy } from '../core/taxonomy.ts';
import { assignPlacements, inReplay, partitionPhase, splitOf } from '../balance/curriculum.ts';
import { orderSplit } from '../shard/order.ts';
import { planShards, type ShardPlan } from '../shard/plan-shards.ts';
import type { RunPlan } from './plan-pass.ts';
import type { PlanTable } from './plan-table.ts';
import type { Placements } from './tasks.ts';

/** A phase or an adapter of the dataset. */
export interface Group {
  readonly kind: 'phase' | 'adapter';
  readonly name: string;
  /** Folder inside dataset/. */
  readonly folder: string;
}

/** A train or validation split of a group. */
export interface Split {
  readonly group: Group;
  readonly split: 'train' | 'validation';
  readonly members: number;
  /** Table row and copy number of each member, in output order. */
  readonly order: Uint32Array;
  readonly copies: Uint8Array;
}

export interface RunLayout {
  readonly groups: readonly Group[];
  readonly splits: readonly Split[];
  readonly shards: readonly (ShardPlan & { readonly group: Group })[];
  readonly adapterOfPersona: readonly (string | null)[];
  /** Indices of the groups that take a persona's rows (a phase that takes all included). */
  readonly groupsOfPersona: readonly (readonly number[])[];
  /** Personas that the configuration gave no adapter, and where they went. */
  readonly added: readonly { readonly persona: string; readonly adapter: string; readonly reason: string }[];
  /** Per unit of the table. */
  readonly placements: readonly Placements[];
}

interface Member {
  /** Row of the table per member. */
  readonly rows: Uint32Array;
  readonly copies: Uint8Array;
}

/** Sorts the selected rows into phases, adapters and splits, orders each split, and cuts it into shards. 11 bytes a placement. */
export function layOut(table: PlanTable, plan: RunPlan, config: Config, taxonomy: Taxonomy): RunLayout {
  const phases = configuredPhases(config);
  const adapters = Object.entries(config.peft.adapters).map(([name, adapter]) => ({
    name,
    personas: adapter.personas,
  }));
  const assigned = assignPlacements({ personas: taxonomy.personas, phases, adapters });
  const groups: Group[] = [
    ...phases.map((phase, i): Group => ({
      kind: 'phase',
      name: phase.name,
      folder: `phases/${i + 1}-${phase.name}`,
    })),
    ...adapters.map((adapter): Group => ({
      kind: 'adapter',
      name: adapter.name,
      folder: `adapters/${adapter.name}`,
    })),
  ];
  const members = collectMembers(table, plan, config, { phases, assigned, groups: groups.length });
  const splits: Split[] = [];
  members.forEach((member, index) => {
    const group = groups[index >> 1];
    if (!group || member.rows.length === 0) return;
    const order = orderMembers(member, plan);
    splits.push({
      group,
      split: index & 1 ? 'validation' : 'train',
      members: member.rows.length,
      order: order.map((m) => member.rows[m] ?? 0),
      copies: Uint8Array.from(order, (m) => member.copies[m] ?? 0),
    });
  });
  const shards = planShards({
    splits: splits.map((split) => ({
      name: split.group.name,
      folder: split.group.folder,
      split: split.split,
      members: split.members,
      bytes: bytesOf(split.order, table),
    })),
    shardBytes: config.output.shard_bytes,
  }).map((shard) => ({ ...shard, group: (splits[shard.split] as Split).group })); // planShards indexes the splits it was given
  return {
    groups,
    splits,
    shards,
    adapterOfPersona: taxonomy.personas.map(
      (_, persona) => adapters[assigned.adapterOf[persona] ?? -1]?.name ?? null,
    ),
    groupsOfPersona: taxonomy.personas.map((_, persona) => {
      const adapter = assigned.adapterOf[persona] ?? -1;
      return [...(assigned.phaseOf[persona] ?? []), ...(adapter < 0 ? [] : [phases.length + adapter])];
    }),
    added: assigned.added,
    placements: placeByUnit(table, splits, shards),
  };
}

/** The curriculum of the configuration, or one phase for everything. */
function configuredPhases(config: Config): { name: string; focus: readonly string[] | 'all' }[] {
  const phases = curriculumPhases(config).map(({ name, phase }) => ({ name, focus: phase.persona_focus }));
  return phases.length > 0 ? phases : [{ name: 'all', focus: 'all' }];
}

/** Members of every (group, split), at index group * 2 + (validation ? 1 : 0); ascending rows. */
function collectMembers(
  table: PlanTable,
  plan: RunPlan,
  config: Config,
  context: {
    readonly phases: readonly { readonly focus: readonly string[] | 'all' }[];
    readonly assigned: ReturnType<typeof assignPlacements>;
    readonly groups: number;
  },
): Member[] {
  const { phases, assigned } = context;
  const groupsOf = groupChooser(table, config, phases, assigned);
  const counts = new Uint32Array(context.groups * 2);
  const forEach = (visit: (slot: number, row: number, copy: number) => void): void => {
    for (let row = 0; row < table.rows; row++) {
      const copies = plan.copies[row] ?? 0;
      if (copies === 0) continue;
      const validation =
        splitOf({
          hash: table.hash,
          at: row * 4,
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

/** The groups (phases first, then adapters) a row stands in. */
function groupChooser(
  table: PlanTable,
  config: Config,
  phases: readonly { readonly focus: readonly string[] | 'all' }[],
  assigned: ReturnType<typeof assignPlacements>,
): (row: number) => number[] {
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

function orderMembers(member: Member, plan: RunPlan): Uint32Array {
  const count = member.rows.length;
  const cells = new Uint32Array(count);
  const keys = new Uint32Array(count * 2);
  for (let m = 0; m < count; m++) {
    const row = member.rows[m] ?? 0;
    cells[m] = plan.cells[row] ?? 0;
    keys[m * 2] = plan.keys[row * 2] ?? 0;
    keys[m * 2 + 1] = plan.keys[row * 2 + 1] ?? 0;
  }
  return orderSplit({
    cells,
    keys,
    copies: member.copies,
    cellPersona: plan.cellPersona,
    cellTraits: plan.cellTraits,
  });
}

/** Estimated text of a split: the token estimate counts bytes / 4. */
function bytesOf(order: Uint32Array, table: PlanTable): number {
  let bytes = 0;
  for (const row of order) bytes += (table.tokens[row] ?? 0) * 4;
  return bytes;
}

/** Turns ordered splits into per-unit placements, ascending by (row, shard). */
function placeByUnit(table: PlanTable, splits: readonly Split[], shards: readonly ShardPlan[]): Placements[] {
  const unitOfRow = new Uint32Array(table.rows);
  table.units.forEach((_, u) => unitOfRow.fill(u, table.unitStart[u], table.unitStart[u + 1]));
  const counts = new Uint32Array(table.rows + 1);
  for (const split of splits) for (const row of split.order) counts[row + 1] = (counts[row + 1] ?? 0) + 1;
  for (let row = 0; row < table.rows; row++) counts[row + 1] = (counts[row + 1] ?? 0) + (counts[row] ?? 0);
  const total = counts[table.rows] ?? 0;
  const all = {
    rows: new Uint32Array(total),
    shards: new Uint32Array(total),
    positions: new Uint32Array(total),
    copies: new Uint8Array(total),
  };
  const next = counts.slice();
  shards.forEach((shard, shardIndex) => {
    const order = splits[shard.split]?.order;
    for (let position = 0; position < shard.count; position++) {
      const row = order?.[shard.first + position] ?? 0;
      const at = next[row] ?? 0;
      next[row] = at + 1;
      all.rows[at] = row - (table.unitStart[unitOfRow[row] ?? 0] ?? 0);
      all.shards[at] = shardIndex;
      all.positions[at] = position;
      all.copies[at] = splits[shard.split]?.copies[shard.first + position] ?? 0;
    }
  });
  return table.units.map((_, u) => {
    const from = counts[table.unitStart[u] ?? 0] ?? 0;
    const to = counts[table.unitStart[u + 1] ?? 0] ?? 0;
    return {
      rows: all.rows.slice(from, to),
      shards: all.shards.slice(from, to),
      positions: all.positions.slice(from, to),
      copies: all.copies.slice(from, to),
    };
  });
}
