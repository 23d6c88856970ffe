import type { Finding } from '../../core/finding.ts';
import type { Taxonomy } from '../../core/taxonomy.ts';

/** What is checked, looked at once: enough to tell its kind. */
export interface CheckTarget {
  /** Absolute. */
  readonly path: string;
  readonly isFolder: boolean;
  /** Paths below the folder, with `/`, in code-unit order; the file's own name where it is a file. */
  readonly files: readonly string[];
  /** First record of the file, or of the folder's first data file; null where there is none. */
  readonly sample: unknown;
}

export interface CheckOptions {
  /** Real rows that what was made is held against. */
  readonly real: string | null;
  /** A review sheet of meetings that a person has filled in. */
  readonly review?: string | null;
  /** Card files and folders, and the scenario file, that conversations are held against. */
  readonly cards: readonly string[];
  readonly scenarios: string;
  readonly taxonomy: Taxonomy;
  readonly configsFolder: string;
  /** Also measure how varied and consistent it is. */
  readonly measures: boolean;
  /** Numbers of texts, where an encoder is at hand; null: measures that need it are left out. */
  readonly embed: ((texts: readonly string[]) => Promise<Embeddings>) | null;
  readonly signal: AbortSignal | undefined;
}

/** Row-major, `width` numbers a text. */
export interface Embeddings {
  readonly numbers: Float32Array;
  readonly width: number;
}

/** One figure with what it means; null: could not be measured, and the note says why. */
export interface Measure {
  /** Stable, `distinct_2`. */
  readonly name: string;
  readonly value: number | null;
  readonly note: string;
}

export interface MeasureGroup {
  /** Stable, `diversity`. */
  readonly name: string;
  readonly measures: readonly Measure[];
}

export interface KindResult {
  /** `{conversations: 200, personas: 20}`. */
  readonly counts: Readonly<Record<string, number>>;
  readonly findings: readonly Finding[];
  readonly measures: readonly MeasureGroup[];
  /** To be filled in by a person; written beside the findings where no such file is yet. */
  readonly files?: readonly { readonly name: string; readonly content: string }[];
}

/** One kind of data that `check` knows. Kinds are asked in the order of the roster; the first that recognises a path checks it. */
export interface CheckKind {
  readonly name: string;
  readonly recognises: (target: CheckTarget) => boolean;
  /** Reads and checks; what is wrong with the data is a finding and never thrown. */
  readonly check: (target: CheckTarget, options: CheckOptions) => Promise<KindResult>;
}

/** The fields of a record; undefined where it is none. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>) // an object of unknown members
    : undefined;
}
