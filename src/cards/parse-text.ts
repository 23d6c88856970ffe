import { LineCounter, parseDocument } from 'yaml';

/** What a file of JSON or YAML says, or why it says nothing. */
export type ParsedText =
  | { readonly value: unknown; readonly problem: null }
  | { readonly problem: string; readonly line: number };

/**
 * JSON where it is JSON (any length of key, no surprises), else YAML 1.2. A `.json` file must be JSON: YAML would take
 * `1 // one` for a text. Never throws, not even for references that explode.
 */
export function parseText(text: string, file: string): ParsedText {
  const plain = text.replace(/^\uFEFF/, '');
  try {
    return { value: JSON.parse(plain) as unknown, problem: null };
  } catch (cause) {
    const parsed = parseYaml(plain);
    if (parsed.problem !== null || !file.endsWith('.json')) return parsed;
    const message = cause instanceof Error ? cause.message : String(cause);
    return { problem: message, line: lineOf(message, plain) };
  }
}

/** The line of `… at position 120`; the first one where the message names none. */
function lineOf(message: string, text: string): number {
  const position = Number(/at position (\d+)/.exec(message)?.[1] ?? 0);
  return text.slice(0, position).split('\n').length;
}

function parseYaml(text: string): ParsedText {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [error] = document.errors;
  if (error) {
    return { problem: error.message.split('\n')[0] ?? '', line: lines.linePos(error.pos[0]).line };
  }
  try {
    return { value: document.toJS() as unknown, problem: null };
  } catch (cause) {
    return { problem: cause instanceof Error ? cause.message : String(cause), line: 1 };
  }
}
