import { z } from 'zod';

import type { Card } from '../../core/card.ts';
import { type Turn, type TurnRange, turnRoles } from '../../core/conversation.ts';
import type { Finding } from '../../core/finding.ts';
import type { Ask } from '../../llm/ask.ts';
import type { Scenario, ScenarioSet } from './scenario-set.ts';
import { turnRangeOf } from './scenario-set.ts';

/** One persona in one scenario. */
export interface ConversationCell {
  readonly card: Card;
  readonly scenario: Scenario;
  /** Place of the scenario in its list, from 0. */
  readonly scenarioIndex: number;
}

/** `persona_001/03`. */
export function cellName({ card, scenarioIndex }: ConversationCell): string {
  return `${card.id}/${String(scenarioIndex + 1).padStart(2, '0')}`;
}

/**
 * Asks for the turns of one cell and for nothing else: identifier, system prompt and pauses are ours. The temperature, length and
 * opening message are the guide's.
 * @param params.check every rule on the turns; what it calls an error is told to the model in the next attempt
 */
export function conversationAsk(params: {
  readonly cell: ConversationCell;
  readonly set: ScenarioSet;
  readonly check: (turns: readonly Turn[]) => readonly Finding[];
  /** Turns of the template provider. */
  readonly template: (random: () => number) => readonly Turn[];
}): Ask<readonly Turn[]> {
  const { cell, set, check } = params;
  const place = cellName(cell);
  return {
    cell: place,
    messages: [
      {
        role: 'system',
        content:
          'You are an expert at generating realistic conversational dialogue for training speech AI models.',
      },
      { role: 'user', content: requestText(cell, set) },
    ],
    temperature: 0.8,
    maxTokens: 4000,
    schema: { name: 'conversation', schema: answerSchema },
    accept: (answer) => acceptTurns(answer, { place, check }),
    template: (random) => ({ turns: params.template(random) }),
  };
}

const answerSchema = {
  type: 'object',
  properties: {
    turns: {
      type: 'array',
      items: {
        type: 'object',
        properties: { role: { type: 'string', enum: turnRoles }, text: { type: 'string' } },
        required: ['role', 'text'],
        additionalProperties: false,
      },
    },
  },
  required: ['turns'],
  additionalProperties: false,
};

function requestText({ card, scenario }: ConversationCell, set: ScenarioSet): string {
  const [least, most]: TurnRange = turnRangeOf(set, card.identity.type);
  const persona = {
    id: card.id,
    name: card.name,
    type: card.identity.type,
    traits: card.summary,
    speech_patterns: card.voice.speech_patterns,
    phrases: card.voice.phrases,
  };
  return `Generate a realistic ${set.domain} conversation between a ${set.agent} and ${set.user}.

${set.agent.toUpperCase()} PERSONA:
${JSON.stringify(persona, null, 2)}

SCENARIO:
${scenario.name}
${scenario.situation}

REQUIREMENTS:
1. ${capital(set.agent)} (agent role) speaks first
2. ${least}-${most} total turns, alternating agent/user
3. ${capital(set.agent)} maintains personality traits throughout
4. ${capital(set.agent)} uses their characteristic speech patterns
5. Conversation stays focused on ${set.domain} context (ordering, menu questions, etc.)
6. Realistic dialogue for the given scenario

Generate in JSON format:
{"turns": [{"role": "agent", "text": "..."}, {"role": "user", "text": "..."}]}`;
}

function capital(word: string): string {
  return `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`;
}

/** Roles go by other names now and then; what they mean is plain. */
const roleNames: Readonly<Record<string, Turn['role']>> = { customer: 'agent', barista: 'user' };

const answerShape = z.object({
  turns: z.array(z.object({ role: z.string(), text: z.string() })),
});

function acceptTurns(
  answer: unknown,
  {
    place,
    check,
  }: { readonly place: string; readonly check: (turns: readonly Turn[]) => readonly Finding[] },
): ReturnType<Ask<readonly Turn[]>['accept']> {
  const parsed = answerShape.safeParse(Array.isArray(answer) ? { turns: answer } : answer);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue?.path.join('.') || 'the answer';
    return {
      findings: [problem('answer-shape', place, `${where}: ${issue?.message ?? 'is no conversation'}.`)],
    };
  }
  const turns: Turn[] = [];
  for (const [index, { role, text }] of parsed.data.turns.entries()) {
    const known = turnRoles.find((name) => name === role) ?? roleNames[role.trim().toLowerCase()];
    if (!known)
      return {
        findings: [
          problem(
            'role-unknown',
            `${place} turn ${index}`,
            `The role is "${role}"; it must be agent or user.`,
          ),
        ],
      };
    turns.push({ role: known, text: text.trim() });
  }
  if (turns.length === 0) return { findings: [problem('missing-turns', place, 'Its turns are empty.')] };
  const findings = check(turns);
  return findings.some(({ severity }) => severity === 'error') ? { findings } : { value: turns, findings };
}

function problem(code: string, place: string, message: string): Finding {
  return { code, severity: 'error', place, message };
}
