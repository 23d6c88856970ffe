import { z } from 'zod';

import type { ConversationRules } from '../../core/card.ts';
import type { Finding } from '../../core/finding.ts';
import type { Ask } from '../../llm/ask.ts';
import { pick } from './base-persona.ts';
import type { Details } from './detail-ask.ts';
import { fill, type GrammarContext } from './grammar.ts';

export interface ConversationStyle {
  readonly rules: ConversationRules;
  readonly wordLimit: number;
}

/** Taken when no model gave rules (004.8). */
export const fallbackStyle: ConversationStyle = {
  rules: {
    opening_behavior: 'Wait for learner',
    response_style: 'Natural',
    behavioral_triggers: {
      what_engages: [],
      what_frustrates: [],
      what_escalates: [],
      what_ends_conversation: [],
    },
  },
  wordLimit: 50,
};

const text = z.string().trim().min(3);
const texts = z.array(text).min(1);
const styleSchema = z.object({
  opening_behavior: text,
  response_style: text,
  word_limit: z.coerce.number().int().min(5).max(400),
  behavioral_triggers: z.object({
    what_engages: texts,
    what_frustrates: texts,
    what_escalates: texts,
    what_ends_conversation: texts,
  }),
});
const triggerNames = ['what_engages', 'what_frustrates', 'what_escalates', 'what_ends_conversation'] as const;

/** How does this persona talk, and what does it react to? */
export function rulesAsk(params: {
  readonly cell: string;
  readonly context: GrammarContext;
  readonly details: Readonly<Record<string, Details>>;
}): Ask<ConversationStyle> {
  const { cell, context } = params;
  return {
    cell,
    messages: [
      { role: 'system', content: 'You generate conversation rules for AI personas.' },
      { role: 'user', content: question(params) },
    ],
    temperature: 0.3,
    maxTokens: 600,
    schema: { name: 'conversation_rules', schema: answerSchema },
    accept(answer) {
      const parsed = styleSchema.safeParse(answer);
      if (parsed.success) {
        const { word_limit: wordLimit, ...rules } = parsed.data;
        return { value: { rules, wordLimit } };
      }
      return {
        findings: parsed.error.issues.map((issue): Finding => {
          const message = `${issue.path.join('.') || 'the answer'}: ${issue.message}`;
          return { code: 'rules-invalid', severity: 'error', place: cell, message };
        }),
      };
    },
    template: (random) => templateRules(context, random),
  };
}

const stringList = { type: 'array', items: { type: 'string' } };
const answerSchema = {
  type: 'object',
  properties: {
    opening_behavior: { type: 'string' },
    response_style: { type: 'string' },
    word_limit: { type: 'integer' },
    behavioral_triggers: {
      type: 'object',
      properties: Object.fromEntries(triggerNames.map((name) => [name, stringList])),
      required: triggerNames,
      additionalProperties: false,
    },
  },
  required: ['opening_behavior', 'response_style', 'word_limit', 'behavioral_triggers'],
  additionalProperties: false,
};

function templateRules(context: GrammarContext, random: () => number): unknown {
  const { rules } = context.library.grammar;
  const say = (ways: readonly string[]): string => String(fill(pick(ways, random) ?? '', context, random));
  const two = (ways: readonly string[]): string[] => {
    const start = Math.floor(random() * ways.length);
    return [0, 1].map((step) => String(fill(ways[(start + step) % ways.length] ?? '', context, random)));
  };
  return {
    opening_behavior: say(rules.opening_behavior),
    response_style: say(rules.response_style),
    word_limit: 30 + 10 * Math.floor(random() * 7),
    behavioral_triggers: Object.fromEntries(triggerNames.map((name) => [name, two(rules[name])])),
  };
}

function question(params: {
  readonly context: GrammarContext;
  readonly details: Readonly<Record<string, Details>>;
}): string {
  const { base, scenario } = params.context;
  const details = Object.entries(params.details).map(
    ([name, fields]) => `${name}: ${JSON.stringify(fields, null, 2)}`,
  );
  return `Generate conversation rules and behavioural parameters for this persona.

Persona: ${base.name}, ${base.role}
Archetype: ${scenario.archetype_classification.primary_archetype ?? 'unknown'}

Details:
${details.join('\n')}

Generate:
1. opening_behavior: how the persona starts the conversation
2. response_style: how it communicates (brief or detailed, formal or casual)
3. word_limit: typical length of a reply in words
4. behavioral_triggers: what engages, frustrates, escalates, and what ends the conversation; one or more of each

Answer with JSON only: {"opening_behavior": "…", "response_style": "…", "word_limit": 50, "behavioral_triggers": {"what_engages": ["…"], "what_frustrates": ["…"], "what_escalates": ["…"], "what_ends_conversation": ["…"]}}`;
}
