import { inertJson } from '../lib/inert-json.ts';

export const logFormats = ['text', 'json'] as const;
export type LogFormat = (typeof logFormats)[number];

/** What the command line asked for, also where it could not be parsed. */
export function askedLogFormat(argv: readonly string[]): LogFormat {
  const at = argv.findLastIndex((word) => word === '--log-format' || word.startsWith('--log-format='));
  const value = argv[at]?.includes('=') ? argv[at]?.split('=')[1] : argv[at + 1];
  return at >= 0 && value === 'json' ? 'json' : 'text';
}

/** One line for stderr that is no event of a run: an error, or that a signal came. */
export function logLine(
  event: 'error' | 'stopping' | 'conversation',
  fields: Readonly<Record<string, string | number | null>>,
): string {
  return inertJson(JSON.stringify({ time: new Date().toISOString(), event, ...fields }));
}
