import type { Message } from '../../core/row.ts';
import { RowError } from '../../core/errors.ts';
import type { Adapter } from './adapter.ts';
import { messagesAdapter } from './messages.ts';
import { turnsToMessages } from './speaker-turns.ts';
import { splitTranscript } from './transcript-markers.ts';
import { listOf, textOf } from './values.ts';

/** Preference data: the chosen side, as a transcript, a list of messages, or the reply to a `prompt` column. */
export const preferenceAdapter: Adapter = {
  kind: 'preference',
  detect(sample) {
    const chosen = sample.find(['chosen', 'chosenresponse', 'preferred']);
    const rejected = sample.find(['rejected', 'rejectedresponse', 'dispreferred']);
    if (chosen === undefined || rejected === undefined) return undefined;
    const prompt = sample.find(['prompt', 'question', 'instruction', 'input']);
    return { chosen, ...(prompt !== undefined && { prompt }) };
  },
  compile(columns) {
    const { chosen = '', prompt } = columns;
    const readMessages = messagesAdapter.compile({ messages: chosen });
    return (records) => {
      const [record = {}] = records;
      if (listOf(record[chosen])) return readMessages(records);
      const text = textOf(record[chosen]);
      const turns = splitTranscript(text);
      if (turns) return { messages: turnsToMessages(turns) };
      const request = prompt === undefined ? '' : textOf(record[prompt]);
      if (text === '' && request === '')
        throw new RowError('the chosen side has no text', { code: 'no-text' });
      const messages: Message[] = request === '' ? [] : [{ role: 'user', content: request }];
      return { messages: [...messages, { role: 'assistant', content: text }] };
    };
  },
};
