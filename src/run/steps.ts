import type { ProgressStage } from '../core/events.ts';
import type { WorkerPool } from '../tag/pool.ts';
import { checkDone, type StepKey } from './checkpoint.ts';
import type { RunContext } from './context.ts';
import { RedoReasons } from './redo-reasons.ts';
import type { Damage, StepOutcome, StepResult } from './tasks.ts';

/** A task of a stage that leaves a marker. */
interface StepTask {
  readonly name: string;
  /** Path of its marker. */
  readonly done: string;
  readonly key: StepKey;
}

/** What the progress of a unit is told in. */
export interface StepMeasure {
  readonly rows: number;
  readonly bytes: number;
  readonly rejected: number;
}

/**
 * One stage: tasks whose marker and files still hold are reused, the others go to the workers. Results by task name, reused
 * ones first. Says once per cause why steps that were done before are done again, unless `again` is null.
 */
export async function runSteps<Task extends StepTask, Counts>(
  pool: WorkerPool,
  tasks: readonly Task[],
  params: {
    readonly out: string;
    readonly stage: ProgressStage;
    /** `tagged again`; null where a stage is always done anew after a change, and nobody needs to hear of it. */
    readonly again: string | null;
    /** Input bytes of all tasks; 0 where they do not tell the progress. */
    readonly bytes: number;
    measure(counts: Counts, task: Task): StepMeasure;
    /** For stages that read input files: one of them is damaged. It then has no result. */
    onDamage?(damage: Damage, task: Task): void;
  },
  context: RunContext,
): Promise<Map<string, StepResult<Counts>>> {
  const steps = new Map<string, StepResult<Counts>>();
  const todo: Task[] = [];
  const redo = new RedoReasons();
  for (const task of tasks) {
    const reuse = await checkDone<Counts>(task.done, task.key, params.out);
    if ('done' in reuse) {
      steps.set(task.name, reuse.done);
      continue;
    }
    redo.add(reuse.redo, task.name);
    todo.push(task);
  }
  const { again } = params;
  if (again) redo.warn(context, { code: 'unit-redo', all: tasks.length, noun: 'unit', again });
  const stage = context.stage(params.stage, tasks.length, steps.size, params.bytes);
  const report = (task: Task, step: StepResult<Counts>, reused: boolean): void =>
    stage.unitEnd({
      unit: task.name,
      ...params.measure(step.counts, task),
      reused,
      ms: reused ? 0 : step.ms,
    });
  for (const task of tasks) {
    const step = steps.get(task.name);
    if (step) report(task, step, true);
  }
  await pool.runAll<Task, StepOutcome<Counts>>(todo, {
    signal: context.signal,
    onResult(step, task) {
      if ('damage' in step) return params.onDamage?.(step.damage, task);
      steps.set(task.name, step);
      report(task, step, false);
    },
  });
  stage.end();
  return steps;
}
