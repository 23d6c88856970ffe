import { RowError } from '../../core/errors.ts';
import type { Message } from '../../core/row.ts';
import type { Adapter, Columns, Fields } from './adapter.ts';
import { type AnswerOption, optionLines, readOptions, resolveAnswer } from './answer-options.ts';
import { findPair, findRequest } from './flat-rules.ts';
import { pairsToMessages } from './pairs.ts';
import { joinParts, linesOf, listOf, textOf, toolsText } from './values.ts';

/**
 * Columns for one request and its answer. The user's text is `context`, `title`, `instruction` (or `instructionElse`
 * where that is empty), `input` and the options, with blank lines between; the answer is `explanation` and `output`.
 * A row whose answer is empty keeps its request.
 */
export const instructionAdapter: Adapter = {
  kind: 'instruction',
  detect(sample, named) {
    const { user, assistant, ...slots } = named;
    const given: Columns = {
      ...slots,
      ...(user !== undefined && { instruction: user }),
      ...(assistant !== undefined && { output: assistant }),
    };
    if (given['instruction'] !== undefined && given['output'] !== undefined) return given;
    const found = findPair(sample) ?? findRequest(sample);
    if (!found && given['instruction'] === undefined) return undefined;
    const taken = new Set(Object.values(given));
    const rest = Object.entries(found ?? {}).filter(([, column]) => !taken.has(column));
    return { ...Object.fromEntries(rest), ...given };
  },
  compile: compileInstruction,
};

function compileInstruction(
  columns: Columns,
): (records: readonly Fields[]) => { messages: Message[]; tools?: string } {
  const isSimple = Object.keys(columns).every(
    (slot) => slot === 'instruction' || slot === 'input' || slot === 'output',
  );
  const { instruction: instructionColumn = '', input: inputColumn, output: outputColumn } = columns;
  return ([record = {}]) => {
    const parts = isSimple ? undefined : readParts(record, columns);
    const request = parts
      ? parts.request
      : joinTwo(
          textOf(record[instructionColumn]),
          inputColumn === undefined ? '' : textOf(record[inputColumn]),
        );
    const answer = parts ? parts.answer : outputColumn === undefined ? '' : textOf(record[outputColumn]);
    if (request === '' && answer === '') {
      throw new RowError(`no text in ${Object.values(columns).join(', ')}`, { code: 'no-text' });
    }
    const messages: Message[] = parts ? [...parts.before] : [];
    if (request !== '') messages.push({ role: 'user', content: request });
    if (answer !== '') messages.push({ role: 'assistant', content: answer });
    return parts?.tools === undefined ? { messages } : { messages, tools: parts.tools };
  };
}

function joinTwo(first: string, second: string): string {
  if (second === '') return first;
  return first === '' ? second : `${first}\n\n${second}`;
}

interface Parts {
  readonly before: readonly Message[];
  readonly request: string;
  readonly answer: string;
  readonly tools: string | undefined;
}

function readParts(record: Fields, columns: Columns): Parts {
  const cell = (slot: string) => {
    const column = columns[slot];
    return column === undefined ? undefined : record[column];
  };
  const options = optionsOf(cell);
  const request = joinParts([
    linesOf(cell('context')),
    textOf(cell('title')),
    textOf(cell('instruction')) || textOf(cell('instructionElse')),
    linesOf(cell('input')),
    optionLines(options),
  ]);
  const answer = cell('output');
  const text = options.length > 0 ? resolveAnswer(answer, options) : textOf(answer);
  return {
    before: [...systemOf(cell), ...historyOf(cell, columns)],
    request,
    answer: joinParts([textOf(cell('explanation')), text]),
    tools: toolsText(cell('tools')),
  };
}

type Cell = (slot: string) => unknown;

function optionsOf(cell: Cell): AnswerOption[] {
  const list = readOptions(cell('options'));
  const single = [textOf(cell('optionA')), textOf(cell('optionB'))].filter((text) => text !== '');
  return [...list, ...single.map((text) => ({ label: '', text }))];
}

function systemOf(cell: Cell): Message[] {
  const content = textOf(cell('system'));
  return content === '' ? [] : [{ role: 'system', content }];
}

/** LLaMA-Factory's `history: [[request, reply], …]`. */
function historyOf(cell: Cell, columns: Columns): Message[] {
  const list = listOf(cell('history'));
  return list && list.length > 0 ? pairsToMessages(list, columns['history'] ?? 'history') : [];
}
