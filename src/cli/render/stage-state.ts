import type { ProgressStage, RunEvent } from '../../core/events.ts';

/** What is known of the stage under way. Reused units count as done but not towards speed. */
export interface StageState {
  readonly stage: ProgressStage;
  readonly startMs: number;
  readonly units: number;
  readonly unitsDone: number;
  readonly unitsReused: number;
  /** Of all units; 0 where the stage has no bytes. */
  readonly bytes: number;
  readonly rows: number;
  readonly freshUnits: number;
  readonly freshRows: number;
  readonly freshBytes: number;
  readonly rejected: number;
}

type StageStart = Extract<RunEvent, { type: 'stage-start' }>;
type UnitEnd = Extract<RunEvent, { type: 'unit-end' }>;

export function startStage(event: StageStart, nowMs: number): StageState {
  return {
    stage: event.stage,
    startMs: nowMs,
    units: event.units,
    unitsDone: event.unitsDone,
    unitsReused: event.unitsDone,
    bytes: event.bytes,
    rows: 0,
    freshUnits: 0,
    freshRows: 0,
    freshBytes: 0,
    rejected: 0,
  };
}

export function advanceStage(state: StageState, event: UnitEnd): StageState {
  // Reused units were counted when the stage began.
  const fresh = event.reused ? 0 : 1;
  return {
    ...state,
    unitsDone: Math.min(state.units, state.unitsDone + fresh),
    rows: state.rows + event.rows,
    freshUnits: state.freshUnits + fresh,
    freshRows: state.freshRows + fresh * event.rows,
    freshBytes: state.freshBytes + fresh * event.bytes,
    rejected: state.rejected + event.rejected,
  };
}

export interface StageSpeed {
  readonly rowsPerSecond: number;
  readonly bytesPerSecond: number;
  /** null before the first fresh unit. */
  readonly remainingSeconds: number | null;
}

/** Units are of similar size by design, so what remains is told from units. */
export function measureSpeed(state: StageState, nowMs: number): StageSpeed {
  const seconds = Math.max(0.001, (nowMs - state.startMs) / 1000);
  const remaining = state.units - state.unitsDone;
  return {
    rowsPerSecond: state.freshRows / seconds,
    bytesPerSecond: state.freshBytes / seconds,
    remainingSeconds: state.freshUnits === 0 ? null : (seconds / state.freshUnits) * remaining,
  };
}
