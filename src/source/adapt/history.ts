import type { Adapter } from './adapter.ts';
import { isTurn, readTurn } from './turns.ts';
import { turnsToMessages } from './speaker-turns.ts';
import { listOf } from './values.ts';

/** A list of turns so far in one column, the reply as one more turn in another. */
export const historyAdapter: Adapter = {
  kind: 'history',
  detect(sample) {
    const history = sample.find(['history', 'context', 'dialoguehistory']);
    const response = sample.find(['response', 'reply', 'target']);
    if (history === undefined || response === undefined) return undefined;
    const fits =
      sample.values(history).every((value) => listOf(value)?.every(isTurn)) &&
      sample.values(response).every(isTurn);
    return fits ? { history, response } : undefined;
  },
  compile(columns) {
    const { history = '', response = '' } = columns;
    return ([record = {}]) => ({
      messages: turnsToMessages([
        ...(listOf(record[history]) ?? []).map(readTurn),
        readTurn(record[response]),
      ]),
    });
  },
};
