import type { Candidate, FoundExchanges, LoraTarget } from '../../lora/lora-row.ts';
import type { PromptLevel } from '../../lora/system-prompt.ts';

/** Where the exchanges of a persona or an adapter come from. */
export interface LoraSource {
  /** System prompts for rows that bring none. */
  readonly prompts: Readonly<Record<PromptLevel, string | null>>;
  /** Files whose bytes decide the rows. */
  readonly inputs: readonly string[];
  /** What else decides them: a persona, an adapter. Plain JSON. */
  readonly selection: Readonly<Record<string, unknown>>;
  /** Of a large source about as many as `rows` needs, drawn by hash. */
  read(target: LoraTarget, rows: number, signal?: AbortSignal): Promise<FoundExchanges>;
}

/** The exchanges of a source that is read whole, and in which a damaged record is an error. */
export function allExchanges(candidates: readonly Candidate[]): FoundExchanges {
  return { candidates, total: candidates.length, unreadable: 0 };
}
