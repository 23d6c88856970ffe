import { readFile } from 'node:fs/promises';

import { ConfigError } from '../../core/errors.ts';
import type { Stage } from '../../core/events.ts';
import { lockHolder } from '../lock.ts';
import { runPaths } from '../paths.ts';
import { remainingSeconds } from './remaining.ts';

export type StageOutcome = 'done' | 'running' | 'stopped' | 'waiting';

export interface StageStatus {
  readonly stage: Stage;
  readonly state: StageOutcome;
  readonly units: number;
  readonly units_done: number;
  /** Done by an earlier run of the same folder; among `units_done`. */
  readonly units_reused: number;
  readonly rows: number;
  readonly quarantined: number;
  readonly seconds: number;
  /** null where nothing tells. */
  readonly remaining_seconds: number | null;
}

/** The last run of a folder. `killed`: it neither ended nor lives. Keys are those of `status --json`. */
export interface RunStatus {
  readonly run: string;
  readonly state: 'running' | 'finished' | 'failed' | 'interrupted' | 'killed';
  readonly process: number | null;
  readonly tool: string;
  readonly workers: number;
  readonly started: string;
  /** Of the last line that the run wrote. */
  readonly last_event: string;
  readonly seconds: number;
  /** Until the whole run ends; an estimate, null where nothing tells or nothing runs. */
  readonly remaining_seconds: number | null;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly warnings: number;
  readonly quarantined: number;
  readonly stages: readonly StageStatus[];
}

const stageOrder = [
  'scan',
  'tag',
  'refine',
  'correct',
  'screen',
  'plan',
  'order',
  'collect',
  'write',
  'report',
] as const satisfies readonly Stage[];

/**
 * Reads the log of a run folder; writes nothing and takes no lock, so it can be asked while the run works and after it died.
 * @param now milliseconds since 1970
 * @throws ConfigError `run-not-found`
 */
export async function readStatus(run: string, now: number): Promise<RunStatus> {
  const paths = runPaths(run);
  const runs = splitRuns(await readLog(paths.log, run));
  const last = runs.at(-1);
  const start = last?.find((line) => line.event === 'run-start');
  if (!last || !start) throw notFound(run);
  const end = last.find((line) => line.event === 'run-end');
  const holder = end ? null : await lockHolder(paths.lock);
  const isRunning = !end && holder !== null && holder === start.process;
  const lastTime = last.at(-1)?.time ?? start.time;
  const until = isRunning ? now : Date.parse(lastTime);
  const stages = stageOrder.map((stage) => stageStatus(stage, last, { until, isRunning }));
  return {
    run,
    state: isRunning ? 'running' : (end?.outcome ?? 'killed'),
    process: isRunning ? holder : null,
    tool: start.tool ?? '',
    workers: start.workers ?? 0,
    started: start.time,
    last_event: lastTime,
    seconds: seconds(until - Date.parse(start.time)),
    remaining_seconds: isRunning ? remainingSeconds(stages, earlierSeconds(runs.slice(0, -1))) : null,
    error: end?.code ? { code: end.code, message: end.message ?? '' } : null,
    warnings: last.filter((line) => line.event === 'warning').length,
    quarantined: stages.reduce((rows, stage) => rows + stage.quarantined, 0),
    stages,
  };
}

/** A line of the log, as eventLine wrote it; every field but the first two belongs to some events only. */
interface LogLine {
  readonly time: string;
  readonly event: string;
  readonly stage?: Stage;
  readonly process?: number;
  readonly tool?: string;
  readonly workers?: number;
  readonly units?: number;
  readonly units_done?: number;
  readonly rows?: number;
  readonly rejected?: number;
  readonly reused?: boolean;
  readonly ms?: number;
  readonly outcome?: 'finished' | 'failed' | 'interrupted';
  readonly code?: string | null;
  readonly message?: string | null;
}

async function readLog(path: string, run: string): Promise<LogLine[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    throw notFound(run);
  }
  return text.split('\n').flatMap((line): LogLine[] => {
    try {
      return line === '' ? [] : [JSON.parse(line) as LogLine]; // written by the run log
    } catch {
      return []; // half a line of a killed run
    }
  });
}

function notFound(run: string): ConfigError {
  return new ConfigError(`${run}: no run has begun in that folder`, {
    code: 'run-not-found',
    hint: 'give the folder that tag-datasets wrote to with --run',
  });
}

/** Warnings before a run-start belong to the run that follows. */
function splitRuns(lines: readonly LogLine[]): LogLine[][] {
  const runs: LogLine[][] = [];
  let early: LogLine[] = [];
  let isOpen = false;
  for (const line of lines) {
    if (line.event === 'run-start') {
      runs.push([line, ...early]);
      early = [];
      isOpen = true;
    } else if (isOpen) runs.at(-1)?.push(line);
    else early.push(line);
    if (line.event === 'run-end') isOpen = false;
  }
  return runs;
}

function stageStatus(
  stage: Stage,
  lines: readonly LogLine[],
  { until, isRunning }: { readonly until: number; readonly isRunning: boolean },
): StageStatus {
  const own = lines.filter((line) => line.stage === stage);
  const start = own.find((line) => line.event === 'stage-start');
  const end = own.find((line) => line.event === 'stage-end');
  const ended = own.filter((line) => line.event === 'unit-end');
  const units = start?.units ?? 0;
  const reused = start?.units_done ?? 0;
  const fresh = ended.filter((line) => !line.reused).length;
  const done = reused + fresh;
  const spent = end ? (end.ms ?? 0) : start ? until - Date.parse(start.time) : 0;
  const laterBegan = lines.some((line) => line.stage !== undefined && isAfter(line.stage, stage));
  const state = end ? 'done' : start ? (isRunning ? 'running' : 'stopped') : laterBegan ? 'done' : 'waiting';
  return {
    stage,
    state,
    units,
    units_done: done,
    units_reused: reused,
    rows: sum(ended, 'rows'),
    quarantined: stage === 'tag' ? sum(ended, 'rejected') : 0,
    seconds: seconds(spent),
    remaining_seconds:
      state === 'running' && fresh > 0 ? seconds((spent / fresh) * Math.max(0, units - done)) : null,
  };
}

function isAfter(later: Stage, stage: Stage): boolean {
  return stageOrder.indexOf(later) > stageOrder.indexOf(stage);
}

/** Seconds of each stage in the last run that went through it from the start; unknown stages are left out. */
function earlierSeconds(runs: readonly (readonly LogLine[])[]): Partial<Record<Stage, number>> {
  const known: Partial<Record<Stage, number>> = {};
  for (const line of runs.flat()) {
    if (line.event === 'stage-end' && line.stage !== undefined && line.ms !== undefined)
      known[line.stage] = seconds(line.ms);
  }
  return known;
}

function sum(lines: readonly LogLine[], key: 'rows' | 'rejected'): number {
  return lines.reduce((total, line) => total + (line[key] ?? 0), 0);
}

function seconds(ms: number): number {
  return Math.max(0, Math.round(ms / 100) / 10);
}
