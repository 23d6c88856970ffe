/** The cells that occur, numbered by (persona, traits) whatever numbers the caller gave them. */
export interface CanonicalCells {
  /** Cell of each member. */
  readonly ranks: Uint32Array;
  /** Persona and traits of each cell. */
  readonly personas: Uint16Array;
  readonly masks: Uint32Array;
  readonly count: number;
}

export function canonicalCells({
  cells,
  cellPersona,
  cellTraits,
}: {
  readonly cells: Uint32Array;
  readonly cellPersona: Uint16Array;
  readonly cellTraits: Uint32Array;
}): CanonicalCells {
  const occurs = new Uint8Array(cellPersona.length);
  for (const cell of cells) occurs[cell] = 1;
  const idOf = (cell: number): number => (cellPersona[cell] ?? 0) * 0x1_0000_0000 + (cellTraits[cell] ?? 0);
  const ids: number[] = [];
  occurs.forEach((isUsed, cell) => isUsed && ids.push(idOf(cell)));
  const sorted = Float64Array.from(new Set(ids)).toSorted();
  const rankOfId = new Map(Array.from(sorted, (id, rank) => [id, rank]));
  const rankOfCell = Uint32Array.from(cellPersona, (_, cell) => rankOfId.get(idOf(cell)) ?? 0);
  return {
    ranks: cells.map((cell) => rankOfCell[cell] ?? 0),
    personas: Uint16Array.from(sorted, (id) => Math.floor(id / 0x1_0000_0000)),
    masks: Uint32Array.from(sorted, (id) => id % 0x1_0000_0000),
    count: sorted.length,
  };
}
