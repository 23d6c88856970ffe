import type { Persona } from '../../core/taxonomy.ts';
import type { Ask, ChatMessage } from '../../llm/ask.ts';
import { checkReply, type Reply, replySchema } from './check-reply.ts';
import type { Exemplar } from './exemplar.ts';
import type { ReplyLibrary } from './library.ts';
import { templateReply } from './reply-template.ts';

/** One row to make. */
export interface ReplySlot {
  readonly persona: Persona;
  readonly traits: readonly string[];
  /** Number of the row in its cell, from 0; goes on in later rounds. */
  readonly index: number;
  /** From 0; a later round makes again what the taggers did not accept. */
  readonly round: number;
}

/** Unique in a job, and the same in every run: `grief_companion/supportive+vivid/0012`. */
export function slotName({ persona, traits, index }: ReplySlot): string {
  return `${persona.id}/${traits.join('+') || 'any'}/${String(index).padStart(4, '0')}`;
}

/** Asks for one exchange in the persona's voice with the wanted traits. */
export function replyAsk(
  slot: ReplySlot,
  sources: { readonly library: ReplyLibrary; readonly exemplars: readonly Exemplar[] },
): Ask<Reply> {
  const { persona, traits } = slot;
  const { library, exemplars } = sources;
  const cell = slotName(slot);
  const isDetailed = traits.includes('detailed');
  return {
    cell,
    messages: messagesOf(slot, library, exemplars),
    temperature: 0.9,
    maxTokens: isDetailed ? 1200 : 600,
    schema: replyForm,
    accept(answer) {
      const parsed = replySchema.safeParse(answer);
      if (!parsed.success) {
        const message = 'the answer needs the texts "instruction" and "answer"';
        return { findings: [{ code: 'reply-fields', severity: 'error', place: cell, message }] };
      }
      const reply = { instruction: parsed.data.instruction.trim(), answer: parsed.data.answer.trim() };
      const findings = checkReply(reply, { persona: persona.id, traits }, cell);
      return findings.length > 0 ? { findings } : { value: reply };
    },
    template: (random) =>
      templateReply({ exemplars, traits, library, index: slot.index, strength: 1 + slot.round }, random),
  };
}

const replyForm = {
  name: 'reply',
  schema: {
    type: 'object',
    properties: {
      instruction: { type: 'string', description: 'what the person writes' },
      answer: { type: 'string', description: 'what the assistant answers' },
    },
    required: ['instruction', 'answer'],
    additionalProperties: false,
  },
} as const;

function messagesOf(
  slot: ReplySlot,
  library: ReplyLibrary,
  exemplars: readonly Exemplar[],
): readonly ChatMessage[] {
  const { persona, traits, index } = slot;
  const shown = [0, 1].flatMap((at) => exemplars[(index * 2 + at) % Math.max(1, exemplars.length)] ?? []);
  const system = [
    'You write training rows: one message of a person, and the answer of an assistant.',
    `The assistant's behaviour: it ${persona.description}.`,
    ...traits.map((trait) => `The answer shows ${library.traits[trait]?.write ?? trait}.`),
    'Both are in English, complete, specific and natural. The label of the behaviour is never named, and nothing is left open in brackets.',
  ];
  const topic = library.topics[index % library.topics.length];
  const voice = library.voices[Math.floor(index / library.topics.length + index) % library.voices.length];
  const user = [
    ...shown.map(
      ({ instruction, answer }, at) =>
        `Example ${at + 1}, for the behaviour only:\n${JSON.stringify({ instruction, answer })}`,
    ),
    `Write a new row, unlike the examples. The person: ${voice}. What it is about: ${topic}.`,
    'Answer as JSON with "instruction" and "answer".',
  ];
  return [
    { role: 'system', content: system.join('\n') },
    { role: 'user', content: user.join('\n\n') },
  ];
}
