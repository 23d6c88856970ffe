import type { AxisEntry } from './model.ts';

/** `1,204,332`; the same in every locale. */
export function formatCount(value: number): string {
  const digits = Math.round(Math.abs(value)).toString();
  return (value < 0 ? '\u2212' : '') + digits.replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `12.3 k` for axes and narrow places: three significant digits. */
export function formatShort(value: number): string {
  const units: readonly (readonly [number, string])[] = [
    [1e9, 'G'],
    [1e6, 'M'],
    [1e3, 'k'],
  ];
  for (const [size, name] of units) {
    if (Math.abs(value) >= size) return `${trimZeros((value / size).toPrecision(3))}${name}`;
  }
  return trimZeros(value.toPrecision(3));
}

/** `12.0%`; one decimal, two below 1 %. */
export function formatShare(share: number | null): string {
  if (share === null) return '–';
  const value = share * 100;
  return `${value.toFixed(value > 0 && value < 0.995 ? 2 : 1)}%`;
}

/** Difference of two shares in percentage points: `+0.12`, `−3.40`, `0.00`. */
export function formatPoints(difference: number | null): string {
  if (difference === null) return '–';
  const text = Math.abs(difference * 100).toFixed(2);
  if (text === '0.00') return text;
  return (difference < 0 ? '\u2212' : '+') + text;
}

export function formatBytes(bytes: number): string {
  const names = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let index = 0;
  while (value >= 1024 && index < names.length - 1) {
    value /= 1024;
    index += 1;
  }
  return `${index === 0 ? value : value.toFixed(1)} ${names[index]}`;
}

export function formatSeconds(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min ${whole % 60} s`;
}

/** A learning rate as people write it: `2e-5`, `0.01`. */
export function formatRate(rate: number | null): string {
  if (rate === null) return '–';
  return rate !== 0 && Math.abs(rate) < 1e-3 ? rate.toExponential() : String(rate);
}

/** `25–30%`, `≥ 8%`, `≤ 10%`; empty without a band. */
export function formatBand(band: AxisEntry['band']): string {
  if (!band || (band.min === null && band.max === null)) return '';
  if (band.min === null) return `≤ ${percent(band.max ?? 1)}%`;
  if (band.max === null) return `≥ ${percent(band.min)}%`;
  return `${percent(band.min)}–${percent(band.max)}%`;
}

/** `8.2–12.3%`; a dash where there is none. */
export function formatInterval({ low, high }: { low: number | null; high: number | null }): string {
  return low === null || high === null ? '–' : `${percent(round(low))}–${percent(round(high))}%`;
}

/** To a hundredth of a point. */
function round(share: number): number {
  return Math.round(share * 1e4) / 1e4;
}

/** `1 row`, `2 rows`. */
export function formatPlural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

function percent(share: number): string {
  return trimZeros((share * 100).toFixed(2));
}

function trimZeros(text: string): string {
  return text.includes('.') && !text.includes('e') ? text.replace(/\.?0+$/, '') : text;
}
