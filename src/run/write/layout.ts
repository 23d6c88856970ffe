import type { Config } from '../../config/schema.ts';
import type { OrderInput } from '../../shard/order.ts';
import { planShards, type ShardPlan } from '../../shard/plan-shards.ts';
import type { Division, Group, Split } from '../plan/division.ts';
import type { RunPlan } from '../plan/plan-pass.ts';
import type { PlanTable } from '../plan/plan-table.ts';
import type { Placements } from '../tasks.ts';

/** A division in output order, cut into shards. */
export interface RunLayout extends Division {
  readonly shards: readonly (ShardPlan & { readonly group: Group })[];
  /** Per unit of the table. */
  readonly placements: readonly Placements[];
}

/** What writing needs of a layout once its rows are placed and counted: sizes of splits, no lists of rows. */
export interface WriteLayout extends Omit<RunLayout, 'splits'> {
  readonly splits: readonly (Pick<Split, 'group' | 'split'> & { readonly rows: number })[];
}

export function withoutRows(layout: RunLayout): WriteLayout {
  const splits = layout.splits.map(({ group, split, rows }) => ({ group, split, rows: rows.length }));
  return { ...layout, splits };
}

/** Puts split number `index` in order: members of the input in output order. */
export type OrderSplits = (inputs: readonly OrderInput[]) => Promise<readonly Uint32Array[]>;

/** Orders every split, cuts it into shards, and says which row of which unit goes where. 17 bytes a placement. */
export async function layOut(
  planned: { readonly table: PlanTable; readonly plan: RunPlan; readonly division: Division },
  config: Config,
  orderSplits: OrderSplits,
): Promise<RunLayout> {
  const { table, plan, division } = planned;
  const orders = await orderSplits(division.splits.map((split) => orderInput(split, table, plan)));
  const splits = division.splits.map((split, i): Split => {
    const order = orders[i] ?? new Uint32Array(0);
    return {
      ...split,
      rows: order.map((member) => split.rows[member] ?? 0),
      copies: Uint8Array.from(order, (member) => split.copies[member] ?? 0),
    };
  });
  const sizes = splits.map(({ group, split, rows }) => ({
    name: group.name,
    folder: group.folder,
    split,
    members: rows.length,
    bytes: bytesOf(rows, table),
  }));
  const shards = planShards({ splits: sizes, shardBytes: config.output.shard_bytes }).flatMap((shard) => {
    const group = splits[shard.split]?.group;
    return group ? [{ ...shard, group }] : [];
  });
  return { ...division, splits, shards, placements: placeByUnit(table, splits, shards) };
}

/** A division lists rows in ascending order, so that their units come one after another. */
function orderInput(split: Split, table: PlanTable, plan: RunPlan): OrderInput {
  const count = split.rows.length;
  const personas = new Uint8Array(count);
  const traits = new Uint16Array(count);
  const sources = new Uint16Array(count);
  let unit = 0;
  const keys = new Uint32Array(count * 2);
  for (let m = 0; m < count; m++) {
    const row = split.rows[m] ?? 0;
    while (row >= (table.unitStart[unit + 1] ?? Infinity)) unit++;
    personas[m] = table.persona[row] ?? 0;
    traits[m] = table.traits[row] ?? 0;
    sources[m] = plan.sourceOfUnit[unit] ?? 0;
    keys[m * 2] = plan.keys[row * 2] ?? 0;
    keys[m * 2 + 1] = plan.keys[row * 2 + 1] ?? 0;
  }
  return {
    personas,
    traits,
    sources,
    keys,
    copies: split.copies,
  };
}

/** Estimated text of a split: the token estimate counts bytes / 4. */
function bytesOf(order: Uint32Array, table: PlanTable): number {
  let bytes = 0;
  for (const row of order) bytes += (table.tokens[row] ?? 0) * 4;
  return bytes;
}

/** Turns ordered splits into per-unit placements, ascending by (row, shard). */
function placeByUnit(table: PlanTable, splits: readonly Split[], shards: readonly ShardPlan[]): Placements[] {
  // Where the placements of each row begin; filling moves each entry on to where the next row's begin.
  const next = new Uint32Array(table.rows + 1);
  for (const split of splits) for (const row of split.rows) next[row + 1] = (next[row + 1] ?? 0) + 1;
  for (let row = 0; row < table.rows; row++) next[row + 1] = (next[row + 1] ?? 0) + (next[row] ?? 0);
  const total = next[table.rows] ?? 0;
  const all = {
    rows: new Uint32Array(total),
    shards: new Uint32Array(total),
    positions: new Uint32Array(total),
    copies: new Uint8Array(total),
  };
  shards.forEach((shard, shardIndex) => {
    const order = splits[shard.split]?.rows;
    for (let position = 0; position < shard.count; position++) {
      const row = order?.[shard.first + position] ?? 0;
      const at = next[row] ?? 0;
      next[row] = at + 1;
      all.rows[at] = row;
      all.shards[at] = shardIndex;
      all.positions[at] = position;
      all.copies[at] = splits[shard.split]?.copies[shard.first + position] ?? 0;
    }
  });
  return table.units.map((_, u) => {
    const start = table.unitStart[u] ?? 0;
    const end = table.unitStart[u + 1] ?? 0;
    const from = start === 0 ? 0 : (next[start - 1] ?? 0);
    const to = end === 0 ? 0 : (next[end - 1] ?? 0);
    const rows = all.rows.slice(from, to);
    return {
      rows: rows.map((row) => row - start),
      shards: all.shards.slice(from, to),
      positions: all.positions.slice(from, to),
      copies: all.copies.slice(from, to),
      personas: Uint8Array.from(rows, (row) => table.persona[row] ?? 0),
      scores: Uint16Array.from(rows, (row) => table.score[row] ?? 0),
      judge: Uint8Array.from(rows, (row) => table.judge[row] ?? 0),
    };
  });
}
