import type { Message } from '../core/row.ts';

/** One row of a shard, labels and all; a training example can stand in several shards and in copies. */
export interface OutputRow {
  readonly messages: readonly Message[];
  /** JSON text of the tool definitions. */
  readonly tools: string | null;
  readonly persona: string;
  /** Written as 32-bit float, as are `traitScores`. */
  readonly personaScore: number;
  /** Id of the persona tagger that scored the row. */
  readonly taggedBy: string;
  readonly traits: readonly string[];
  /** Aligned with `traits`. */
  readonly traitScores: readonly number[];
  readonly source: string;
  /** 32 hexadecimal digits. */
  readonly rowKey: string;
  readonly phase: string | null;
  readonly adapter: string | null;
  /** 0 for the row itself, 1 and up for its repeats. */
  readonly copy: number;
  readonly synthetic: boolean;
  /** JSON text of the columns that the shape did not use. */
  readonly extra: string | null;
}
