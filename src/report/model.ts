/**
 * What happened in one run, as plain JSON data: the only input of every renderer. Filled by the caller from artefacts.
 * Shares are fractions in [0, 1] measured in `run.unit`; `null` means "does not apply" or "was not measured".
 * Everything except `timings` is a function of inputs, config and version, so the same run gives the same model.
 */
export interface ReportModel {
  readonly schema: 1;
  readonly run: RunFacts;
  readonly accounting: Accounting;
  readonly axes: Readonly<Record<AxisName, readonly AxisEntry[]>>;
  readonly feasibility: Feasibility;
  /** The persona taggers that judged rows, the fast tier first. */
  readonly tiers: readonly TierFacts[];
  /** What the accurate tier was asked; null where there was none. */
  readonly cascade: CascadeReport | null;
  /** One per tier. */
  readonly confidence: readonly ConfidenceHistogram[];
  readonly lengths: LengthHistogram;
  /** null where no audit set is configured. */
  readonly audit: AuditFacts | null;
  readonly quarantine: readonly QuarantineReason[];
  readonly skippedFiles: readonly SkippedFile[];
  /** Rows that went from a source through a persona into a phase; copies counted. Zero links may be left out. */
  readonly flow: readonly FlowLink[];
  readonly prefixBalance: readonly PrefixBalance[];
  readonly shards: readonly ShardFacts[];
  readonly phases: readonly PhaseFacts[];
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
  /** Differ from run to run; never part of the deterministic artefacts. Empty where nothing was timed. */
  readonly timings: readonly StageTiming[];
}

export const axisNames = ['category', 'persona', 'trait', 'source', 'phase', 'adapter'] as const;
export type AxisName = (typeof axisNames)[number];

export type BalanceUnit = 'rows' | 'tokens' | 'supervised_tokens';

export interface RunFacts {
  readonly toolVersion: string;
  /** As the user gave it; shown, never opened. */
  readonly configPath: string;
  readonly configHash: string;
  readonly seed: number;
  /** Output folder as the user gave it. */
  readonly out: string;
  readonly taggers: readonly TaggerFacts[];
  /** What a share is a share of. */
  readonly unit: BalanceUnit;
  /** `max` or the number that was asked for, in `unit`. */
  readonly askedTotal: 'max' | number;
  /** Rows that can be selected: adapted, kept by filters, no duplicates. */
  readonly before: Amount;
  /** The balanced corpus, copies counted. */
  readonly after: Amount;
  /** Above it a persona's drift is an alert. */
  readonly maxPersonaDrift: number;
  readonly maxRepeats: number;
  /** What counted the tokens; null: they are estimated from bytes. */
  readonly tokenizer: { readonly name: string; readonly sha256: string } | null;
}

export interface TaggerFacts {
  readonly id: string;
  readonly task: 'persona' | 'traits';
  readonly sha256: string;
  readonly licence: string | null;
}

/** Of all rows that could be read. */
export interface TierFacts {
  readonly tagger: string;
  readonly rows: number;
  readonly share: number;
  /** Rows below the threshold of their best persona. */
  readonly abstained: number;
}

export interface CascadeReport {
  /** Share of the eligible rows that was asked for. */
  readonly budget: number | null;
  readonly maxSeconds: number | null;
  /** Rows with assistant text whose label no source fixes. */
  readonly eligible: number;
  /** Rows that the accurate tier judged. */
  readonly rows: number;
  /** Of them: both tiers have the same best persona. */
  readonly agreed: number;
  /** In the least sure of these rows the fast tier's best persona is no more probable. */
  readonly confidence: number;
  /** Of these rows: those that were drawn, whatever the fast tier said of them. */
  readonly drawn: number;
  /** Whether they were to correct the fast tier. */
  readonly correct: boolean;
  /** What the fast tier learnt from these rows; null where it did not. */
  readonly correction: {
    /** Rows that both tiers judged for it. */
    readonly lessons: number;
    /** Of the drawn ones: rows on which both tiers agree, before, and after each was judged by what the others teach. */
    readonly agreement: { readonly rows: number; readonly before: number; readonly after: number };
    /** Rows that were corrected: all that could have been chosen and were not; and those whose best persona then was another. */
    readonly rows: number;
    readonly changed: number;
  } | null;
}

/** The three units side by side. */
export interface Amount {
  readonly rows: number;
  readonly tokens: number;
  readonly supervisedTokens: number;
}

export interface ShareAmount extends Amount {
  readonly share: number;
}

/**
 * Every input row, once: input = quarantined + filtered + duplicates + nearDuplicates + notSelected + selected. Copies stand
 * outside.
 */
export interface Accounting {
  /** Entries read: rows and rejects. */
  readonly input: number;
  /** Records behind them; more than `input` where utterances were grouped into dialogues. */
  readonly records: number;
  readonly quarantined: number;
  /** Sorted by reason. */
  readonly filtered: readonly ReasonCount[];
  /** Exact ones. */
  readonly duplicates: number;
  /** Removed as near-duplicates of a row that stayed. */
  readonly nearDuplicates: number;
  /** Clusters of near-duplicates that were found; null where none were looked for. */
  readonly nearClusters: number | null;
  /** Rows filtered because they stand in a benchmark; a row that meets several counts for each. Empty where none is named. */
  readonly benchmarks: readonly { readonly name: string; readonly rows: number }[];
  readonly notSelected: number;
  /** Distinct rows in the balanced corpus. */
  readonly selected: number;
  /** Extra copies of selected rows in the balanced corpus; corpus rows = selected + copies. */
  readonly copies: number;
  /** Corpus rows of sources that are marked synthetic, copies counted. */
  readonly synthetic: number;
  /** Corpus rows that no phase or adapter takes, copies counted: the shards lack them. */
  readonly unplaced: number;
  /** Records of files and lists that no shape fitted, where they were counted; not part of `input`. */
  readonly unrecognisedRecords: number;
}

export interface ReasonCount {
  readonly reason: string;
  readonly rows: number;
}

export type GapCause = 'supply' | 'conflict' | 'abstention' | 'rounding';

export interface AxisEntry {
  readonly name: string;
  /** Persona: its category. Trait: its exclusive group. Otherwise null. */
  readonly group: string | null;
  readonly before: ShareAmount;
  /** The feasible target that selection aimed at. */
  readonly target: { readonly share: number; readonly rows: number } | null;
  /** The share that the configuration asked for, before feasibility; equals `target.share` where it was feasible. */
  readonly asked: number | null;
  readonly after: ShareAmount;
  /** What of `after` stands in a phase or an adapter, each row once; the share is of all such rows: what the shards hold. */
  readonly placed: ShareAmount;
  readonly band: { readonly min: number | null; readonly max: number | null } | null;
  /** after.share − target.share; null without target. */
  readonly drift: number | null;
  readonly alert: boolean;
  readonly cause: GapCause | null;
  /** Kish: (sum of copies)² / sum of copies², over the distinct rows. */
  readonly effectiveSampleSize: number;
  /** Largest number of times that one row stands in the corpus; 0 where there is none. */
  readonly maxRepeats: number;
  /** Of the entry's rows in the corpus. */
  readonly copiesShare: number;
  readonly syntheticShare: number;
  /** Supply rows of this entry whose persona fell below its threshold. */
  readonly abstentions: number;
}

export interface Feasibility {
  readonly feasible: boolean;
  /** The certificate in words; empty when feasible. */
  readonly sentences: readonly string[];
  readonly conflicts: readonly {
    readonly constraints: readonly string[];
    /** By how many rows they miss each other. */
    readonly rows: number;
    readonly bindingCells: readonly string[];
  }[];
  /** Smallest changes that make the targets feasible. */
  readonly relaxation: readonly { readonly constraint: string; readonly from: number; readonly to: number }[];
  /** Rows to make or find that would cure it. */
  readonly cure: readonly {
    readonly persona: string;
    readonly traits: readonly string[];
    readonly rows: number;
  }[];
}

/** `bins[i]` counts rows whose top score lies in [i/20, (i+1)/20), the last one closed. 20 bins. */
export interface ConfidenceHistogram {
  readonly tagger: string;
  readonly bins: readonly number[];
  readonly abstained: number;
}

/** Estimated tokens per row in log bins: bin i covers [2^i, 2^(i+1)) tokens, bin 0 also empty rows. Before and after have equal length. */
export interface LengthHistogram {
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/** Counts of the persona tagger against rows that a person labelled; of the supply, before selection. */
export interface AuditFacts {
  /** As the configuration names it. */
  readonly file: string;
  readonly rows: number;
  /** Of the rows, those whose content stands in the corpus. */
  readonly matched: number;
  readonly unreadable: number;
  readonly confidence: 0.9 | 0.95 | 0.99;
  readonly personas: readonly AuditEntry[];
  readonly categories: readonly AuditEntry[];
}

export interface AuditEntry {
  readonly name: string;
  /** Labelled rows of this name. */
  readonly audited: number;
  /** Share of the supply that the tagger gives this name. */
  readonly counted: number;
  /** The same without the tagger's errors, and the ends of its interval; null where the labelled rows cannot say. */
  readonly corrected: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly sensitivity: number | null;
  readonly specificity: number | null;
}

export interface QuarantineReason {
  readonly reason: string;
  readonly rows: number;
  /** First few, in input order: `file:row`. */
  readonly locators: readonly string[];
}

export interface SkippedFile {
  readonly source: string;
  readonly file: string;
  readonly code: string;
  readonly message: string;
  readonly records: number | null;
}

export interface FlowLink {
  readonly source: string;
  readonly persona: string;
  readonly phase: string;
  readonly rows: number;
}

/** How close prefixes and batches of one split stay to its own mix; total variation distance in [0, 1]. */
export interface PrefixBalance {
  readonly split: string;
  /** Largest over all prefixes of at least 64 rows. */
  readonly worstPrefix: number;
  readonly meanBatch64: number;
  readonly worstBatch64: number;
  /** Share of neighbouring rows with different personas. */
  readonly switchAdjacent: number;
  /** In rows, per axis: how far the count of any label gets from its share, and the stated bound. */
  readonly axes: readonly AxisBalance[];
}

export interface AxisBalance {
  readonly axis: 'persona' | 'category' | 'trait' | 'source';
  /** Over every prefix. */
  readonly worstPrefixRows: number;
  /** Over every batch of 64 rows. */
  readonly worstBatchRows: number;
  readonly prefixBoundRows: number;
  readonly batchBoundRows: number;
}

export interface ShardFacts {
  /** Relative to the output folder, with `/`. */
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
}

export interface PhaseFacts {
  readonly name: string;
  readonly order: number;
  readonly trainRows: number;
  readonly validationRows: number;
  readonly learningRate: number | null;
  readonly epochs: number | null;
  readonly personaFocus: readonly string[];
}

export interface StageTiming {
  readonly stage: string;
  readonly seconds: number;
  readonly rows: number;
  readonly rowsPerSecond: number;
  readonly peakRssBytes: number | null;
}
