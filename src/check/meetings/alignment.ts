import type { Finding } from '../../core/finding.ts';
import type { Figure } from './distribution.ts';

/** Printed target: nine of ten fields of the real export. */
const wanted = 0.9;

/**
 * Holds the fields of made events against those of a real export. Score: fields of the real export that are made too, over all
 * fields of the real export; at the top level, and of every field below as well. Labels and marks of ours do not count.
 */
export function checkAlignment(
  made: readonly unknown[],
  real: readonly unknown[],
): { readonly figures: readonly Figure[]; readonly findings: readonly Finding[] } {
  const madeTypes = fieldTypes(made);
  const realTypes = fieldTypes(real);
  const fields = [...realTypes.keys()].sort();
  const top = [...new Set(real.flatMap(keysOf))].sort();
  const shared = (paths: readonly string[]): number =>
    paths.length === 0 ? 0 : paths.filter((path) => madeTypes.has(path)).length / paths.length;
  const score = shared(top);
  const findings: Finding[] = fields.flatMap((path): Finding[] => {
    const [here, there] = [madeTypes.get(path), realTypes.get(path)];
    if (!here) {
      const message = `the real export has ${path}, what was made has not`;
      return [{ code: 'meetings-field-not-made', severity: 'warning', place: 'all', message }];
    }
    const differs = !overlaps(here, there ?? new Set());
    const message = `${path} is ${list(here)}, in the real export ${list(there ?? new Set())}`;
    return differs ? [{ code: 'meetings-field-type-differs', severity: 'error', place: 'all', message }] : [];
  });
  if (score < wanted) {
    const message = `${(score * 100).toFixed(1)} % of the ${top.length} fields of the real export are made, not ${wanted * 100} %`;
    findings.push({ code: 'meetings-alignment-low', severity: 'error', place: 'all', message });
  }
  return {
    findings,
    figures: [
      {
        name: 'schema_alignment',
        value: percent(score),
        note: `percent of ${top.length} real fields; at least 90`,
      },
      {
        name: 'schema_alignment_nested',
        value: percent(shared(fields)),
        note: `percent of ${fields.length} real fields, those below fields among them`,
      },
    ],
  };
}

function keysOf(record: unknown): string[] {
  return typeof record === 'object' && record !== null ? Object.keys(record) : [];
}

/** Path → types seen: `attendees[].type` → string. A null says nothing of the type. */
function fieldTypes(records: readonly unknown[]): Map<string, Set<string>> {
  const types = new Map<string, Set<string>>();
  for (const record of records) collect(record, '', types);
  return types;
}

function collect(value: unknown, path: string, types: Map<string, Set<string>>): void {
  if (path !== '') {
    const seen = types.get(path) ?? new Set<string>();
    if (value !== null) seen.add(Array.isArray(value) ? 'array' : typeof value);
    types.set(path, seen);
  }
  if (Array.isArray(value)) {
    for (const item of value) {
      if (typeof item === 'object' && item !== null) collectFields(item, `${path}[].`, types);
    }
  } else if (typeof value === 'object' && value !== null) {
    collectFields(value, path === '' ? '' : `${path}.`, types);
  }
}

function collectFields(value: object, prefix: string, types: Map<string, Set<string>>): void {
  for (const [key, item] of Object.entries(value)) collect(item, `${prefix}${key}`, types);
}

function overlaps(left: ReadonlySet<string>, right: ReadonlySet<string>): boolean {
  return left.size === 0 || right.size === 0 || [...left].some((type) => right.has(type));
}

function list(types: ReadonlySet<string>): string {
  return [...types].sort().join(' or ') || 'null';
}

function percent(share: number): number {
  return Number((share * 100).toFixed(2));
}
