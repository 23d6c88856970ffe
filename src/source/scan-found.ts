import type {
  Compression,
  FormatPlan,
  InputFile,
  LeftOutList,
  ShapePlan,
  Unit,
  UnitRange,
} from '../core/unit.ts';
import { resolveColumns, detectShape } from './adapt/detect-shape.ts';
import { makeSample } from './adapt/sample.ts';
import type { ByteSource } from '../core/byte-source.ts';
import type { Problem } from './detect-format.ts';
import type { ReadOptions } from './read-options.ts';

/** What the parts of a scan work on. */
export interface ScanContext {
  readonly file: InputFile;
  readonly options: ReadOptions;
  readonly source: ByteSource;
  readonly compression: Compression;
  readonly signal?: AbortSignal;
}

/** What a look at a file's content gave, before it is put together with the file. */
export type Found =
  | { readonly problem: Problem }
  | {
      readonly format: FormatPlan;
      readonly shape: ShapePlan;
      readonly records: number | null;
      readonly rowUnit: Unit['rowUnit'];
      readonly units: readonly {
        readonly range: UnitRange;
        readonly firstRow: number;
        readonly records: number | null;
        /** Where they differ from unit to unit. */
        readonly format?: FormatPlan;
        readonly shape?: ShapePlan;
      }[];
      readonly leftOut?: readonly LeftOutList[];
    };

export function isProblem(found: Found): found is { readonly problem: Problem } {
  return 'problem' in found;
}

/** The shape of sampled records, or why there is none, in words that name the columns. */
export function shapeOf(
  records: readonly unknown[],
  options: ReadOptions,
  firstReject: string | undefined,
): ShapePlan | { readonly problem: Problem } {
  if (records.length === 0) {
    const message = firstReject
      ? `no record could be read; the first: ${firstReject}`
      : 'the file holds no record';
    return { problem: { code: firstReject ? 'corrupt' : 'empty', message } };
  }
  const detected = detectShape(records, options);
  return 'plan' in detected ? detected.plan : { problem: unknownShape(records, detected.unknown, options) };
}

function unknownShape(
  records: readonly unknown[],
  columns: readonly string[],
  options: ReadOptions,
): Problem {
  const seen =
    columns.length === 0 ? 'no columns (the records are no objects)' : `the columns ${listColumns(columns)}`;
  const sample = makeSample(records);
  const missing = Object.values(options.columns ?? {}).find((name) => !resolveColumns(sample, { name }));
  const message =
    missing === undefined
      ? `no known shape fits the records, which have ${seen}`
      : `column "${missing}" is not there; the records have ${seen}`;
  const [first = 'body', second = 'answer'] = columns;
  const example = JSON.stringify({ instruction: first, output: second });
  return {
    code: 'shape-unknown',
    message,
    hint: `name the columns in the configuration, for instance columns: ${example}, or shape: text with columns: ${JSON.stringify({ text: first })}`,
  };
}

function listColumns(columns: readonly string[]): string {
  const shown = columns.slice(0, 40).map((column) => (column === '' ? '""' : column));
  return columns.length > shown.length
    ? `${shown.join(', ')} and ${columns.length - shown.length} more`
    : shown.join(', ');
}
