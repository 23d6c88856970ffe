import { isDeepStrictEqual } from 'node:util';

import type { Message } from '../../core/row.ts';
import { readMessages } from './read-messages.ts';
import { isFields } from './sample.ts';
import { listOf, textOf } from './values.ts';

/** What a column says before `reply`; a text asks nothing new where somebody asks in the reply itself. */
export function readPrompt(value: unknown, reply: readonly Message[]): Message[] {
  const list = messageList(value);
  if (list) return readMessages(list);
  const content = textOf(value);
  return content === '' || reply.some(({ role }) => role === 'user') ? [] : [{ role: 'user', content }];
}

export function readReply(value: unknown): Message[] {
  const list = messageList(value);
  if (list) return readMessages(list);
  const content = textOf(value);
  return content === '' ? [] : [{ role: 'assistant', content }];
}

/**
 * A prompt and its reply as one conversation (TRL keeps them in two columns). Where the reply repeats the prompt, with or
 * without the system message, it stands there once.
 */
export function joinSides(prompt: readonly Message[], reply: readonly Message[]): readonly Message[] {
  if (reply.length === 0) return prompt;
  if (beginsWith(reply, prompt)) return reply;
  const asked = prompt.findIndex(({ role }) => role !== 'system');
  if (asked > 0 && beginsWith(reply, prompt.slice(asked))) return [...prompt.slice(0, asked), ...reply];
  return [...prompt, ...reply];
}

function beginsWith(messages: readonly Message[], start: readonly Message[]): boolean {
  return start.every((message, index) => isDeepStrictEqual(message, messages[index]));
}

/** A list of messages, of whatever roles: lists of other things hold alternatives of a text. */
function messageList(value: unknown): readonly unknown[] | undefined {
  const list = listOf(value)?.flat();
  return list?.some((item) => isFields(item) && ('role' in item || 'from' in item)) ? list : undefined;
}
