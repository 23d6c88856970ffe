import { ValidationError } from '../core/errors.ts';
import type { ReportModel } from './model.ts';

/** The model as JSON, keys in code unit order, so equal models are equal bytes. Ends with a newline. */
export function renderJson(model: ReportModel): string {
  return `${JSON.stringify(sortKeys(model), null, 2)}\n`;
}

/**
 * Reads what `renderJson` wrote; `place` names the file in errors.
 * Throws ValidationError `report-invalid` when it is no report of this version.
 */
export function parseReport(text: string, place: string): ReportModel {
  const value = parseJson(text, place);
  const complete =
    isRecord(value) && value.schema === 1 && expectedKeys.every((key) => value[key] !== undefined);
  if (!complete) throw invalid(place, undefined);
  // Shape is checked as far as another file would be taken for a report; the content is our own writing.
  return value as unknown as ReportModel;
}

const expectedKeys = [
  'run',
  'accounting',
  'axes',
  'feasibility',
  'confidence',
  'lengths',
  'shards',
  'timings',
];

function parseJson(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid(place, error);
  }
}

function invalid(place: string, cause: unknown): ValidationError {
  return new ValidationError(`${place} is not a report of this version`, {
    code: 'report-invalid',
    hint: 'run the same command again with that output folder; finished work is reused',
    cause,
  });
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (!isRecord(value)) return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, sortKeys(value[key])]));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
