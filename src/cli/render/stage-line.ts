import type { RunEvent } from '../../core/events.ts';
import { measureSpeed, type StageState } from './stage-state.ts';

export function stageStartLine(state: StageState): string {
  const parts = [
    `${state.units} ${state.units === 1 ? 'unit' : 'units'}`,
    state.bytes > 0 ? bytes(state.bytes) : '',
    state.unitsDone > 0 ? `${state.unitsDone} already done` : '',
  ];
  return `${state.stage}: ${joined(parts)}`;
}

/** How far the stage is, for logs. */
export function stageLine(state: StageState, nowMs: number): string {
  return `${state.stage}: ${percent(state)}, ${joined(measures(state, nowMs))}`;
}

/** One line with a bar; the caller cuts it to the terminal. */
export function stageBar(state: StageState, nowMs: number): string {
  const filled = state.units === 0 ? barCells : Math.floor((state.unitsDone / state.units) * barCells);
  const bar = '█'.repeat(filled) + '░'.repeat(barCells - filled);
  return `${state.stage.padEnd(titleCells)} ${bar} ${percent(state).padStart(4)}  ${joined(measures(state, nowMs), '  ')}`;
}

export function stageEndLine(state: StageState, event: Extract<RunEvent, { type: 'stage-end' }>): string {
  const seconds = event.ms / 1000;
  const parts = [
    event.rows > 0 ? rows(event.rows) : '',
    state.freshRows > 0 && seconds > 0 ? `${count(state.freshRows / seconds)} rows/s` : '',
    state.freshBytes > 0 && seconds > 0 ? `${bytes(state.freshBytes / seconds)}/s` : '',
    state.unitsReused > 0 ? `${state.unitsReused} of ${state.units} units reused` : '',
    state.rejected > 0 ? `${count(state.rejected)} quarantined` : '',
  ];
  return `${state.stage.padEnd(titleCells)} ${joined([`done in ${duration(seconds)}`, ...parts])}`;
}

const titleCells = 7;
const barCells = 24;

function measures(state: StageState, nowMs: number): string[] {
  const speed = measureSpeed(state, nowMs);
  return [
    state.rows > 0 ? rows(state.rows) : '',
    state.freshRows > 0 ? `${count(speed.rowsPerSecond)} rows/s` : '',
    state.freshBytes > 0 ? `${bytes(speed.bytesPerSecond)}/s` : '',
    speed.remainingSeconds === null ? '' : `ETA ${duration(speed.remainingSeconds)}`,
    `${count(state.rejected)} quarantined`,
  ];
}

function percent(state: StageState): string {
  return state.units === 0 ? '100%' : `${Math.floor((state.unitsDone / state.units) * 100)}%`;
}

function joined(parts: readonly string[], separator = ', '): string {
  return parts.filter((part) => part !== '').join(separator);
}

function rows(value: number): string {
  return `${count(value)} ${value === 1 ? 'row' : 'rows'}`;
}

function count(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',');
}

function bytes(value: number): string {
  if (value < 1024) return `${Math.round(value)} B`;
  if (value < 1024 ** 2) return `${(value / 1024).toFixed(1)} KiB`;
  if (value < 1024 ** 3) return `${(value / 1024 ** 2).toFixed(1)} MiB`;
  return `${(value / 1024 ** 3).toFixed(2)} GiB`;
}

export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
