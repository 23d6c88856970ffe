import { ConfigError } from '../../core/errors.ts';
import type { Evidence, TextBatch, Tagger } from '../../core/tagger.ts';

/** Features written to a row. */
const mostEvidence = 5;
/** Explained rows of a unit that are kept for the summary. */
const mostExamples = 5;
const excerptCharacters = 60;

/** What `--explain` adds to a row. */
export interface RowReasons {
  /** The persona that the weights are about: the best one, also where the row abstained. */
  readonly _why_for: string;
  readonly _why: readonly Evidence[];
}

/** An explained row as the summary shows it. */
export interface ExplainedRow {
  readonly excerpt: string;
  readonly persona: string;
  readonly score: number;
  readonly reasons: RowReasons;
}

export type ExplainRows = (text: TextBatch, best: readonly number[]) => Promise<readonly RowReasons[]>;

/** @throws ConfigError `explain-unsupported` where the tagger cannot say what decided */
export function createExplainer(tagger: Tagger): ExplainRows {
  const { info } = tagger;
  if (!tagger.explain) {
    throw new ConfigError(`--explain: the tagger "${info.id}" does not look at words one by one`, {
      code: 'explain-unsupported',
      hint: 'explain with a fast tagger such as persona-v1',
    });
  }
  return async (text, best) => {
    const evidence = (await tagger.explain?.(text, best, mostEvidence)) ?? [];
    return evidence.map((_why, row) => ({ _why_for: info.labels[best[row] ?? 0] ?? '', _why }));
  };
}

/** Keeps the first explained rows. */
export function keepExample(
  examples: ExplainedRow[],
  row: Omit<ExplainedRow, 'excerpt'> & { readonly text: string },
): void {
  if (examples.length >= mostExamples) return;
  const { text, ...rest } = row;
  const flat = text.replace(/\s+/g, ' ').trim();
  const excerpt =
    flat.length > excerptCharacters ? `${flat.slice(0, excerptCharacters - 1).trimEnd()}…` : flat;
  examples.push({ excerpt, ...rest });
}
