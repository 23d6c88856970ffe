import { join } from 'node:path';

import { checkDone, type Done, fileSha256, readDone, type StepKey, writeDone } from '../checkpoint.ts';
import type { RunContext } from '../context.ts';
import { extractPaths } from './extract-paths.ts';
import { type ExtractStage, forgetFrom } from './forget-stages.ts';

export interface StageWork<Counts> {
  /** Relative to the folder. */
  readonly outputs: readonly string[];
  readonly counts: Counts;
}

interface StageParams<Counts> {
  readonly out: string;
  readonly stage: ExtractStage;
  readonly key: StepKey;
  /** Files that people change are looked for, not compared. */
  readonly isEditable?: boolean;
  /** What stands behind the result in the progress. */
  readonly rows: (counts: Counts) => number;
  /** Work with a progress of its own, before this stage's; only when it is not reused. */
  readonly before?: () => Promise<void>;
  /** Does the stage; `clear` removes what stood in the place of its files, and must be awaited before the first appears. */
  readonly work: (clear: () => Promise<void>) => Promise<StageWork<Counts>>;
}

/**
 * Runs one stage unless its marker and files still hold. Before its files appear, what it and the later stages left goes, the
 * folder's summary first, so that a folder with a summary is always whole; until then an earlier result stays as it is.
 */
export async function runStage<Counts>(params: StageParams<Counts>, context: RunContext): Promise<Counts> {
  const { out, stage, key } = params;
  const reusable = params.isEditable ? await whereFilesExist<Counts>(params) : await reuse<Counts>(params);
  if (!reusable) await params.before?.();
  const recorder = context.stage(stage, 1, 0, 0);
  const report = (counts: Counts, reused: boolean, ms: number): Counts => {
    recorder.unitEnd({ unit: stage, rows: params.rows(counts), bytes: 0, rejected: 0, reused, ms });
    recorder.end();
    return counts;
  };
  if (reusable) return report(reusable.counts, true, 0);
  const started = performance.now();
  const { outputs, counts } = await params.work(async () =>
    warnOfKept(await forgetFrom(out, stage), context),
  );
  const done = [];
  for (const path of outputs) done.push({ path, ...(await fileSha256(join(out, path))) });
  await writeDone(extractPaths(out).done(stage), key, { outputs: done, counts, ms: 0 });
  return report(counts, false, performance.now() - started);
}

function warnOfKept(kept: readonly string[], context: RunContext): void {
  if (kept.length === 0) return;
  context.warn('edited-kept', `what you changed is kept beside as ${kept.join(', ')}`);
}

async function reuse<Counts>({ out, stage, key }: StageParams<Counts>): Promise<Done<Counts> | null> {
  const found = await checkDone<Counts>(extractPaths(out).done(stage), key, out);
  return 'done' in found ? found.done : null;
}

async function whereFilesExist<Counts>({
  out,
  stage,
  key,
}: StageParams<Counts>): Promise<Done<Counts> | null> {
  const done = await readDone<Counts>(extractPaths(out).done(stage));
  if (done?.fingerprint !== key.fingerprint) return null;
  for (const { path } of done.outputs) {
    const exists = await fileSha256(join(out, path)).catch(() => undefined);
    if (!exists) return null;
  }
  return done;
}
