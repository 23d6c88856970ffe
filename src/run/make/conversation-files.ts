import { parquetWriteBuffer } from 'hyparquet-writer';
import type { SchemaElement } from 'hyparquet';

import type { Conversation } from '../../core/conversation.ts';
import type { AnswerProvenance } from '../../llm/ask.ts';
import { jsonLines } from '../../lib/json-lines.ts';
import type { MadeFile } from './maker.ts';

/** A conversation as it is published: the format's own fields first, and what says that it was made, and by what. */
export interface MadeConversation extends Conversation {
  readonly provenance: AnswerProvenance;
  readonly _synthetic: true;
}

/** The three published files: a JSON list, JSON Lines, and Parquet. Equal conversations give equal bytes. */
export function conversationFiles(conversations: readonly MadeConversation[]): MadeFile[] {
  return [
    { path: 'training_conversations.json', content: `${JSON.stringify(conversations, null, 2)}\n` },
    {
      path: 'training_conversations.jsonl',
      content: jsonLines(conversations),
    },
    { path: 'training_conversations.parquet', content: conversationParquet(conversations) },
  ];
}

function conversationParquet(conversations: readonly MadeConversation[]): Uint8Array {
  const column = (name: keyof MadeConversation): { name: string; data: unknown[] } => ({
    name,
    data: conversations.map((conversation) => conversation[name]),
  });
  return new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        column('persona_id'),
        column('conversation_id'),
        column('scenario'),
        column('system_prompt'),
        {
          name: 'turns',
          data: conversations.map(({ turns }) =>
            turns.map(({ role, text, gap_ms: gap }) => ({ role, text, gap_ms: gap ?? null })),
          ),
        },
        column('provenance'),
        column('_synthetic'),
      ],
      schema: [...conversationSchema],
      createdBy: 'tag-datasets',
    }),
  );
}

const text = (name: string): SchemaElement => ({
  name,
  type: 'BYTE_ARRAY',
  converted_type: 'UTF8',
  repetition_type: 'OPTIONAL',
});

const conversationSchema: readonly SchemaElement[] = [
  { name: 'root', num_children: 7 },
  text('persona_id'),
  text('conversation_id'),
  text('scenario'),
  text('system_prompt'),
  { name: 'turns', converted_type: 'LIST', num_children: 1, repetition_type: 'OPTIONAL' },
  { name: 'list', num_children: 1, repetition_type: 'REPEATED' },
  { name: 'element', num_children: 3, repetition_type: 'OPTIONAL' },
  text('role'),
  text('text'),
  { name: 'gap_ms', type: 'INT32', repetition_type: 'OPTIONAL' },
  { name: 'provenance', num_children: 4, repetition_type: 'OPTIONAL' },
  text('provider'),
  text('model'),
  text('prompt_hash'),
  { name: 'attempt', type: 'INT32', repetition_type: 'OPTIONAL' },
  { name: '_synthetic', type: 'BOOLEAN', repetition_type: 'OPTIONAL' },
];
