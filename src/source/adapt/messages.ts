import { RowError } from '../../core/errors.ts';
import type { Message, ToolCall } from '../../core/row.ts';
import type { Adapter, Fields } from './adapter.ts';
import { chatRole } from './roles.ts';
import { isFields, type Sample } from './sample.ts';
import { readToolCalls } from './tool-calls.ts';
import { listOf, textOf, toolsText } from './values.ts';

const columnNames = [
  'messages',
  'conversations',
  'conversation',
  'chat',
  'dialogue',
  'dialog',
  'prompt',
  'question',
];
const toolNames = ['tools', 'functions', 'function', 'availabletools', 'toollist'];
const systemNames = ['system', 'systemprompt', 'systemmessage'];

/** Chat transcripts as lists: OpenAI/ChatML `[{role, content}]` and ShareGPT `[{from, value}]`, also a list of such lists. */
export const messagesAdapter: Adapter = {
  kind: 'messages',
  detect(sample, named) {
    const messages = named['messages'] ?? findMessages(sample);
    if (messages === undefined) return undefined;
    const tools = named['tools'] ?? sample.find(toolNames);
    const system = named['system'] ?? sample.find(systemNames);
    return { messages, ...(tools && { tools }), ...(system && { system }) };
  },
  compile(columns) {
    const messagesColumn = columns['messages'] ?? '';
    const { tools: toolsColumn, system: systemColumn } = columns;
    return ([record = {}]) => {
      const list = listOf(record[messagesColumn]);
      if (!list)
        throw new RowError(`column "${messagesColumn}" holds no list of messages`, {
          code: 'shape-mismatch',
        });
      const messages: Message[] = [];
      if (
        systemColumn !== undefined &&
        typeof record[systemColumn] === 'string' &&
        record[systemColumn] !== ''
      ) {
        messages.push({ role: 'system', content: record[systemColumn] });
      }
      for (const item of flatten(list)) messages.push(readMessage(item));
      if (messages.length === 0) throw new RowError('the list of messages is empty', { code: 'no-text' });
      const tools = toolsColumn === undefined ? undefined : toolsText(record[toolsColumn]);
      return tools === undefined ? { messages } : { messages, tools };
    };
  },
};

function findMessages(sample: Sample): string | undefined {
  const preferred = columnNames.flatMap((name) => sample.find([name]) ?? []);
  return [...preferred, ...sample.columns].find((column) => {
    const lists = sample.values(column).slice(0, 50).map(listOf);
    const hits = lists.filter((list) => list && isMessageList(list)).length;
    return hits > 0 && hits * 2 >= lists.length;
  });
}

function isMessageList(list: readonly unknown[]): boolean {
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
