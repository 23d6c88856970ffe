/**
 * A place where the process can be told to die, for the fault suite: `TAG_DATASETS_CRASH_AT=POINT:PLACE:N` kills it with
 * SIGKILL when one thread reaches POINT for the N-th time at a path or stage that contains PLACE (empty: any).
 * Unset, as always outside that suite, a crash point is one comparison.
 */
export function crashPoint(point: CrashPoint, place: string): void {
  if (target === undefined || target.point !== point || !place.includes(target.place)) return;
  target.left--;
  if (target.left === 0) process.kill(process.pid, 'SIGKILL');
}

/** `after-temp`: the bytes are on disk under the temporary name. `unit-end` and `stage-end` name a stage, the others a path. */
export type CrashPoint =
  | 'after-temp'
  | 'after-rename'
  | 'before-marker'
  | 'after-marker'
  | 'unit-end'
  | 'stage-end';

const target = readTarget(process.env['TAG_DATASETS_CRASH_AT']);

function readTarget(setting: string | undefined): { point: string; place: string; left: number } | undefined {
  const parts = /^([a-z-]+):(.*):(\d+)$/u.exec(setting ?? '');
  return parts ? { point: parts[1] ?? '', place: parts[2] ?? '', left: Number(parts[3]) } : undefined;
}
