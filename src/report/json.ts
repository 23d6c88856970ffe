import type { ReportModel } from './model.ts';

/** The model as JSON, keys in code unit order, so equal models are equal bytes. Ends with a newline. */
export function renderJson(model: ReportModel): string {
  return `${JSON.stringify(sortKeys(model), null, 2)}\n`;
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, content]) => [key, sortKeys(content)]));
}
