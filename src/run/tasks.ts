import type { ErrorShape } from '../core/errors.ts';
import type { Taxonomy } from '../core/taxonomy.ts';
import type { InputFile, Unit } from '../core/unit.ts';
import type { Correction } from '../fit/correction.ts';
import type { OrderInput } from '../shard/order.ts';
import type { ScreenRules } from '../tag/screen-unit.ts';
import type { AxisCounts } from '../shard/axis-counts.ts';
import type { DoneOutput, StepKey } from './checkpoint.ts';
import type { CorrectTask, LearnTask, LookTask, RefineTask, UnitCascade } from './tag/cascade-tasks.ts';
import type { ExplainedRow } from './tag/tag-explain.ts';
import type { UnitBlock } from './evaluate/labelled-rows.ts';

/** What every worker thread is told when it starts. */
export interface WorkerSetup {
  /** Module URL of taggers/index.ts: stages do not import the taggers. */
  readonly rosterUrl: string;
  /** Absolute folders. */
  readonly personaTagger: string;
  readonly traitTagger: string;
  /** The accurate tier of a cascade; null without one. */
  readonly accurateTagger: string | null;
  readonly taxonomy: Taxonomy;
}

export interface ScanTask {
  readonly kind: 'scan';
  readonly file: InputFile;
  readonly options: {
    readonly columns?: Record<string, string>;
    readonly shape?: string;
    readonly unitBytes: number;
  };
}

export interface TagTask {
  readonly kind: 'tag';
  readonly name: string;
  readonly unit: Unit;
  /** Read only this many entries of the unit. */
  readonly take: number | null;
  /** Index of the origin persona in the taxonomy, or -1. */
  readonly origin: number;
  readonly synthetic: boolean;
  /** Unused columns are written, so they too tell rows of equal content apart. */
  readonly keepExtra: boolean;
  /** What counts tokens; null: they are estimated. */
  readonly tokenizer: string | null;
  readonly out: string;
  /** Relative to `out`. */
  readonly sidecar: string;
  readonly quarantine: string;
  readonly done: string;
  readonly key: StepKey;
}

export interface TagCounts {
  /** Entries of the sidecar. */
  readonly rows: number;
  /** Input records behind them. */
  readonly records: number;
  readonly rejected: Readonly<Record<string, number>>;
  /** First rejected rows, for messages. */
  readonly firstRejected: readonly {
    readonly row: number;
    readonly code: string;
    readonly message: string;
  }[];
}

/** Tags rows from the start of a unit with the accurate tier for about `ms` milliseconds, to see how fast it is. */
export interface PaceTask {
  readonly kind: 'pace';
  readonly unit: Unit;
  readonly ms: number;
}

export interface Pace {
  readonly rows: number;
  readonly ms: number;
}

/** Reads one unit for near-duplicates and benchmark texts. */
export interface ScreenTask {
  readonly kind: 'screen';
  readonly name: string;
  readonly unit: Unit;
  readonly take: number | null;
  readonly out: string;
  /** Relative to `out`. */
  readonly sidecar: string;
  readonly done: string;
  readonly key: StepKey;
  /** Control tokens of this format are no part of a row's text. */
  readonly tokenFormat: string;
  readonly rules: ScreenRules;
}

export interface ScreenCounts {
  readonly rows: number;
}

/** Which rows of a unit go where; parallel arrays in ascending (row, shard) order. */
export interface Placements {
  /** Index of the entry in the sidecar. */
  readonly rows: Uint32Array;
  readonly shards: Uint32Array;
  readonly positions: Uint32Array;
  readonly copies: Uint8Array;
  /** Labels of the placed rows, decided by PLAN. */
  readonly personas: Uint8Array;
  readonly scores: Uint16Array;
  /** Who decided: an index into `Judges`. */
  readonly judge: Uint8Array;
}

export interface CollectTask {
  readonly kind: 'collect';
  readonly name: string;
  readonly unit: Unit;
  readonly out: string;
  readonly sidecar: string;
  /** Sidecar of the accurate tier; null where it judged no row of the unit. */
  readonly refined: string | null;
  readonly spill: string;
  readonly done: string;
  readonly key: StepKey;
  readonly placements: Placements;
  readonly rules: RowRules;
}

/** Ids of what can have judged a row: the fast tier, the accurate tier, and the fast one as the accurate one corrected it. */
export type Judges = readonly [string, string, string];

/** How a placed row becomes an output row; the same for every unit. */
export interface RowRules {
  readonly seed: number;
  readonly controlToken: 'prefix' | 'system' | 'none';
  readonly tokenFormat: string;
  readonly tokenDropout: number;
  readonly keepExtra: boolean;
  /** Phase written into `_phase`, per shard; null in adapter shards. */
  readonly phaseOfShard: readonly (string | null)[];
  /** Adapter per persona index. */
  readonly adapterOfPersona: readonly (string | null)[];
  readonly judges: Judges;
}

export interface CollectCounts {
  readonly segments: readonly {
    readonly shard: number;
    readonly start: number;
    readonly bytes: number;
    readonly records: number;
  }[];
}

export interface ShardTask {
  readonly kind: 'shard';
  readonly name: string;
  readonly out: string;
  /** Relative to `out`. */
  readonly path: string;
  readonly done: string;
  readonly key: StepKey;
  readonly segments: readonly {
    readonly path: string;
    readonly start: number;
    readonly bytes: number;
    readonly records: number;
  }[];
  readonly format: 'messages' | 'alpaca';
  readonly writer: 'hyparquet' | 'parquetjs-lite';
  readonly rowGroupRows: number;
  readonly zstdLevel: number;
}

export interface ShardCounts {
  readonly rows: number;
  readonly counts: AxisCounts;
}

/** Tags one unit straight into JSONL, for `tag IN OUT`. */
export interface TagFileTask {
  readonly kind: 'tag-file';
  readonly unit: Unit;
  /** Overrides the tagger's own thresholds. */
  readonly threshold: number | null;
  /** Adds the reasons to the rows. */
  readonly explain: boolean;
  /** What the accurate tier says of some rows of the unit, and to the fast tier; null without a cascade. */
  readonly cascade: UnitCascade | null;
  /** Absolute. */
  readonly path: string;
}

export interface TagFileCounts {
  readonly rows: number;
  readonly rejected: number;
  /** Bytes written. */
  readonly bytes: number;
  readonly personas: Readonly<Record<string, number>>;
  readonly traits: Readonly<Record<string, number>>;
  /** Rows by the persona tagger that judged them. */
  readonly taggers: Readonly<Record<string, number>>;
  /** The first rows, where reasons were asked for. */
  readonly examples: readonly ExplainedRow[];
}

/** Loads the models that later tasks need, so that what is wrong with one is known before any row is read; answers with null. */
export interface OpenTask {
  readonly kind: 'open';
  readonly models: 'taggers' | 'encoder';
}

/** How sure the fast tier is of the rows of one unit; answers with a UnitConfidence. */
export interface SurveyTask {
  readonly kind: 'survey';
  readonly unit: Unit;
}

/** Puts one split in output order; answers with members in order. */
export interface OrderTask {
  readonly kind: 'order';
  readonly index: number;
  readonly input: OrderInput;
}

/** Reads the labels of one unit, for `eval` and `train`. */
export interface LabelsTask {
  readonly kind: 'labels';
  readonly unit: Unit;
  readonly index: number;
}

/** Labels of the readable rows of a unit, in order; parallel arrays. */
export interface UnitLabels {
  /** Indices into the taxonomy. */
  readonly gold: Uint8Array;
  /** Hash of the data set that the row names; 0: none. */
  readonly origins: Uint32Array;
  /** Four a row. */
  readonly contentHash: Uint32Array;
  readonly unreadable: number;
  /** The first wrong label; the arrays are empty then. */
  readonly problem?: ErrorShape;
}

/** Tags rows whose labels are known. */
export interface JudgeTask {
  readonly kind: 'judge';
  readonly block: UnitBlock;
  /** Only these personas may be chosen; null: all, with abstention. */
  readonly among: readonly number[] | null;
  /** Of the tagger, as a run learnt it; null: it judges as it is. */
  readonly correction: Correction | null;
}

/** Parallel arrays, one entry a row of the block; see evaluate/judgements. */
export interface BlockJudgements {
  readonly best: Uint8Array;
  readonly scores: Float64Array;
  readonly isSure: Uint8Array;
}

/** Runs the encoder over rows whose labels are known; the persona tagger's folder is the encoder's. */
export interface EmbedTask {
  readonly kind: 'embed';
  readonly block: UnitBlock;
}

/** Row-major [rows of the block, width]. */
export interface BlockEmbeddings {
  readonly numbers: Float32Array;
  readonly width: number;
}

/** Runs the encoder over messages of somebody's export; the persona tagger's folder is the encoder's. */
export interface EncodeMessagesTask {
  readonly kind: 'encode-messages';
  readonly name: string;
  readonly out: string;
  /** Absolute; the file of categorised messages. */
  readonly messages: string;
  /** Lines of it, in bytes. */
  readonly block: { readonly start: number; readonly end: number; readonly rows: number };
  /** Relative to `out`. */
  readonly path: string;
  readonly done: string;
  readonly key: StepKey;
}

export interface EncodeMessagesCounts {
  readonly rows: number;
  readonly width: number;
}

export type WorkerTask =
  | OpenTask
  | OrderTask
  | ScanTask
  | TagTask
  | RefineTask
  | CorrectTask
  | LearnTask
  | PaceTask
  | ScreenTask
  | CollectTask
  | ShardTask
  | TagFileTask
  | SurveyTask
  | LookTask
  | LabelsTask
  | JudgeTask
  | EmbedTask
  | EncodeMessagesTask;

/** Why an input file cannot be read. */
export interface Damage {
  readonly code: string;
  readonly message: string;
}

/** What a step left, or that its input is damaged: then there is no marker. */
export type StepOutcome<Counts> = StepResult<Counts> | { readonly damage: Damage };

export interface StepResult<Counts> {
  readonly counts: Counts;
  readonly outputs: readonly DoneOutput[];
  readonly ms: number;
}
