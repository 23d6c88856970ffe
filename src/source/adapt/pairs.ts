import { RowError } from '../../core/errors.ts';
import type { Message } from '../../core/row.ts';
import type { Adapter } from './adapter.ts';
import { findPair, findRequest } from './flat-rules.ts';
import { plainName } from './sample.ts';
import { listOf, textOf } from './values.ts';

/** Lists of two texts under other names may be anything; they count only where the record has no request. */
const conversationName = /dialog|conversation|chat|turns|messages|exchanges|pairs/u;

/** `[[user, reply], …]`; the last reply may be missing, empty or `{}`. A text column `meta` (a passage) becomes the system message. */
export const pairsAdapter: Adapter = {
  kind: 'pairs',
  detect(sample, named) {
    const dialogue =
      named['messages'] ??
      sample.columns.find((column) => {
        if (!conversationName.test(plainName(column)) && (findPair(sample) ?? findRequest(sample)))
          return false;
        const lists = sample.values(column).slice(0, 50).map(listOf);
        return lists.length > 0 && lists.every((list) => list?.every(isPair));
      });
    if (dialogue === undefined || dialogue === sample.find(['history'])) return undefined;
    const meta = sample.find(['meta', 'passage', 'context', 'story']);
    const isText = meta !== undefined && sample.values(meta).every((value) => typeof value === 'string');
    const system = named['system'] ?? (isText ? meta : undefined);
    return { dialogue, ...(system !== undefined && { system }) };
  },
  compile(columns) {
    const dialogue = columns['dialogue'] ?? '';
    const { system } = columns;
    return ([record = {}]) => {
      const messages = pairsToMessages(listOf(record[dialogue]), dialogue);
      const before = system === undefined ? '' : textOf(record[system]);
      return { messages: before === '' ? messages : [{ role: 'system', content: before }, ...messages] };
    };
  },
};

/** Throws RowError when `list` holds no pair with text. */
export function pairsToMessages(list: readonly unknown[] | undefined, column: string): Message[] {
  const messages: Message[] = [];
  for (const pair of list ?? []) {
    if (!isPair(pair))
      throw new RowError(`column "${column}" holds no list of pairs`, { code: 'shape-mismatch' });
    if (typeof pair[0] === 'string' && pair[0] !== '') messages.push({ role: 'user', content: pair[0] });
    if (typeof pair[1] === 'string' && pair[1] !== '') messages.push({ role: 'assistant', content: pair[1] });
  }
  if (messages.length === 0)
    throw new RowError(`column "${column}" has no turn with text`, { code: 'no-text' });
  return messages;
}

function isPair(value: unknown): value is readonly unknown[] {
  return (
    Array.isArray(value) &&
    (value.length === 1 || value.length === 2) &&
    typeof value[0] === 'string' &&
    (typeof value[1] === 'string' ||
      value[1] === undefined ||
      value[1] === null ||
      typeof value[1] === 'object')
  );
}
