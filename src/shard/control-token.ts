import type { Message } from '../core/row.ts';
import type { Persona } from '../core/taxonomy.ts';

export interface ControlTokenUse {
  readonly persona: string;
  readonly mode: 'prefix' | 'system' | 'none';
  /** The row was drawn to carry no token. */
  readonly dropped: boolean;
}

/** The control tokens of one format; both functions leave the messages that they are given as they are. */
export interface ControlToken {
  /**
   * The messages with the persona's control token, and no other: those that the row brought along are taken out first, in
   * every mode, so that applying it twice is the same as once, and `none` means none.
   * - `prefix`: token and newline before the first user message; a row without a user message stays without token, as there
   *   is no prompt it could steer.
   * - `system`: token as first line of the leading system message, or as a system message of its own.
   */
  apply(messages: readonly Message[], use: ControlTokenUse): Message[];
  /**
   * The messages without the tokens at the start of the system and the first user message; a leading system message that held
   * nothing else goes, too.
   */
  strip(messages: readonly Message[]): Message[];
}

const placeholder = '{persona_name}';

/**
 * Tokens are told from text by the names of the personas, aliases too: what only has the form of a token is the user's own.
 * @param format holds `{persona_name}` with text before and after it: `<persona:{persona_name}>`
 */
export function compileControlToken(
  format: string,
  personas: readonly Pick<Persona, 'id' | 'aliases'>[],
): ControlToken {
  const names = personas.flatMap(({ id, aliases }) => [id, ...aliases]).map(escape);
  const any = format
    .split(placeholder)
    .map(escape)
    .join(`(?:${names.join('|')})`);
  const tokens = new RegExp(String.raw`^(?:${any}[ \t]*(?:\r?\n)?)+`);
  const strip = (messages: readonly Message[]): Message[] => stripTokens(messages, tokens);
  return {
    strip,
    apply(messages, { persona, mode, dropped }) {
      const bare = strip(messages);
      if (mode === 'none' || dropped) return bare;
      const token = format.replaceAll(placeholder, persona);
      return mode === 'prefix' ? prefixUser(bare, token) : prefixSystem(bare, token);
    },
  };
}

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

function stripTokens(messages: readonly Message[], tokens: RegExp): Message[] {
  const bare = [...messages];
  const at = bare.findIndex((message) => message.role === 'user');
  const user = bare[at];
  if (user) bare[at] = stripMessage(user, tokens);
  const [first] = bare;
  if (first?.role !== 'system') return bare;
  const system = stripMessage(first, tokens);
  if (system === first) return bare;
  return system.content === '' ? bare.slice(1) : [system, ...bare.slice(1)];
}

function stripMessage(message: Message, tokens: RegExp): Message {
  const content = message.content.replace(tokens, '');
  return content === message.content ? message : { ...message, content };
}

function escape(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
}
