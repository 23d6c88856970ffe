import type { Message } from '../../core/row.ts';
import type { Adapter } from './adapter.ts';
import { findBeside, rowWithBeside } from './beside-messages.ts';
import { joinSides, readPrompt } from './prompt-and-reply.ts';
import { readMessages } from './read-messages.ts';
import { turnsToMessages } from './speaker-turns.ts';
import { splitTranscript } from './transcript-markers.ts';
import { listOf, textOf } from './values.ts';

/** Preference data: the chosen side, as a transcript, a list of messages or a text, after what a `prompt` column asks. */
export const preferenceAdapter: Adapter = {
  kind: 'preference',
  detect(sample, named) {
    const chosen = sample.find(['chosen', 'chosenresponse', 'preferred']);
    const rejected = sample.find(['rejected', 'rejectedresponse', 'dispreferred']);
    if (chosen === undefined || rejected === undefined) return undefined;
    const prompt = sample.find(['prompt', 'question', 'instruction', 'input']);
    return { chosen, ...(prompt !== undefined && { prompt }), ...findBeside(sample, named) };
  },
  compile(columns) {
    const { chosen = '', prompt } = columns;
    return ([record = {}]) => {
      const reply = readChosen(record[chosen]);
      const asked = prompt === undefined ? [] : readPrompt(record[prompt], reply);
      return rowWithBeside(record, columns, joinSides(asked, reply), 'the chosen side has no text');
    };
  },
};

function readChosen(value: unknown): Message[] {
  const list = listOf(value);
  if (list) return readMessages(list);
  const text = textOf(value);
  if (text === '') return [];
  const turns = splitTranscript(text);
  return turns ? turnsToMessages(turns) : [{ role: 'assistant', content: text }];
}
