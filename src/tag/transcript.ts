import type { Role } from '../core/row.ts';

/** A turn that stands inside a text: UTF-16 offsets [start, end), trimmed, without its label. */
export interface QuotedTurn {
  readonly role: Extract<Role, 'user' | 'assistant'>;
  readonly start: number;
  readonly end: number;
}

const roleOfLabel = new Map<string, QuotedTurn['role']>([
  ...['user', 'human', 'student', 'customer'].map((label) => [label, 'user'] as const),
  ...['assistant', 'ai', 'bot', 'gpt', 'chatgpt', 'teacher', 'agent'].map(
    (label) => [label, 'assistant'] as const,
  ),
]);
const longestLabel = 9;
const lineFeed = 0x0a;

/**
 * The turns of a user's text that quotes a conversation as labelled lines (`User: …`, `Assistant: …`), as instruction data keep
 * a history; text before the first label is the user's. Undefined unless two lines are labelled and one of them is the assistant's.
 */
export function quotedTurns(text: string): readonly QuotedTurn[] | undefined {
  const labels = lineLabels(text);
  if (labels.length < 2 || !labels.some(({ role }) => role === 'assistant')) return undefined;
  const turns: QuotedTurn[] = [];
  let role: QuotedTurn['role'] = 'user';
  let from = 0;
  const add = (until: number): void => {
    const start = until - text.slice(from, until).trimStart().length;
    const end = from + text.slice(from, until).trimEnd().length;
    if (start < end) turns.push({ role, start, end });
  };
  for (const label of labels) {
    add(label.start);
    role = label.role;
    from = label.end;
  }
  add(text.length);
  return turns;
}

/** Labels at the start of a line. Goes from colon to colon: most texts have few, and every row passes through here. */
function lineLabels(text: string): QuotedTurn[] {
  const found: QuotedTurn[] = [];
  for (let colon = text.indexOf(':'); colon >= 0; colon = text.indexOf(':', colon + 1)) {
    let start = colon;
    while (start > 0 && colon - start <= longestLabel && text.charCodeAt(start - 1) !== lineFeed) start--;
    const role = roleOfLabel.get(text.slice(start, colon).toLowerCase());
    if (role && (start === 0 || text.charCodeAt(start - 1) === lineFeed))
      found.push({ role, start, end: colon + 1 });
  }
  return found;
}
