import type { RunEvent } from '../core/events.ts';
import { inertJson } from '../lib/inert-json.ts';

/** An event as one line of JSON without a line break: `time` (ISO 8601, UTC) and `event` first, then its own keys in snake_case. */
export function eventLine({ type, ...rest }: RunEvent, nowMs: number): string {
  const fields = Object.entries(rest).map(([key, value]): [string, unknown] => [
    key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    key === 'ms' && typeof value === 'number' ? Math.round(value) : value,
  ]);
  return inertJson(
    JSON.stringify({ time: new Date(nowMs).toISOString(), event: type, ...Object.fromEntries(fields) }),
  );
}
