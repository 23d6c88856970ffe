import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { loadTools } from '../../../src/cli/tools.ts';
import { createContext } from '../../../src/run/context.ts';
import { trainTagger } from '../../../src/run/train/train-pass.ts';
import type { TrainingResult } from '../../../src/run/train/training-result.ts';
import { describeEncoder } from '../../../taggers/index.ts';
import { testTaxonomy } from '../../support/taxonomy.ts';
import { writeTinyEncoder } from '../../support/tiny-encoder.ts';

const personas = ['poet', 'math_tutor'];

/** Labelled rows of two classes; the row's number makes its text. */
export function labelledRows(
  count: number,
  more: (row: number) => Readonly<Record<string, unknown>> = () => ({}),
): readonly object[] {
  return Array.from({ length: count }, (_, row) => ({
    instruction: `${personas[row % 2]} ${row}`,
    output: `${row} it is.`,
    persona: personas[row % 2],
    ...more(row),
  }));
}

/** Writes the rows and an encoder of random weights beside `out`, and trains on them. */
export async function trainTiny(
  folder: string,
  rows: readonly object[],
  options: {
    readonly out?: string;
    readonly encoder?: string;
    readonly precision?: number;
    readonly workers?: number;
    /** Called once all rows are encoded. */
    readonly onFit?: () => void;
  } = {},
): Promise<TrainingResult> {
  const data = join(folder, 'labelled.jsonl');
  await writeFile(data, rows.map((row) => JSON.stringify(row)).join('\n'));
  const encoder = options.encoder ?? join(folder, 'encoder');
  if (options.encoder === undefined) await writeTinyEncoder(encoder);
  const taxonomy = testTaxonomy();
  const context = createContext({
    clock: () => 0,
    emit(event) {
      if (event.type === 'stage-start' && event.stage === 'fit') options.onFit?.();
    },
  });
  const params = {
    data,
    out: options.out ?? join(folder, 'mine'),
    tools: await loadTools({ persona: encoder, traits: 'traits-v1' }, taxonomy),
    encoder: await describeEncoder(encoder, taxonomy),
    precision: options.precision ?? 0.6,
    workers: options.workers ?? 1,
  };
  return trainTagger(params, context);
}
