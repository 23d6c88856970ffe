/** One input file, wherever it lies. Plain data: crosses threads and goes into run.json. */
export interface InputFile {
  /** Name of the source in the configuration; `_source` of its rows. */
  readonly source: string;
  /** Path relative to the source's root, with `/`; part of the row key and shown to people. */
  readonly name: string;
  readonly location: FileLocation | HubLocation;
  readonly bytes: number;
}

export interface FileLocation {
  readonly kind: 'file';
  readonly path: string;
}

export interface HubLocation {
  readonly kind: 'hub';
  readonly repo: string;
  /** A commit sha, never a branch. */
  readonly revision: string;
  readonly path: string;
  readonly etag: string;
  /** Base address, from HF_ENDPOINT; default https://huggingface.co. The token is read from the environment by whoever opens it. */
  readonly endpoint: string;
}

export type Format = 'jsonl' | 'json' | 'csv' | 'parquet';
export type Compression = 'none' | 'gzip' | 'zstd';

/** Where a unit lies in its (decompressed) file. */
export type UnitRange =
  | { readonly kind: 'whole' }
  /** Bytes [start, end) that begin and end at record borders. */
  | { readonly kind: 'bytes'; readonly start: number; readonly end: number }
  /** Rows [start, end) of a Parquet file; whole row groups. */
  | { readonly kind: 'rows'; readonly start: number; readonly end: number };

/** How the bytes become records. */
export interface FormatPlan {
  readonly format: Format;
  readonly compression: Compression;
  /** CSV only. */
  readonly csv?: {
    readonly delimiter: string;
    readonly header: readonly string[];
    readonly hasHeader: boolean;
    readonly quoted: boolean;
  };
  /** JSON only: where the records stand. `object`: one record per key, the key added as `_key`; `path`: array under these keys; `single`: the document is the record. */
  readonly json?: {
    readonly layout: 'array' | 'object' | 'path' | 'single';
    readonly path?: readonly string[];
  };
}

/** How a record becomes a row; made by `detectShape`, serialisable. `kind` names an adapter of source/adapt. */
export interface ShapePlan {
  readonly kind: string;
  /** Column of the record by the adapter's own slot names (`instruction`, `output`, `messages`, `groupBy` …). */
  readonly columns: Readonly<Record<string, string>>;
  /** Rows are grouped by a dialogue id: the file is one unit. */
  readonly grouped?: boolean;
  /** Shapes of the records that the first does not fit, tried in this order: files with rows of several shapes. */
  readonly alternatives?: readonly ShapePlan[];
}

/** A piece of one input file that one worker reads on its own: 1-8 MiB or 10-50 k rows. */
export interface Unit {
  readonly file: InputFile;
  readonly format: FormatPlan;
  readonly shape: ShapePlan;
  readonly range: UnitRange;
  /** Number of the first record in its file. */
  readonly firstRow: number;
  /** Whether `row` counts records or is the record's byte offset (where counting would mean a second download). */
  readonly rowUnit: 'record' | 'byte';
  /** Records in the range, where the scan counted them. */
  readonly records: number | null;
}

/** What one look at a file found; `units` is empty when `skipped` is set. */
export interface FileScan {
  readonly file: InputFile;
  /** sha256 of the bytes (local) or the etag (Hub). */
  readonly fingerprint: string;
  /** Records, where the scan counted them. */
  readonly records: number | null;
  readonly units: readonly Unit[];
  /** Why the whole file is left out: `shape-unknown`, `format-unknown`, `empty`, `corrupt` … with a sentence for people. */
  readonly skipped?: { readonly code: string; readonly message: string; readonly hint?: string };
  /** Lists of a JSON document that no shape fits, beside those that make the units. */
  readonly leftOut?: readonly LeftOutList[];
}

export interface LeftOutList {
  readonly records: number;
  /** Names the list and says why, for people. */
  readonly message: string;
}
