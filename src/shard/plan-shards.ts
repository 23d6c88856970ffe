export interface SplitSize {
  /** Phase or adapter: `foundation`. */
  readonly name: string;
  /** Folder inside the dataset: `phases/1-foundation`. */
  readonly folder: string;
  readonly split: 'train' | 'validation';
  readonly members: number;
  /** Estimated text of all members. */
  readonly bytes: number;
}

export interface ShardPlan {
  /** Relative to the dataset: `phases/1-foundation/train-00000-of-00004.parquet`. */
  readonly path: string;
  /** Index into the splits that were given. */
  readonly split: number;
  /** Position of the first member in the split's order. */
  readonly first: number;
  readonly count: number;
}

/** Default estimated text of a shard. */
const defaultShardBytes = 64 * 2 ** 20;

/**
 * Cuts every split into shards of near-equal row counts (they differ by at most one), each of about `shardBytes` of
 * estimated text; in the order of the splits. A split without members has no shard, one with members has no empty shard.
 */
export function planShards({
  splits,
  shardBytes = defaultShardBytes,
}: {
  readonly splits: readonly SplitSize[];
  readonly shardBytes?: number;
}): ShardPlan[] {
  return splits.flatMap(({ folder, split: name, members, bytes }, split) => {
    if (members === 0) return [];
    const shards = Math.min(members, Math.max(1, Math.ceil(bytes / shardBytes)));
    return Array.from({ length: shards }, (_, i): ShardPlan => {
      const first = Math.floor((i * members) / shards);
      const next = Math.floor(((i + 1) * members) / shards);
      return {
        path: `${folder}/${name}-${digits(i)}-of-${digits(shards)}.parquet`,
        split,
        first,
        count: next - first,
      };
    });
  });
}

/** Five digits, as the Hub's own conversions are named. */
function digits(value: number): string {
  return String(value).padStart(5, '0');
}
