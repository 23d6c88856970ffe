import { roles } from '../../src/core/row.ts';
import type { TextBatch } from '../../src/core/tagger.ts';

interface PlainMessage {
  readonly role: string;
  readonly content: string;
}

/** One labelled line: `messages`, or `instruction` / `input` / `output`. */
export function parseRow(line: string): readonly PlainMessage[] {
  // The training scripts write these files themselves; a wrong line fails below.
  const row = JSON.parse(line) as {
    messages?: PlainMessage[];
    instruction?: string;
    input?: string;
    output?: string;
  };
  if (row.messages) return row.messages;
  const asked = [row.instruction, row.input].filter((text) => text).join('\n');
  return [
    { role: 'user', content: asked },
    { role: 'assistant', content: row.output ?? '' },
  ].filter((message) => message.content !== '');
}

/** Packs conversations into the arena form that taggers read; contents are trimmed as the product trims them. */
export function textBatchOf(
  conversations: readonly (readonly PlainMessage[])[],
  toolCalls: readonly boolean[] = [],
): TextBatch {
  const parts: Buffer[] = [];
  const [starts, ends, speakers]: [number[], number[], number[]] = [[], [], []];
  const rowSegments = new Uint32Array(conversations.length + 1);
  let length = 0;
  for (const [row, messages] of conversations.entries()) {
    for (const message of messages) {
      const content = Buffer.from(message.content.trim().replace(/\r\n?/g, '\n'), 'utf8');
      parts.push(content);
      starts.push(length);
      length += content.length;
      ends.push(length);
      speakers.push(
        Math.max(
          0,
          roles.findIndex((role) => role === message.role),
        ),
      );
    }
    rowSegments[row + 1] = starts.length;
  }
  return {
    rows: conversations.length,
    bytes: Buffer.concat(parts),
    rowSegments,
    roles: Uint8Array.from(speakers),
    starts: Uint32Array.from(starts),
    ends: Uint32Array.from(ends),
    toolCalls: Uint8Array.from(conversations, (_, row) => (toolCalls[row] ? 1 : 0)),
  };
}
