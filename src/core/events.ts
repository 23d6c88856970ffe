/** Progress of a run, noun-verb. Emitted in the main thread only; never influences what is written. */
export type RunEvent =
  | {
      readonly type: 'run-start';
      readonly out: string;
      readonly tool: string;
      readonly workers: number;
      readonly process: number;
    }
  | {
      readonly type: 'stage-start';
      readonly stage: ProgressStage;
      readonly units: number;
      readonly unitsDone: number;
      readonly bytes: number;
    }
  | {
      readonly type: 'unit-end';
      readonly stage: ProgressStage;
      readonly unit: string;
      readonly rows: number;
      readonly bytes: number;
      readonly rejected: number;
      readonly reused: boolean;
      readonly ms: number;
    }
  | { readonly type: 'stage-end'; readonly stage: ProgressStage; readonly ms: number; readonly rows: number }
  | { readonly type: 'warning'; readonly code: string; readonly message: string }
  | {
      readonly type: 'run-end';
      readonly outcome: 'finished' | 'failed' | 'interrupted';
      /** Of the error that ended it; null where it finished. */
      readonly code: string | null;
      readonly message: string | null;
      readonly ms: number;
    };

/** Stages of a run, in order. */
export type Stage =
  | 'scan'
  | 'tag'
  | 'refine'
  | 'correct'
  | 'screen'
  | 'plan'
  | 'order'
  | 'collect'
  | 'write'
  | 'report';

/** What can be under way: stages of a run, of `train` and of `extract`, what goes over the network, and the cells of `make`. */
export type ProgressStage =
  | Stage
  | 'encode'
  | 'fit'
  | 'fetch'
  | 'push'
  | 'make'
  | 'parse'
  | 'categorise'
  | 'cluster'
  | 'describe';
