import { z } from 'zod';

import type { Finding } from '../../core/finding.ts';

/** One exchange. */
export interface Reply {
  readonly instruction: string;
  readonly answer: string;
}

export const replySchema = z.object({ instruction: z.string(), answer: z.string() });

/** Everything that can be told of a reply without a tagger; told to the model in the next attempt. */
export function checkReply(
  reply: Reply,
  wanted: { readonly persona: string; readonly traits: readonly string[] },
  place: string,
): Finding[] {
  const findings: Finding[] = [];
  const add = (code: string, message: string): void => {
    findings.push({ code, severity: 'error', place, message });
  };
  const instruction = reply.instruction.trim();
  const answer = reply.answer.trim();
  if (instruction === '') add('reply-instruction-empty', 'the instruction is empty');
  if (answer === '') add('reply-answer-empty', 'the answer is empty');
  if (answer !== '' && answer === instruction) add('reply-echo', 'the answer repeats the instruction');
  const words = countWords(answer);
  if (wanted.traits.includes('brief') && words >= briefWords) {
    add('reply-not-brief', `the answer has ${words} words, and must have fewer than ${briefWords}`);
  }
  if (wanted.traits.includes('detailed') && words < detailedWords) {
    add('reply-not-detailed', `the answer has ${words} words, and must have at least ${detailedWords}`);
  }
  const text = `${instruction}\n${answer}`;
  const placeholder = placeholders.exec(text)?.[0];
  if (placeholder !== undefined) add('reply-placeholder', `a placeholder was left in: ${placeholder}`);
  if (text.includes(wanted.persona) && wanted.persona.includes('_')) {
    add('reply-names-persona', `the text names its own label, ${wanted.persona}`);
  }
  if (assistantTalk.test(answer)) add('reply-assistant-talk', 'the answer talks about being an AI model');
  if (isForeign(text)) add('reply-language', 'the text is not in English');
  return findings;
}

/** The taxonomy's definitions of `brief` and `detailed`. */
const briefWords = 100;
const detailedWords = 300;

const placeholders =
  /\[(?:your |insert |name|placeholder)[^\]]{0,40}\]|\blorem ipsum\b|<(?:answer|instruction|text)>|\{\{[^}]*\}\}/i;
const assistantTalk = /\bas an ai(?: language)?(?: model| assistant)\b/i;

export function countWords(text: string): number {
  return text.split(/\s+/).filter((word) => word !== '').length;
}

/** More than a fifth of the letters are not Latin. */
function isForeign(text: string): boolean {
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  const latin = text.match(/\p{Script=Latin}/gu)?.length ?? 0;
  return letters > 0 && latin / letters < 0.8;
}
