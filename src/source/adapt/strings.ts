import type { Message } from '../../core/row.ts';
import { RowError } from '../../core/errors.ts';
import type { Adapter } from './adapter.ts';
import { isFields } from './sample.ts';

/**
 * Every text of the record, one message each, whatever the columns are called: for reading benchmark files. Found by name only
 * (`shape: strings`); texts nested more than 16 levels deep are left out.
 */
export const stringsAdapter: Adapter = {
  kind: 'strings',
  detect: () => ({}),
  compile() {
    return (records) => {
      const messages: Message[] = [];
      for (const record of records) collectTexts(record, messages, 0);
      if (messages.length === 0) throw new RowError('the record holds no text', { code: 'no-text' });
      return { messages };
    };
  },
};

const deepest = 16;

function collectTexts(value: unknown, into: Message[], depth: number): void {
  if (typeof value === 'string') {
    if (value.trim() !== '') into.push({ role: 'user', content: value });
    return;
  }
  if (depth > deepest) return;
  if (Array.isArray(value)) for (const item of value) collectTexts(item, into, depth + 1);
  else if (isFields(value)) for (const item of Object.values(value)) collectTexts(item, into, depth + 1);
}
