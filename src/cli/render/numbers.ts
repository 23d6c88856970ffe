export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** 12,345 */
export function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}
