import { resolve } from 'node:path';

import { createContext } from './context.ts';
import { runPaths } from './paths.ts';
import { checkRunFolder, pathsRead } from './run-folder.ts';
import type { RunEffects, RunParams } from './run.ts';
import { prepare, type Prepared } from './scan/prepare.ts';

/** What a run would begin with, after all that it refuses before any work; nothing is written. @throws ConfigError */
export async function dryRun(params: RunParams, effects: RunEffects): Promise<Prepared> {
  const context = createContext({ emit: effects.emit, clock: effects.clock, signal: effects.signal });
  const prepared = await prepare(params, effects, context);
  await checkRunFolder(runPaths(resolve(params.out)), await pathsRead(params, prepared));
  return prepared;
}
