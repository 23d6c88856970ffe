/** Agreement of two judges who labelled the same things. */
export interface Agreement {
  readonly items: number;
  /** Share labelled alike. */
  readonly observed: number;
  /** Cohen's kappa: 1 full agreement, 0 what chance alone would give; 1 where both always say the same one label. */
  readonly kappa: number;
}

/** Cohen, "A coefficient of agreement for nominal scales" (1960). null where nothing was labelled. */
export function cohenKappa(pairs: readonly (readonly [string, string])[]): Agreement | null {
  const items = pairs.length;
  if (items === 0) return null;
  const first = new Map<string, number>();
  const second = new Map<string, number>();
  let alike = 0;
  for (const [a, b] of pairs) {
    first.set(a, (first.get(a) ?? 0) + 1);
    second.set(b, (second.get(b) ?? 0) + 1);
    if (a === b) alike++;
  }
  const observed = alike / items;
  let chance = 0;
  for (const [label, count] of first) chance += (count * (second.get(label) ?? 0)) / items ** 2;
  const kappa = chance === 1 ? 1 : (observed - chance) / (1 - chance);
  return { items, observed, kappa };
}
