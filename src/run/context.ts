import type { ProgressStage, RunEvent } from '../core/events.ts';
import { crashPoint } from '../lib/crash-point.ts';

/** Wall time and counts of a finished stage; for reports only, never for artefacts that must be reproducible. */
export interface StageTiming {
  readonly stage: ProgressStage;
  readonly ms: number;
  readonly rows: number;
  readonly bytes: number;
  readonly units: number;
  readonly reused: number;
}

/** What accompanies a run through its stages: where events go, and whether to stop. */
export interface RunContext {
  readonly signal: AbortSignal | undefined;
  /** Milliseconds since 1970; never for what must be reproducible. */
  readonly clock: () => number;
  readonly timings: readonly StageTiming[];
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
  warn(code: string, message: string): void;
  stage(stage: ProgressStage, units: number, unitsDone: number, bytes: number): StageRecorder;
}

export interface StageRecorder {
  unitEnd(unit: {
    readonly unit: string;
    readonly rows: number;
    readonly bytes: number;
    readonly rejected: number;
    readonly reused: boolean;
    readonly ms: number;
  }): void;
  end(): void;
}

export function createContext(params: {
  readonly emit: (event: RunEvent) => void;
  readonly clock: () => number;
  readonly signal?: AbortSignal;
}): RunContext {
  const timings: StageTiming[] = [];
  const warnings: { code: string; message: string }[] = [];
  return {
    signal: params.signal,
    clock: params.clock,
    timings,
    warnings,
    warn(code, message) {
      warnings.push({ code, message });
      params.emit({ type: 'warning', code, message });
    },
    stage(stage, units, unitsDone, bytes) {
      const started = performance.now();
      const seen = { rows: 0, bytes: 0, units: 0, reused: 0 };
      params.emit({ type: 'stage-start', stage, units, unitsDone, bytes });
      return {
        unitEnd(unit) {
          seen.rows += unit.rows;
          seen.bytes += unit.bytes;
          seen.units++;
          seen.reused += unit.reused ? 1 : 0;
          params.emit({ type: 'unit-end', stage, ...unit });
          crashPoint('unit-end', stage);
        },
        end() {
          const ms = performance.now() - started;
          timings.push({ stage, ms, ...seen });
          params.emit({ type: 'stage-end', stage, ms, rows: seen.rows });
          crashPoint('stage-end', stage);
        },
      };
    },
  };
}
