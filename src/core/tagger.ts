/**
 * Rows as the taggers see them: one UTF-8 arena and offsets, no strings.
 * Segment s is message text `bytes[starts[s], ends[s])` spoken by `roles[s]` (index into core/row `roles`).
 * Row r owns segments [rowSegments[r], rowSegments[r + 1]). Holds one batch, a few MiB at most; the arena is
 * reused for the next batch, so a tagger must not keep views of it.
 */
export interface TextBatch {
  readonly rows: number;
  readonly bytes: Uint8Array;
  readonly rowSegments: Uint32Array;
  readonly roles: Uint8Array;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  /** Per row: 1 when the assistant made at least one tool call (their JSON stands in the assistant's segment). */
  readonly toolCalls: Uint8Array;
}

/** Scores of one batch, row-major: `scores[row * labels.length + label]` in [0, 1]. Calibrated probabilities for personas. */
export interface TagScores {
  readonly scores: Float32Array;
  /** What the same pass of a persona model says of traits; only where the model has such heads. */
  readonly heads?: TraitHeads;
}

/** Learnt trait heads of one batch, row-major: `values[row * names.length + head]` in [0, 1]. */
export interface TraitHeads {
  readonly names: readonly string[];
  readonly values: Float32Array;
}

/** What tagger.json says of a tagger; enough to name it in fingerprints and reports. */
export interface TaggerInfo {
  /** Versioned: a change of meaning is a new id (`persona-v1`). */
  readonly id: string;
  readonly task: 'persona' | 'traits';
  /** Taxonomy ids, in the order of the scores. */
  readonly labels: readonly string[];
  /** sha256 over model, tagger.json and every file that changes the result. */
  readonly sha256: string;
  /** Per label: below it a persona row abstains, a trait does not hold. */
  readonly thresholds: readonly number[];
  /** Share of every row's probability that calibration spread evenly over the labels. */
  readonly doubt: number;
}

/** Contract: deterministic (same text, same scores, whatever the batch around it), owns a native session; calls from one thread may overlap at their awaits. */
export interface Tagger extends AsyncDisposable {
  readonly info: TaggerInfo;
  /** @param heads a trait tagger takes these for its own learnt heads of the same names; what it measures exactly stays. */
  tag(batch: TextBatch, heads?: TraitHeads): Promise<TagScores>;
  /**
   * Where a tagger can say what decided: per row the features without which the score of `labels[row]` would be lower, strongest
   * first, `most` at the longest. Much slower than `tag`.
   */
  explain?(
    batch: TextBatch,
    labels: readonly number[],
    most: number,
  ): Promise<readonly (readonly Evidence[])[]>;
}

/** One feature that spoke for a label. */
export interface Evidence {
  readonly side: 'assistant' | 'user' | 'conversation';
  readonly kind: 'word' | 'pair' | 'structure';
  /** The word, the two words, or the name of the structural feature. */
  readonly feature: string;
  /** What the label's probability would lose without it, in [0, 1]. */
  readonly weight: number;
}

/** Turns rows into numbers for a head that `train` fits. Deterministic: a row's numbers do not depend on the batch around it. */
export interface SentenceEncoder extends AsyncDisposable {
  /** Numbers a row. */
  readonly width: number;
  /** Row-major [rows, width]. */
  encode(batch: TextBatch): Promise<Float32Array>;
}

/** A transformer tagger's folder as `train` builds on it. Paths are absolute. */
export interface EncoderFolder {
  readonly id: string;
  readonly sha256: string;
  readonly model: string;
  readonly tokenizer: string;
  /** Name of the model's output that carries the numbers of a row. */
  readonly embedding: string;
  readonly maximumTokens: number;
  /** Token that the encoder knows as "mostly the request again"; absent where it has none. */
  readonly copyMark?: string | undefined;
  readonly licence: string;
  readonly data: readonly { readonly name: string; readonly licence: string; readonly rows?: number }[];
}
