import { RowError } from '../../core/errors.ts';
import type { Adapter } from './adapter.ts';
import { findText } from './flat-rules.ts';
import { textOf } from './values.ts';

/** Plain text: one assistant message. */
export const textAdapter: Adapter = {
  kind: 'text',
  detect(sample, named) {
    const text = named['text'] ?? named['output'] ?? findText(sample);
    return text === undefined ? undefined : { text };
  },
  compile(columns) {
    const { text = '' } = columns;
    return ([record = {}]) => {
      const content = textOf(record[text]);
      if (content === '') throw new RowError(`no text in column "${text}"`, { code: 'no-text' });
      return { messages: [{ role: 'assistant', content }] };
    };
  },
};
