import { RowError } from '../../core/errors.ts';
import type { Adapter } from './adapter.ts';
import { systemNames } from './beside-messages.ts';
import { isFields, type Sample } from './sample.ts';
import { type Turn, turnsToMessages } from './speaker-turns.ts';
import { listOf, textOf } from './values.ts';

const speakerKeys = ['speaker', 'role', 'agent', 'from', 'author', 'names', 'name', 'sender', 'user'];
const textKeys = ['text', 'utterance', 'message', 'content', 'value', 'body'];

/** A list of `{speaker | role | agent …, text | utterance | message …}` under any column, and a system prompt beside it. */
export const turnsAdapter: Adapter = {
  kind: 'turns',
  detect(sample, named) {
    const turns = named['messages'] ?? findTurns(sample);
    if (turns === undefined) return undefined;
    const system = named['system'] ?? sample.find(systemNames);
    return { turns, ...(system && { system }) };
  },
  compile(columns) {
    const column = columns['turns'] ?? '';
    const { system } = columns;
    return ([record = {}]) => {
      const list = listOf(record[column]);
      if (!list) throw new RowError(`column "${column}" holds no list of turns`, { code: 'shape-mismatch' });
      const prompt = system === undefined ? '' : textOf(record[system]);
      const messages = turnsToMessages(list.map(readTurn));
      return { messages: prompt === '' ? messages : [{ role: 'system', content: prompt }, ...messages] };
    };
  },
};

function findTurns(sample: Sample): string | undefined {
  return sample.columns.find((column) => {
    const lists = sample.values(column).slice(0, 50).map(listOf);
    return lists.length > 0 && lists.every((list) => list?.every((item) => isTurn(item)));
  });
}

export function isTurn(item: unknown): boolean {
  return (
    isFields(item) &&
    speakerKeys.some((key) => typeof item[key] === 'string' || Array.isArray(item[key])) &&
    textKeys.some((key) => typeof item[key] === 'string')
  );
}

export function readTurn(item: unknown): Turn {
  if (!isFields(item)) throw new RowError('a turn is no object', { code: 'shape-mismatch' });
  const textKey = textKeys.find((key) => typeof item[key] === 'string');
  const speakerKey = speakerKeys.find((key) => item[key] !== undefined && item[key] !== null);
  const speaker = speakerKey === undefined ? '' : item[speakerKey];
  return {
    speaker: Array.isArray(speaker) ? speaker.map((name) => textOf(name)).join(' & ') : textOf(speaker),
    text: textKey === undefined ? '' : textOf(item[textKey]),
  };
}
