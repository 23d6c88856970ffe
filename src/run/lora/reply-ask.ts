import type { Finding } from '../../core/finding.ts';
import type { Acceptance, Ask } from '../../llm/ask.ts';
import { replyFault } from '../../lora/good-reply.ts';
import { findTemplateMark, isPlaceholder } from '../../lora/placeholders.ts';
import { reasonWords } from '../../lora/preparation-findings.ts';

/** A turn that a model answers as the persona. */
export interface ReplyCell {
  readonly id: string;
  readonly conversation: string;
  readonly system: string;
  /** Redacted. */
  readonly user: string;
}

/** Asks for a reply in the persona's manner; placeholders, refusals and replies that break off are not accepted. */
export function replyAsk(cell: ReplyCell, outputTokens: number): Ask<string> {
  return {
    cell: cell.id,
    messages: [
      { role: 'system', content: cell.system },
      { role: 'user', content: cell.user },
    ],
    temperature: 0.7,
    maxTokens: outputTokens,
    schema: null,
    accept: (answer) => acceptReply(answer, cell.id),
    template: (random) => templateReply(cell.user, random),
  };
}

function acceptReply(answer: unknown, place: string): Acceptance<string> {
  const text = typeof answer === 'string' ? answer.trim() : '';
  const code = isPlaceholder(text)
    ? 'placeholder'
    : findTemplateMark(text)
      ? 'template-token'
      : replyFault(text, undefined);
  if (code === null) return { value: text };
  const finding: Finding = {
    code,
    severity: 'error',
    place,
    message: `not to be used: ${reasonWords[code] ?? code}`,
  };
  return { findings: [finding] };
}

/** Stands in offline: enough to see the pipeline work, and marked as such in its provenance. */
function templateReply(user: string, random: () => number): string {
  const pick = (texts: readonly string[]): string => texts[Math.floor(random() * texts.length)] ?? '';
  const topic = /[\p{L}]{4,24}(?: [\p{L}]{2,24}){0,3}/u.exec(user)?.[0] ?? 'this';
  return `${pick(openings)} ${topic}: ${pick(middles)} ${pick(endings)}`;
}

const openings = ['Here is how I see', 'My short answer on', 'Let me take', 'A thought on'];
const middles = [
  'start with the part that can fail, and keep the rest simple.',
  'what matters most is the order in which you do it.',
  'there are two ways, and the plainer one is usually enough.',
  'write down what you expect first, then look at what happens.',
];
const endings = [
  'Does that fit what you have?',
  'Tell me where it hurts.',
  'That is what I would try.',
  'Then we go on.',
];
