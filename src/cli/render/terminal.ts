import { visibleText } from '../../lib/visible-text.ts';

/** Text from data for one terminal line: escapes, control and bidi characters are shown, never obeyed. */
export function sanitize(text: string): string {
  return visibleText(text);
}
