import type { Role } from '../core/row.ts';
import type { StoredMessage, StoredRow } from './stored-row.ts';

export interface AlpacaText {
  readonly instruction: Uint8Array;
  readonly input: Uint8Array;
  readonly output: Uint8Array;
}

/**
 * A conversation as instruction, input and output: the last assistant message is the output (what is trained on), the last
 * user message before it the instruction, and everything else before the output, in order, the input, one `User: …`,
 * `Assistant: …`, `System: …` or `Tool: …` paragraph per message. A single turn therefore has an empty input. Tool calls
 * follow their message's text as one JSON line each. What stands after the last assistant message has no answer and is left
 * out, tool definitions have no column: choose `messages` where they matter.
 */
export function toAlpaca({ messages }: StoredRow): AlpacaText {
  const outputAt = messages.findLastIndex((message) => message.role === 'assistant');
  const end = outputAt < 0 ? messages.length : outputAt;
  const instructionAt = messages.findLastIndex((message, at) => at < end && message.role === 'user');
  const context = messages.filter((_, at) => at < end && at !== instructionAt);
  return {
    instruction: textOf(messages[instructionAt]),
    input: context.length === 0 ? noText : joinContext(context),
    output: textOf(messages[outputAt]),
  };
}

const noText = new Uint8Array(0);

function joinContext(context: readonly StoredMessage[]): Uint8Array {
  return Buffer.concat(
    context.flatMap((message, at) => [at === 0 ? noText : newline, speakers[message.role], textOf(message)]),
  );
}

const newline = Buffer.from('\n');
const speakers: Readonly<Record<Role, Uint8Array>> = {
  system: Buffer.from('System: '),
  user: Buffer.from('User: '),
  assistant: Buffer.from('Assistant: '),
  tool: Buffer.from('Tool: '),
};

function textOf(message: StoredMessage | undefined): Uint8Array {
  if (!message) return noText;
  const { content, tool_calls: calls } = message;
  if (!calls || calls.length === 0) return content;
  const lines = calls.flatMap((call) => [
    newline,
    Buffer.from(`{"name":${JSON.stringify(Buffer.from(call.function.name).toString())},"arguments":`),
    call.function.arguments,
    closing,
  ]);
  return Buffer.concat(content.length === 0 ? lines.slice(1) : [content, ...lines]);
}

const closing = Buffer.from('}');
