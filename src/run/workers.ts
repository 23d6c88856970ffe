import { extname } from 'node:path';

import { ConfigError } from '../core/errors.ts';
import { openPool, type WorkerPool } from '../tag/pool.ts';
import type { RunTools } from './run.ts';
import type { OpenTask, WorkerSetup } from './tasks.ts';

/** Each thread has its models and a heap; more than any machine has would end in V8, not in a sentence. */
const mostWorkers = 512;

/** Threads running worker.ts (worker.js once built) with the taggers of `tools`. @throws ConfigError `workers-range` */
export function openWorkers(tools: RunTools, workers: number): WorkerPool {
  if (!Number.isInteger(workers) || workers < 1 || workers > mostWorkers)
    throw new ConfigError(`--workers ${workers}: not a number of threads`, {
      code: 'workers-range',
      hint: `give a whole number from 1 to ${mostWorkers}; the number of cores is the default`,
    });
  const setup: WorkerSetup = {
    rosterUrl: tools.rosterUrl,
    personaTagger: tools.personaTagger.folder,
    traitTagger: tools.traitTagger.folder,
    accurateTagger: tools.accurateTagger?.folder ?? null,
    taxonomy: tools.taxonomy,
  };
  return openPool({
    workerUrl: new URL(`./worker${extname(import.meta.url)}`, import.meta.url),
    workers,
    workerData: setup,
  });
}

/**
 * Loads the models of a pool in one of its workers, which keeps them: what is wrong with a model costs no row.
 * @throws ConfigError what opening a tagger throws
 */
export async function openModels(pool: WorkerPool, models: OpenTask['models']): Promise<void> {
  await pool.runAll<OpenTask, null>([{ kind: 'open', models }], { onResult: () => undefined });
}
