import type { TextSpan } from './pii-kinds.ts';

/** Where a global pattern matches and `accept` agrees; with `group` the span is that capture's (the pattern needs the `d` flag). */
export function spansOf(
  text: string,
  pattern: RegExp,
  accept: (match: RegExpMatchArray & { readonly index: number }) => boolean = () => true,
  group = 0,
): TextSpan[] {
  return [...text.matchAll(pattern)].flatMap((match) => {
    if (!accept(match)) return [];
    if (group === 0) return [{ start: match.index, end: match.index + match[0].length }];
    const span = match.indices?.[group];
    return span ? [{ start: span[0], end: span[1] }] : [];
  });
}

/** Up to `length` characters before `at`. */
export function textBefore(text: string, at: number, length: number): string {
  return text.slice(Math.max(0, at - length), at);
}
