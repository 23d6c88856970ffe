import { visibleText } from '../../lib/visible-text.ts';

/** Text from data for one terminal line: escapes, control and bidi characters are shown, never obeyed. */
export function sanitize(text: string): string {
  return visibleText(text);
}

/** Columns of a terminal stream, 80 where it does not say; never below 40, so that tables keep their form. */
export function terminalWidth(stream: { readonly columns?: number }): number {
  return Math.max(40, stream.columns ?? 80);
}

/** Whether colours are wanted (https://no-color.org, https://force-color.org): a terminal, and nothing says no. */
export function wantsColor(
  stream: { readonly isTTY?: boolean },
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  if (environment.NO_COLOR) return false;
  if (environment.FORCE_COLOR) return environment.FORCE_COLOR !== '0';
  return stream.isTTY === true && environment.TERM !== 'dumb';
}
