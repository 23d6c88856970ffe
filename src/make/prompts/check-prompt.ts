import type { Card } from '../../core/card.ts';
import type { Finding } from '../../core/finding.ts';
import { text } from './render-prompt.ts';

/** One thing that a full system prompt must hold (004.9). */
export interface PromptPart {
  /** `identity`, `detail:family_context`, `guardrail:off-topic`, `flow:start`. */
  readonly part: string;
  readonly isPresent: boolean;
}

/** Guardrails and steps of the flow, by words that a prompt can say them with. */
const patterns: readonly (readonly [string, RegExp])[] = [
  [
    'guardrail:off-topic',
    /off[-\s]?topic|unrelated (?:question|topic|matter)|stray from|change the subject/i,
  ],
  [
    'guardrail:character',
    /(?:in|leave|break|out of)\s+(?:your\s+)?character|stay .{0,30}character|never reveal/i,
  ],
  ['guardrail:disrespect', /disrespect|rude|insult|abus|profan|offensive/i],
  [
    'guardrail:domain',
    /outside|beyond (?:the|your)|only (?:discuss|talk|speak)|domain|stay with|limit.{0,20}topic/i,
  ],
  ['flow:start', /\b(?:start|begin|open|greet|opening|first)/i],
  ['flow:respond', /\b(?:respond|answer|reply|react|response)/i],
  ['flow:escalate', /escalat|impatient|firmer|lose patience|annoyed/i],
  ['flow:de-escalate', /de-?escalat|calm|soften|ease|relax|open up/i],
  ['flow:end', /\b(?:end|close|conclude|finish|goodbye|leave the conversation|wrap up)/i],
];

/** Which parts of a full prompt are there. */
export function promptParts(card: Card, prompt: string): PromptPart[] {
  const lower = prompt.toLowerCase();
  const sentences = lower.split(/[.!?](?=\s|$)|\n+/);
  const { name, identity } = card;
  const facts: readonly (readonly [string, string])[] = [
    ['identity:name', name],
    ['identity:age', text(identity.age)],
    ['identity:role', identity.role ?? ''],
    ['identity:city', text(identity.location?.['city'])],
  ];
  return [
    ...facts
      .filter(([, fact]) => fact !== '')
      .map(([part, fact]) => ({ part, isPresent: holds(lower, fact, part === 'identity:role') })),
    ...Object.entries(card.details).map(([category, fields]) => ({
      part: `detail:${category}`,
      isPresent: holdsDetails(sentences, fields),
    })),
    ...patterns.map(([part, pattern]) => ({ part, isPresent: pattern.test(prompt) })),
  ];
}

/** The parts that are missing, as findings. */
export function checkPrompt(card: Card, prompt: string, place: string): Finding[] {
  const findings = promptParts(card, prompt)
    .filter(({ isPresent }) => !isPresent)
    .map(({ part }): Finding => {
      const message = `the prompt does not hold ${part.replace(':', ' ')}`;
      return { code: 'prompt-part-missing', severity: 'error', place, message };
    });
  if (/\[?system error|as an ai (?:language )?model|could not generate/i.test(prompt)) {
    const message = 'the prompt speaks of an error or of a model instead of a person';
    findings.push({ code: 'prompt-error-text', severity: 'error', place, message });
  }
  return findings;
}

function holds(lower: string, fact: string, byWords: boolean): boolean {
  if (!byWords) return lower.includes(fact.toLowerCase());
  const words = contentWords(fact);
  return words.length === 0 || words.some((word) => lower.includes(word));
}

/** At least half of the fields have left a trace: half of what they are made of, within two sentences that follow each other. */
function holdsDetails(sentences: readonly string[], fields: Readonly<Record<string, unknown>>): boolean {
  const values = Object.values(fields)
    .map(text)
    .filter((value) => value !== '');
  const traced = values.filter((value) => {
    const words = contentWords(value);
    if (words.length === 0) return sentences.some((sentence) => sentence.includes(value.toLowerCase()));
    return sentences.some((sentence, index) => {
      const near = `${sentence} ${sentences[index + 1] ?? ''}`;
      return words.filter((word) => near.includes(word)).length >= words.length / 2;
    });
  });
  return traced.length >= values.length / 2;
}

function contentWords(value: string): string[] {
  return [...new Set(value.toLowerCase().match(/\p{L}{4,}|\p{N}+/gu))];
}
