import { RowError } from '../../core/errors.ts';
import type { Message, ToolCall } from '../../core/row.ts';
import type { Fields } from './adapter.ts';
import { chatRole } from './roles.ts';
import { isFields } from './sample.ts';
import { readToolCalls } from './tool-calls.ts';
import { textOf } from './values.ts';

/** Messages of OpenAI/ChatML `{role, content}` or ShareGPT `{from, value}`, of roles that are known; also a list of such lists. */
export function isMessageList(list: readonly unknown[]): boolean {
  const items = flatten(list);
  return items.length > 0 && items.every((item) => isFields(item) && hasRole(item) && hasContent(item));
}

function hasRole(item: Fields): boolean {
  const role = item['role'] ?? item['from'];
  return typeof role === 'string' && chatRole(role) !== undefined;
}

function hasContent(item: Fields): boolean {
  return 'content' in item || 'value' in item || 'tool_calls' in item || 'function_call' in item;
}

function flatten(list: readonly unknown[]): readonly unknown[] {
  return Array.isArray(list[0]) ? list.flat() : list;
}

/** Throws RowError `shape-mismatch`, `role-unknown`, `part-unsupported`. */
export function readMessages(list: readonly unknown[]): Message[] {
  return flatten(list).map(readMessage);
}

function readMessage(item: unknown): Message {
  if (!isFields(item)) throw new RowError('a message is no object', { code: 'shape-mismatch' });
  const given = item['role'] ?? item['from'];
  const role = typeof given === 'string' ? chatRole(given) : undefined;
  if (!role) {
    throw new RowError(`a message has the unknown role ${textOf(given).slice(0, 40) || '(none)'}`, {
      code: 'role-unknown',
    });
  }
  const body = item['content'] ?? item['value'] ?? item['text'];
  const calls = [...readToolCalls(item['tool_calls']), ...readToolCalls(item['function_call'])];
  const isCall = role === 'assistant' && /^(?:function|tool)_?call$/iu.test(textOf(given));
  if (isCall) {
    const called = readToolCalls(body);
    if (called.length > 0) return { role, content: '', toolCalls: called };
  }
  const content = Array.isArray(body) ? readParts(body, calls) : textOf(body);
  const name = typeof item['name'] === 'string' && item['name'] !== '' ? item['name'] : undefined;
  return {
    role,
    content,
    ...(name !== undefined && { name }),
    ...(calls.length > 0 && { toolCalls: calls }),
  };
}

/** Typed parts: texts are joined by line breaks, calls go to `calls`, reasoning is kept between `<think>` marks. */
function readParts(parts: readonly unknown[], calls: ToolCall[]): string {
  const texts: string[] = [];
  for (const part of parts) {
    if (typeof part === 'string') texts.push(part);
    if (!isFields(part)) continue;
    const type = textOf(part['type']);
    const value = part['text'] ?? part['value'] ?? part['content'] ?? part[type];
    if (type === 'tool_call' || type === 'function_call' || type === 'tool_use') {
      calls.push(
        ...readToolCalls(value ?? { name: part['name'], arguments: part['input'] ?? part['arguments'] }),
      );
    } else if (type === 'reasoning' || type === 'thinking') {
      texts.push(`<think>\n${textOf(value)}\n</think>`);
    } else if (/image|audio|video|file/u.test(type)) {
      throw new RowError(`a message has a part of type ${type}; only text is read`, {
        code: 'part-unsupported',
      });
    } else texts.push(textOf(value));
  }
  return texts.join('\n');
}
