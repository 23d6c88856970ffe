import type { Row } from '../../core/row.ts';
import type { Finding } from '../../core/finding.ts';
import { findPlaceholder, findRefusal } from '../../lib/model-marks.ts';
import { wordsOf } from '../../lib/words.ts';

/** What is wrong with one training example: nothing to learn, nothing asked, a refusal, or a target that was never filled in. */
export function checkRow({ messages }: Row, place: string): Finding[] {
  const found: Finding[] = [];
  const add = (code: string, severity: Finding['severity'], message: string): void => {
    found.push({ code, severity, place, message });
  };
  const answers = messages.filter(({ role }) => role === 'assistant');
  const spoken = answers.filter(
    ({ content, toolCalls }) => content.trim() !== '' || (toolCalls?.length ?? 0) > 0,
  );
  if (answers.length === 0) add('answer-missing', 'error', 'No message of the assistant is in it.');
  else if (spoken.length === 0) add('answer-empty', 'error', 'Every answer is blank.');
  if (!messages.some(({ role, content }) => role === 'user' && content.trim() !== ''))
    add('request-empty', 'warning', 'Nothing is asked in it.');
  for (const { content } of spoken) {
    const refusal = findRefusal(content);
    if (refusal !== undefined) add('refusal-text', 'error', `"${refusal}" is a model speaking of itself.`);
    if (isPlaceholder(content))
      add('placeholder-target', 'error', `The answer is a placeholder: "${content.trim().slice(0, 60)}".`);
    const loop = loopIn(content);
    if (loop !== null) add('answer-loops', 'warning', `"${loop}" is said over and over.`);
  }
  const asked = messages.find(({ role }) => role === 'user')?.content.trim() ?? '';
  if (asked.length > 40 && spoken.some(({ content }) => content.trim() === asked))
    add('answer-echoes', 'error', 'The answer is the request.');
  return found;
}

/** Code and templates hold braces and brackets by right: only a short answer can be a placeholder as a whole. */
function isPlaceholder(content: string): boolean {
  const text = content.trim();
  return text.length <= 80 && findPlaceholder(text) !== undefined && wordsOf(text).length <= 8;
}

/** Words that stand at least eight times in a row, four at a time. */
function loopIn(content: string): string | null {
  const words = wordsOf(content);
  if (words.length < 40) return null;
  let run = 1;
  for (let i = 4; i < words.length; i++) {
    run = words[i] === words[i - 4] ? run + 1 : 1;
    if (run >= 32) return words.slice(i - 3, i + 1).join(' ');
  }
  return null;
}
