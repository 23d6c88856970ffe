import type { Message } from '../core/row.ts';

export interface ControlTokenOptions {
  readonly persona: string;
  readonly mode: 'prefix' | 'system' | 'none';
  /** Holds `{persona_name}`: `<persona:{persona_name}>`. */
  readonly format: string;
  /** The row was drawn to carry no token. */
  readonly dropped: boolean;
}

/**
 * The messages with the persona's control token, and no other: tokens of the same format that the row brought along (at the
 * start of its system or first user message, any persona) are taken out first, in every mode, so that applying it twice is
 * the same as once, and `none` means none.
 * - `prefix`: token and newline before the first user message; a row without a user message stays without token, as there
 *   is no prompt it could steer.
 * - `system`: token as first line of the leading system message, or as a system message of its own.
 */
export function applyControlToken(
  messages: readonly Message[],
  { persona, mode, format, dropped }: ControlTokenOptions,
): Message[] {
  const bare = stripTokens(messages, format);
  if (mode === 'none' || dropped) return bare;
  const token = format.replaceAll(placeholder, persona);
  return mode === 'prefix' ? prefixUser(bare, token) : prefixSystem(bare, token);
}

const placeholder = '{persona_name}';

function prefixUser(messages: Message[], token: string): Message[] {
  const at = messages.findIndex((message) => message.role === 'user');
  const first = messages[at];
  if (first) messages[at] = { ...first, content: `${token}\n${first.content}` };
  return messages;
}

function prefixSystem(messages: Message[], token: string): Message[] {
  const [first] = messages;
  if (first?.role !== 'system') return [{ role: 'system', content: token }, ...messages];
  messages[0] = { ...first, content: `${token}\n${first.content}` };
  return messages;
}

/** A copy without tokens; a leading system message that held nothing else goes, too. */
function stripTokens(messages: readonly Message[], format: string): Message[] {
  const bare = [...messages];
  const at = bare.findIndex((message) => message.role === 'user');
  const user = bare[at];
  if (user) bare[at] = stripMessage(user, format);
  const [first] = bare;
  if (first?.role !== 'system') return bare;
  const system = stripMessage(first, format);
  if (system === first) return bare;
  return system.content === '' ? bare.slice(1) : [system, ...bare.slice(1)];
}

function stripMessage(message: Message, format: string): Message {
  const [before = '', after = ''] = format.split(placeholder);
  if (!message.content.startsWith(before)) return message; // nearly every row: no expression is built
  const end = after === '' ? String.raw`[ \t]*(?:\r?\n|$)` : String.raw`[ \t]*(?:\r?\n)?`;
  const tokens = new RegExp(String.raw`^(?:${escape(before)}[\w.-]+${escape(after)}${end})+`);
  const content = message.content.replace(tokens, '');
  return content === message.content ? message : { ...message, content };
}

function escape(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
}
