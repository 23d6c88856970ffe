export interface PrefixBalanceMeasure {
  /** Largest distance of a prefix of at least 64 rows from the whole. */
  readonly worstPrefix: number;
  /** Mean and largest distance of the consecutive batches of 64 rows; a shorter rest at the end is left out. */
  readonly meanBatch64: number;
  readonly worstBatch64: number;
  /** Share of neighbouring rows with different classes. */
  readonly switchAdjacent: number;
}

/**
 * How close prefixes and batches of a split, in output order, stay to its own mix. Distance is total variation: half the
 * sum over classes of |share here - share in the whole|, in [0, 1]. A split of fewer than 64 rows has no batch: 0.
 * `personas[i]` is the class of row i, below `classes`: its persona, or any other axis (a trait is the classes without and
 * with it). Linear in rows.
 */
export function measurePrefixBalance({
  personas,
  classes,
}: {
  readonly personas: Uint8Array | Uint16Array;
  readonly classes: number;
}): PrefixBalanceMeasure {
  const total = personas.length;
  const shares = new Float64Array(classes);
  for (const persona of personas) shares[persona] = (shares[persona] ?? 0) + 1 / total;
  const prefix = new Uint32Array(classes);
  const batch = new Uint32Array(classes);
  let batches = 0;
  let batchSum = 0;
  let worstBatch64 = 0;
  let worstPrefix = 0;
  let switches = 0;
  for (let i = 0; i < total; i++) {
    const persona = personas[i] ?? 0;
    prefix[persona] = (prefix[persona] ?? 0) + 1;
    batch[persona] = (batch[persona] ?? 0) + 1;
    if (i > 0 && persona !== personas[i - 1]) switches++;
    const rows = i + 1;
    if (rows % batchRows === 0) {
      const batchDistance = distance(batch, batchRows, shares);
      batches++;
      batchSum += batchDistance;
      worstBatch64 = Math.max(worstBatch64, batchDistance);
      batch.fill(0);
    }
    if (rows >= batchRows && isMeasured(rows))
      worstPrefix = Math.max(worstPrefix, distance(prefix, rows, shares));
  }
  return {
    worstPrefix,
    meanBatch64: batches === 0 ? 0 : batchSum / batches,
    worstBatch64,
    switchAdjacent: total < 2 ? 0 : switches / (total - 1),
  };
}

const batchRows = 64;

/** Every prefix up to 4096 rows, where the distance is largest, then every 64th. */
function isMeasured(rows: number): boolean {
  return rows <= 4096 || rows % batchRows === 0;
}

function distance(counts: Uint32Array, rows: number, shares: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < counts.length; i++) sum += Math.abs((counts[i] ?? 0) / rows - (shares[i] ?? 0));
  return sum / 2;
}
