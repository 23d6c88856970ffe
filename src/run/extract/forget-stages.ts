import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { checkOutput, type DoneOutput, readDone } from '../checkpoint.ts';
import { extractPaths } from './extract-paths.ts';

/** Stages of `extract` with a marker of their own, in order; each depends on all before it. */
export const extractStages = ['parse', 'categorise', 'cluster', 'describe', 'report'] as const;
export type ExtractStage = (typeof extractStages)[number];

/**
 * Removes what a stage and those after it left, the last first, each marker after its files. What a person changed of the
 * prompts and cards is kept beside, under the first name that is free: `<name>.edited`, `<name>.edited-2`, …; returns these names.
 */
export async function forgetFrom(out: string, stage: ExtractStage): Promise<string[]> {
  const paths = extractPaths(out);
  await rm(paths.summary, { force: true });
  const kept: string[] = [];
  for (const name of extractStages.slice(extractStages.indexOf(stage)).toReversed()) {
    const done = await readDone(paths.done(name));
    for (const output of done?.outputs ?? []) {
      const aside = name === 'describe' ? await setAside(out, output) : null;
      if (aside !== null) kept.push(aside);
      await rm(join(out, output.path), { force: true });
    }
    await rm(paths.done(name), { force: true });
  }
  return kept;
}

async function setAside(out: string, output: DoneOutput): Promise<string | null> {
  const state = await checkOutput(output, out);
  if (state?.code !== 'changed') return null;
  let aside = `${output.path}.edited`;
  for (let number = 2; existsSync(join(out, aside)); number++) aside = `${output.path}.edited-${number}`;
  await rename(join(out, output.path), join(out, aside));
  return aside;
}
