import type { ToolCall } from '../../core/row.ts';
import { isFields } from './sample.ts';
import { parseJson, toJsonText } from './values.ts';

/** `tool_calls` of an OpenAI message: `[{id, function: {name, arguments}}]`, also flat `{name, arguments}`. */
export function readToolCalls(value: unknown): ToolCall[] {
  const calls = typeof value === 'string' ? parseJson(value) : value;
  return (Array.isArray(calls) ? calls : [calls]).flatMap((call) => readToolCall(call) ?? []);
}

function readToolCall(call: unknown): ToolCall | undefined {
  if (!isFields(call)) return undefined;
  const body = isFields(call['function']) ? call['function'] : call;
  const name = body['name'];
  if (typeof name !== 'string') return undefined;
  const given = body['arguments'] ?? body['parameters'] ?? {};
  return {
    id: typeof call['id'] === 'string' ? call['id'] : null,
    name,
    arguments: typeof given === 'string' ? given : toJsonText(given),
  };
}
