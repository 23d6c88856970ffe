import { readFile } from 'node:fs/promises';

import { ConfigError, ValidationError } from '../../core/errors.ts';
import { suggestName } from '../../lib/nearest.ts';

/** An answer of a persona to a prompt. */
export interface PersonaAnswer {
  readonly persona: string;
  readonly prompt: string;
  readonly answer: string;
}

/** Of more answers there are too many pairs to compare. */
const mostAnswers = 2000;

/**
 * Reads recorded answers: JSON Lines of {persona, prompt, answer}; `output` and `response` are taken for `answer`, `instruction`
 * for `prompt`. Holds the file.
 * @throws ConfigError `answers-missing`; ValidationError `answers-invalid`, `answers-too-many`, naming file and line
 */
export async function readAnswers(path: string): Promise<PersonaAnswer[]> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new ConfigError(`${path}: no such file of answers`, {
      code: 'answers-missing',
      hint: 'lines are {"persona": "code_expert", "prompt": "…", "answer": "…"}',
      cause,
    });
  });
  const lines = text.replace(/^\uFEFF/, '').split('\n');
  const answers = lines.flatMap((line, index) => {
    if (line.trim() === '') return [];
    return [readAnswer(line, `${path}:${index + 1}`)];
  });
  if (answers.length <= mostAnswers) return answers;
  throw new ValidationError(`${path}: ${answers.length} answers; at most ${mostAnswers} are compared`, {
    code: 'answers-too-many',
    hint: 'give fewer prompts: a few dozen a persona say as much',
  });
}

/** Of answers that `path` holds those of the named personas; without a name all. @throws ConfigError `persona-unknown` */
export function chooseAnswers(
  answers: readonly PersonaAnswer[],
  only: readonly string[],
  path: string,
): readonly PersonaAnswer[] {
  if (only.length === 0) return answers;
  const known = [...new Set(answers.map(({ persona }) => persona))].toSorted();
  const unknown = only.find((id) => !known.includes(id));
  if (unknown === undefined) return answers.filter(({ persona }) => only.includes(persona));
  throw new ConfigError(`${path}: no answers of "${unknown}"; ${suggestName(unknown, known)}`, {
    code: 'persona-unknown',
    hint: `it has answers of ${known.join(', ')}`,
  });
}

function readAnswer(line: string, place: string): PersonaAnswer {
  const record = parse(line);
  const text = (...names: readonly string[]): string => {
    const value = names.map((name) => record?.[name]).find((each) => typeof each === 'string');
    return typeof value === 'string' ? value : '';
  };
  const answer = {
    persona: text('persona', '_persona'),
    prompt: text('prompt', 'instruction').replace(/^<persona:[^>\s]{1,64}>\n?/, ''),
    answer: text('answer', 'output', 'response'),
  };
  const missing = Object.entries(answer).find(([, value]) => value.trim() === '')?.[0];
  if (record && missing === undefined) return answer;
  throw new ValidationError(record ? `${place}: no "${missing ?? ''}"` : `${place}: not a JSON object`, {
    code: 'answers-invalid',
    hint: 'a line is {"persona": "code_expert", "prompt": "…", "answer": "…"}',
  });
}

function parse(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}
