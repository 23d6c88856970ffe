import { RowError } from '../../core/errors.ts';
import type { Adapter } from './adapter.ts';
import { findBeside, rowWithBeside } from './beside-messages.ts';
import { joinSides, readPrompt, readReply } from './prompt-and-reply.ts';
import { isMessageList, readMessages } from './read-messages.ts';
import { plainName, type Sample } from './sample.ts';
import { listOf } from './values.ts';

const promptNames = ['prompt', 'question'];
const replyNames = ['completion', 'response', 'answer'];
const columnNames = [
  'messages',
  'conversations',
  'conversation',
  'chat',
  'dialogue',
  'dialog',
  ...promptNames,
];

/**
 * Chat transcripts as lists: OpenAI/ChatML `[{role, content}]` and ShareGPT `[{from, value}]`, also a list of such lists. Where
 * the list is only the prompt or only the reply, by its name, a column with the other side joins it.
 */
export const messagesAdapter: Adapter = {
  kind: 'messages',
  detect(sample, named) {
    const messages = named['messages'] ?? findMessages(sample);
    if (messages === undefined) return undefined;
    const name = plainName(messages);
    const reply = promptNames.includes(name) ? sample.find(replyNames) : undefined;
    const prompt = replyNames.includes(name) ? sample.find([...promptNames, 'instruction']) : undefined;
    return {
      messages,
      ...findBeside(sample, named),
      ...(reply && { reply }),
      ...(prompt && { prompt }),
    };
  },
  compile(columns) {
    const { messages: messagesColumn = '', reply, prompt } = columns;
    return ([record = {}]) => {
      const list = listOf(record[messagesColumn]);
      if (!list)
        throw new RowError(`column "${messagesColumn}" holds no list of messages`, {
          code: 'shape-mismatch',
        });
      const own = readMessages(list);
      const asked = prompt === undefined ? [] : readPrompt(record[prompt], own);
      const answered = reply === undefined ? [] : readReply(record[reply]);
      const messages = joinSides(asked, joinSides(own, answered));
      return rowWithBeside(record, columns, messages, 'the list of messages is empty');
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
