import type { Worker } from 'node:worker_threads';

import { Piscina } from 'piscina';

import { errorFromShape, throwIfInterrupted } from '../core/errors.ts';
import type { WorkerReply } from './protocol.ts';

/** Worker threads that live as long as the run; each keeps its models loaded. */
export interface WorkerPool extends AsyncDisposable {
  readonly workers: number;
  /**
   * Runs `tasks` with at most two per worker in flight and hands over each result as it comes (order not kept).
   * The first failure, or an abort, stops the feeding; what is in flight is awaited before the promise rejects.
   * @throws what the worker threw, revived; InterruptedError after an abort
   */
  runAll<Task extends object, Result>(
    tasks: Iterable<Task>,
    options: {
      readonly signal?: AbortSignal;
      readonly onResult: (result: Result, task: Task) => void | Promise<void>;
    },
  ): Promise<void>;
}

/**
 * Opens `workers` threads on a worker module whose default export takes a task and answers with a WorkerReply.
 * `destroy`, an AbortSignal on a running task or `process.exit` while a model runs abort the whole process with SIGABRT
 * (onnxruntime-node 1.30): tasks are never cancelled, only not started, and the pool is closed, never destroyed. So does ending
 * a thread that is still loading its modules (Node 20.20): disposing waits until every worker has loaded or failed to.
 */
export function openPool(params: {
  readonly workerUrl: URL;
  readonly workers: number;
  readonly workerData: unknown;
}): WorkerPool {
  const pool = new Piscina({
    filename: params.workerUrl.href,
    minThreads: params.workers,
    maxThreads: params.workers,
    concurrentTasksPerWorker: 1,
    maxQueue: params.workers * windowPerWorker,
    idleTimeout: Number.POSITIVE_INFINITY,
    workerData: params.workerData,
    recordTiming: false,
  });
  // A thread that ends without a task has nobody to tell; the tasks of the others say what is wrong.
  pool.on('error', () => undefined);
  const threads = pool.threads;
  const loaded = Promise.all(threads.map(untilLoaded));
  return {
    workers: params.workers,
    async runAll(tasks, { signal, onResult }) {
      await feed(pool, tasks, params.workers * windowPerWorker, signal, onResult);
    },
    async [Symbol.asyncDispose]() {
      // Piscina lets the process end while a worker loads; waiting for one must not.
      for (const thread of threads) thread.ref();
      await loaded;
      await pool.close();
    },
  };
}

/** Resolves once a worker has loaded its module (its first message says so), or ended. */
function untilLoaded(worker: Worker): Promise<void> {
  return new Promise((resolve) => {
    for (const event of ['message', 'error', 'exit']) worker.once(event, () => resolve());
  });
}

/** One task running and one waiting: the worker never idles between two. */
const windowPerWorker = 2;

async function feed<Task extends object, Result>(
  pool: Piscina,
  tasks: Iterable<Task>,
  window: number,
  signal: AbortSignal | undefined,
  onResult: (result: Result, task: Task) => void | Promise<void>,
): Promise<void> {
  const inFlight = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const runOne = async (task: Task): Promise<void> => {
    try {
      const reply = (await pool.run(task)) as WorkerReply<Result>; // the worker module answers with nothing else
      if (!reply.ok) throw errorFromShape(reply.error);
      await onResult(reply.value, task);
    } catch (error) {
      failures.push(error);
    }
  };
  for (const task of tasks) {
    if (failures.length > 0 || signal?.aborted) break;
    const running: Promise<void> = runOne(task).finally(() => inFlight.delete(running));
    inFlight.add(running);
    if (inFlight.size >= window) await Promise.race(inFlight);
  }
  await Promise.all(inFlight);
  if (failures.length > 0) throw failures[0];
  throwIfInterrupted(signal);
}
