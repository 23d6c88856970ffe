import type { TextSpan } from './pii-kinds.ts';

/** The text with something else in the place of every span; spans in order and apart, as `findPii` gives them. */
export function replaceSpans<Span extends TextSpan>(
  text: string,
  spans: readonly Span[],
  replacement: (span: Span) => string,
): string {
  let [replaced, at] = ['', 0];
  for (const span of spans) {
    replaced += text.slice(at, span.start) + replacement(span);
    at = span.end;
  }
  return replaced + text.slice(at);
}
