import { roles } from '../../src/core/row.ts';
import type { TextBatch } from '../../src/core/tagger.ts';
import { RowEncoder } from '../../src/tag/encode.ts';

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

/** Packs conversations into the arena form that taggers read, as the product does; `toolCalls` marks rows whose calls stand as text. */
export function textBatchOf(
  conversations: readonly (readonly PlainMessage[])[],
  toolCalls: readonly boolean[] = [],
): TextBatch {
  const rows = conversations.map((messages) => ({
    messages: messages.map(({ role, content }) => ({
      role: roles.find((r) => r === role) ?? 'system',
      content,
    })),
  }));
  const { text } = new RowEncoder().encode(rows);
  return { ...text, toolCalls: Uint8Array.from(conversations, (_, row) => (toolCalls[row] ? 1 : 0)) };
}
