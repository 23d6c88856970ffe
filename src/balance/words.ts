/** 12345.6 → `12,346`. */
export function countWords(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** 0.0123 → `1.23 %`; as many decimals as the share needs, at most four. */
export function percentWords(share: number): string {
  return `${Number((share * 100).toFixed(4))} %`;
}

/** `1.0 point`, `2.5 points`, `0.01 points`. */
export function pointWords(points: number): string {
  const value = points >= 0.1 ? points.toFixed(1) : String(Number(points.toPrecision(2)));
  return `${value} ${value === '1.0' ? 'point' : 'points'}`;
}

/** `15 %`, `20 % to 25 %`, `at least 8 %`, `at most 20 %`. */
export function bandWords(lo: number, hi: number): string {
  if (lo === hi) return percentWords(lo);
  if (hi >= 1) return `at least ${percentWords(lo)}`;
  return lo <= 0 ? `at most ${percentWords(hi)}` : `${percentWords(lo)} to ${percentWords(hi)}`;
}

/** `a`, `a and b`, `a, b and c`; more than eight are counted. */
export function listWords(names: readonly string[]): string {
  const shown = names.length > 8 ? [...names.slice(0, 7), `${names.length - 7} more`] : names;
  return shown.length < 2 ? (shown[0] ?? '') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1) ?? ''}`;
}
