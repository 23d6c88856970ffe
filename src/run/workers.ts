import { extname } from 'node:path';

import { openPool, type WorkerPool } from '../tag/pool.ts';
import type { RunTools } from './run.ts';
import type { WorkerSetup } from './tasks.ts';

/** Threads running worker.ts (worker.js once built) with the taggers of `tools`. */
export function openWorkers(tools: RunTools, workers: number): WorkerPool {
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
