import type { FileHandle } from 'node:fs/promises';

import type { Finding } from '../../core/finding.ts';
import type { Llm } from '../../llm/ask.ts';

/** Makes rows or cards with a language model; everything around it is `make-job.ts`. */
export interface Maker {
  /** `conversations`; stands in make.json. */
  readonly name: string;
  /** What was asked for; stands in make.json. Plain JSON, no times, no secrets. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Says where `out` cannot take what is made, before anything is written or sent. @throws ConfigError */
  readonly checkOut?: (out: string) => void;
  /** The same answers give the same files, in whatever order they come. */
  readonly make: (job: MakeJob) => Promise<Made>;
}

/** What a maker is handed. */
export interface MakeJob {
  readonly llm: Llm;
  readonly seed: number;
  /** `2026-01-31T09:00:00.000Z`, for formats that demand a time: frozen at the first start, the same when a run is resumed. */
  readonly now: string;
  readonly signal: AbortSignal | undefined;
  /** A dry run or a preview: nothing is published, so checks that are slow, and making anew what they refuse, may be left out. */
  readonly isTrial: boolean;
  /**
   * Makes every cell, many at once, and gives the results in the order of the cells; with `--preview` only the first ones, and
   * none once an ask got no answer: the same command asks it again, and what stood in for it would be paid for in vain.
   * All asks of a job are made inside it.
   */
  each<Cell, Result>(
    cells: readonly Cell[],
    make: (cell: Cell, index: number) => Promise<Result>,
  ): Promise<Result[]>;
}

export interface Made {
  readonly files: readonly MadeFile[];
  /** What came of it, by name: `{conversations: 200, turns: 1840}`. */
  readonly counts: Readonly<Record<string, number>>;
  /** Beside those of the answers, which are recorded without the maker. */
  readonly findings: readonly Finding[];
  /** Cells that should be there and are not; above 0 the command leaves with 2 after everything was published. */
  readonly missing: number;
}

export interface MadeFile {
  /** Below the out folder, with `/`. */
  readonly path: string;
  readonly content: string | Uint8Array | ((file: FileHandle) => Promise<void>);
}
