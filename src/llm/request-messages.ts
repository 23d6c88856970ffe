import type { Finding } from '../core/finding.ts';
import type { ChatMessage } from './ask.ts';

/**
 * The messages of an attempt: those of the ask, and what was wrong with the answer before. It goes into the last message, so
 * that roles still alternate (many chat templates insist).
 */
export function requestMessages(
  messages: readonly ChatMessage[],
  findings: readonly Finding[],
): readonly ChatMessage[] {
  const last = messages.at(-1);
  if (findings.length === 0 || !last) return messages;
  const list = findings.slice(0, findingsTold).map(({ message }) => `- ${message}`);
  const told = [
    'An earlier answer was not accepted:',
    ...list,
    'Answer again, complete and without these faults.',
  ];
  return [...messages.slice(0, -1), { ...last, content: `${last.content}\n\n${told.join('\n')}` }];
}

/** More of them make small models worse, not better. */
const findingsTold = 8;
