import { dirname } from 'node:path';

import { sweep } from '../checkpoint.ts';
import { runPaths } from '../paths.ts';
import type { ResolvedSource } from '../scan/sources.ts';
import type { CascadeTask } from './cascade-tasks.ts';
import type { StoredChoice } from './refine-choice.ts';
import type { TaggedFileUnit } from './tag-pass.ts';

/** What the stages that read tagged units again, `refine` and `correct`, have in common. */
export type CascadeStage = 'refine' | 'correct';

interface StageParams {
  readonly out: string;
  readonly sources: readonly ResolvedSource[];
  readonly choice: StoredChoice;
}

export function cascadeTask(
  stage: CascadeStage,
  { out, sources, choice }: StageParams,
  unit: TaggedFileUnit,
): CascadeTask {
  const { confidence, hash, drawn } = choice;
  return {
    name: unit.name,
    unit: unit.unit,
    take: unit.take,
    origin: unit.origin,
    synthetic: sources[unit.source]?.synthetic ?? false,
    out,
    sidecar: unit.sidecar,
    done: runPaths(out).done(stage, unit.name),
    choice: { confidence, hash, drawn },
  };
}

/** Marker of a unit, relative to the run folder. */
export function markerOf(stage: CascadeStage, name: string): string {
  return `state/${stage}/${name}.done`;
}

/** Removes what other choices left of a stage; `kept` are paths relative to `out`. */
export async function sweepStage(out: string, stage: CascadeStage, kept: readonly string[]): Promise<void> {
  const paths = runPaths(out);
  const sidecars = { refine: paths.refined, correct: paths.corrected }[stage];
  await sweep(out, [sidecars, dirname(paths.done(stage, 'x'))], new Set(kept));
}
