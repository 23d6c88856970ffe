import { RowError } from '../../core/errors.ts';
import type { Adapter } from './adapter.ts';
import { findPair } from './flat-rules.ts';
import { plainName, type Sample } from './sample.ts';
import { turnsToMessages } from './speaker-turns.ts';
import { isConversation, splitTranscript } from './transcript-markers.ts';
import { textOf } from './values.ts';

/** Names that promise a conversation; other columns are looked at only where no question and answer are found. */
const conversationName = /conversation|dialog|chat|transcript|^text$|^chosen$/u;

/** A whole conversation in one string. A column `question` beside a named conversation is what it is about: the system message. */
export const transcriptAdapter: Adapter = {
  kind: 'transcript',
  detect(sample, named) {
    const transcript = named['messages'] ?? findTranscript(sample);
    if (transcript === undefined) return undefined;
    const system = named['system'] ?? sample.find(['question', 'problem']);
    return { transcript, ...(system !== undefined && system !== transcript && { system }) };
  },
  compile(columns) {
    const { transcript = '', system } = columns;
    return ([record = {}]) => {
      const text = textOf(record[transcript]);
      if (text === '') throw new RowError(`no text in column "${transcript}"`, { code: 'no-text' });
      // The odd row without speaker marks among transcripts is a text like any other.
      const turns = splitTranscript(text) ?? [{ speaker: 'assistant', text }];
      const messages = turnsToMessages(turns);
      const about = system === undefined ? '' : textOf(record[system]);
      return { messages: about === '' ? messages : [{ role: 'system', content: about }, ...messages] };
    };
  },
};

function findTranscript(sample: Sample): string | undefined {
  const named = sample.columns.filter((column) => conversationName.test(plainName(column)));
  const others = findPair(sample) ? [] : sample.columns;
  return [...named, ...others].find((column) => {
    const values = sample.values(column).slice(0, 50);
    const hits = values.filter(isConversation).length;
    return values.length > 0 && hits >= values.length * 0.9;
  });
}
