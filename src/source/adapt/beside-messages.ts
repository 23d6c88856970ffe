import { RowError } from '../../core/errors.ts';
import type { Message, Row } from '../../core/row.ts';
import type { Columns, Fields } from './adapter.ts';
import type { Sample } from './sample.ts';
import { toolsText } from './values.ts';

export const systemNames = ['system', 'systemprompt', 'systemmessage'];
const toolNames = ['tools', 'functions', 'function', 'availabletools', 'toollist'];

/** Columns beside a conversation, slots `system` and `tools`: what the system says, and the tools at hand. */
export function findBeside(sample: Sample, named: Columns): Columns {
  const system = named['system'] ?? sample.find(systemNames);
  const tools = named['tools'] ?? sample.find(toolNames);
  return { ...(tools && { tools }), ...(system && { system }) };
}

/** A row of the messages and of what stands beside them. @throws RowError `no-text` saying `empty` where there is nothing */
export function rowWithBeside(
  record: Fields,
  { system, tools }: Columns,
  said: readonly Message[],
  empty: string,
): Row {
  const content = system === undefined ? undefined : record[system];
  const messages: readonly Message[] =
    typeof content === 'string' && content !== '' ? [{ role: 'system', content }, ...said] : said;
  if (messages.length === 0) throw new RowError(empty, { code: 'no-text' });
  const text = tools === undefined ? undefined : toolsText(record[tools]);
  return text === undefined ? { messages } : { messages, tools: text };
}
