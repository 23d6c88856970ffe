import { RowError } from '../../core/errors.ts';
import { isFields } from './sample.ts';

/** Nesting that JSON text is still made of; deeper values would end in a stack overflow somewhere down the line. */
const maxDepth = 500;

/** Text of a cell. Lists hold alternatives: the first that says something. Booleans answer a question: yes or no. */
export function textOf(value: unknown, depth = 0): string {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return '';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) {
    if (depth > maxDepth) throw tooDeep();
    for (const item of value) {
      const text = textOf(item, depth + 1);
      if (text !== '') return text;
    }
    return '';
  }
  if (isFields(value) && 'text' in value && !isFields(value['text'])) return textOf(value['text'], depth + 1);
  return toJsonText(value);
}

/** Text of a cell whose list belongs together: one item a line. */
export function linesOf(value: unknown): string {
  return Array.isArray(value) ? value.map((item) => textOf(item)).join('\n') : textOf(value);
}

/** JSON text; throws RowError `depth-exceeded`. */
export function toJsonText(value: unknown): string {
  checkDepth(value, 0);
  return JSON.stringify(value) ?? 'null';
}

/** A list, also where the cell holds it as JSON text (CSV exports do). */
export function listOf(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value;
  if (typeof value !== 'string' || !value.trimStart().startsWith('[')) return undefined;
  const parsed = parseJson(value);
  return Array.isArray(parsed) ? parsed : undefined;
}

/** JSON text of tool definitions; undefined when there are none. Text that is no JSON becomes a JSON string. */
export function toolsText(value: unknown): string | undefined {
  if (value === null || value === undefined || value === '' || value === '[]') return undefined;
  if (typeof value !== 'string') {
    return Array.isArray(value) && value.length === 0 ? undefined : toJsonText(value);
  }
  return parseJson(value) === undefined ? JSON.stringify(value) : value;
}

/** `undefined` for text that is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function joinParts(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('\n\n');
}

function checkDepth(value: unknown, depth: number): void {
  if (typeof value !== 'object' || value === null) return;
  if (depth > maxDepth) {
    throw tooDeep();
  }
  if (Array.isArray(value)) for (const item of value) checkDepth(item, depth + 1);
  else for (const item of Object.values(value)) checkDepth(item, depth + 1);
}

function tooDeep(): RowError {
  return new RowError(`values are nested more than ${maxDepth} levels deep`, { code: 'depth-exceeded' });
}
