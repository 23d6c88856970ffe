import { z } from 'zod';

import type { Finding } from '../../core/finding.ts';
import { findPlaceholder, findRefusal } from '../../lib/model-marks.ts';
import { quotedPhrases, readSpeechPatterns, saysOne, type Speech } from '../../lib/speech-patterns.ts';
import { plainWords } from '../../lib/words.ts';
import type { Acceptance, Ask } from '../../llm/ask.ts';
import { type Annotation, personaTypes } from './annotation.ts';
import type { Transcript } from './transcript.ts';

export interface AnnotateCell {
  readonly transcript: Transcript;
  /** Whom the prompt describes. */
  readonly speaker: string;
  readonly speech: Speech;
  readonly domain: string;
  readonly agent: string;
  readonly user: string;
}

/** Asks who speaks in a transcript: type, details, manner of speech, situation. The temperature is the guide's. */
export function annotateAsk(cell: AnnotateCell, template: () => Annotation): Ask<Annotation> {
  const { transcript, speaker, domain, agent, user } = cell;
  const spoken = transcript.turns.map((turn) => `${turn.speaker}: ${turn.text}`).join('\n');
  return {
    cell: transcript.id,
    messages: [
      {
        role: 'user',
        content: `Given this conversation between a ${agent} and ${user}, describe the speaker "${speaker}" for a detailed system prompt: personality, background, and speech patterns.

Conversation:
${spoken}

The prompt will read:
<system> You are [NAME]. [PERSONALITY TRAITS]. [BACKGROUND]. [SPEECH PATTERNS]. Stay focused on ${domain} topics only. </system>

Capture:
- type: the personality type (${personaTypes.join(', ')})
- name: what the speaker is called in the conversation, "" if nobody says it
- traits, background: specific character details, a sentence each
- speech_patterns: how they speak (pace, filler words, interruptions, etc.); quote only words that stand in the conversation, in single quotes
- situation: the current situation or context, a sentence to the speaker ("You're in a hurry.")

Answer in JSON: {"type": "...", "name": "...", "traits": "...", "background": "...", "speech_patterns": ["..."], "situation": "..."}`,
      },
    ],
    temperature: 0.7,
    maxTokens: 800,
    schema: { name: 'annotation', schema: answerSchema },
    accept: (answer) => acceptAnnotation(answer, cell),
    template: () => template(),
  };
}

const text = { type: 'string' };
const answerSchema = {
  type: 'object',
  properties: {
    type: { type: 'string', enum: personaTypes },
    name: text,
    traits: text,
    background: text,
    speech_patterns: { type: 'array', items: text },
    situation: text,
  },
  required: ['type', 'name', 'traits', 'background', 'speech_patterns', 'situation'],
  additionalProperties: false,
};

const answerShape = z.object({
  type: z.string(),
  name: z.string().nullable().default(''),
  traits: z.string(),
  background: z.string(),
  speech_patterns: z.array(z.string()),
  situation: z.string(),
});

function acceptAnnotation(answer: unknown, cell: AnnotateCell): Acceptance<Annotation> {
  const place = cell.transcript.id;
  const parsed = answerShape.safeParse(answer);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue?.path.join('.') || 'the answer';
    return { findings: [error('answer-shape', place, `${where}: ${issue?.message ?? 'is no annotation'}.`)] };
  }
  const { data } = parsed;
  const type = data.type.trim().toLowerCase();
  const name = (data.name ?? '').trim();
  const isSaid = name === '' || isHeard(name, cell);
  const annotation: Annotation = {
    ...data,
    type,
    name: isSaid ? name : '',
    speech_patterns: data.speech_patterns
      .map((pattern) => pattern.trim())
      .filter((pattern) => pattern !== ''),
  };
  const findings = [...checkParts(annotation, place), ...checkTruth(annotation, cell)];
  if (!isSaid)
    findings.push({
      code: 'name-invented',
      severity: 'warning',
      place,
      message: `Nobody says the name "${name}"; it was left out.`,
    });
  return findings.some(({ severity }) => severity === 'error')
    ? { findings }
    : { value: annotation, findings };
}

function isHeard(name: string, { transcript, speaker }: AnnotateCell): boolean {
  const wanted = plainWords(name);
  return [speaker, ...transcript.turns.map((turn) => turn.text)].some((said) =>
    plainWords(said).includes(wanted),
  );
}

/** Type, details, manner of speech and situation must all be there. */
function checkParts(annotation: Annotation, place: string): Finding[] {
  const found: Finding[] = [];
  if (!personaTypes.some((type) => type === annotation.type))
    found.push(
      error(
        'type-unknown',
        place,
        `The type is "${annotation.type}"; it must be one of ${personaTypes.join(', ')}.`,
      ),
    );
  for (const part of ['traits', 'background', 'situation'] as const)
    if (annotation[part].trim() === '') found.push(error(`${part}-missing`, place, `Its ${part} is blank.`));
  if (annotation.speech_patterns.length === 0)
    found.push(error('speech-missing', place, 'It says nothing of how the speaker speaks.'));
  const all = [
    annotation.traits,
    annotation.background,
    annotation.situation,
    ...annotation.speech_patterns,
  ].join(' ');
  const refusal = findRefusal(all);
  if (refusal !== undefined)
    found.push(error('refusal-text', place, `"${refusal}" is a model speaking of itself.`));
  const placeholder = findPlaceholder(all);
  if (placeholder !== undefined)
    found.push(error('placeholder-text', place, `"${placeholder.trim()}" was never filled in.`));
  return found;
}

/** What is quoted must have been said; a habit that can be counted should be heard. */
function checkTruth(
  { speech_patterns: patterns }: Annotation,
  { transcript, speech }: AnnotateCell,
): Finding[] {
  const place = transcript.id;
  const unsaid = patterns.flatMap(quotedPhrases).filter((phrase) => !saysOne([phrase], speech.texts));
  const found = unsaid.map((phrase) =>
    error('phrase-not-said', place, `The speaker never says '${phrase}'.`),
  );
  const habits = readSpeechPatterns({ speech_patterns: patterns, phrases: [], gap_ms: null });
  const unheard = habits.filter(
    ({ name, hit }) => quotedPhrases(name).length === 0 && hit !== null && !hit(speech),
  );
  return [
    ...found,
    ...unheard.map(({ name }): Finding => ({
      code: 'pattern-not-shown',
      severity: 'warning',
      place,
      message: `"${name}" cannot be seen in the transcript.`,
    })),
  ];
}

function error(code: string, place: string, message: string): Finding {
  return { code, severity: 'error', place, message };
}
