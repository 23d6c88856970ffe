import { isFields } from './sample.ts';
import { listOf, textOf } from './values.ts';

export interface AnswerOption {
  /** `A`, `1` …; empty where the data has none. */
  readonly label: string;
  readonly text: string;
}

/** Options as `["A) x", …]`, `[{label, text}]`, `{label: […], text: […]}` or `{"A": "x"}`. */
export function readOptions(value: unknown): AnswerOption[] {
  const list = listOf(value);
  if (list) return list.map(readOption);
  if (!isFields(value)) return [];
  const { label, text } = value;
  if (Array.isArray(label) && Array.isArray(text)) {
    return text.map((item, index) => ({ label: textOf(label[index]), text: textOf(item) }));
  }
  return Object.entries(value).map(([key, item]) => ({ label: key, text: textOf(item) }));
}

/** One option a line, with its label where the text does not carry it. */
export function optionLines(options: readonly AnswerOption[]): string {
  return options.map(({ label, text }) => (label === '' ? text : `${label}. ${text}`)).join('\n');
}

/**
 * The option that an answer points to by label, letter or index from 0; the answer itself where it is none of these, or is
 * the text of an option (a number is an index).
 */
export function resolveAnswer(answer: unknown, options: readonly AnswerOption[]): string {
  const text = textOf(answer);
  const byLabel = options.find(
    (option) => option.label !== '' && option.label.toLowerCase() === text.toLowerCase(),
  );
  if (byLabel) return byLabel.text;
  if (typeof answer !== 'number' && options.some((option) => option.text === text)) return text;
  const index = /^[a-z]$/iu.test(text)
    ? (text.toLowerCase().codePointAt(0) ?? 0) - 97
    : /^\d{1,2}$/u.test(text)
      ? Number(text)
      : -1;
  return options[index]?.text ?? text;
}

function readOption(item: unknown): AnswerOption {
  if (!isFields(item)) return { label: '', text: textOf(item) };
  return {
    label: textOf(item['label'] ?? item['key']),
    text: textOf(item['text'] ?? item['value'] ?? item['option']),
  };
}
