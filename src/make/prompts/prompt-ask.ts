import type { Card } from '../../core/card.ts';
import type { Ask } from '../../llm/ask.ts';
import { checkPrompt } from './check-prompt.ts';
import { renderPrompt, text } from './render-prompt.ts';

/** A full system prompt in natural language, with every part that 004.9 names. Without a model it is the rendered one. */
export function promptAsk(params: {
  readonly cell: string;
  readonly card: Card;
  /** How the card's archetype behaves. */
  readonly behaviour: readonly string[];
}): Ask<string> {
  const { cell, card, behaviour } = params;
  return {
    cell,
    messages: [
      { role: 'system', content: 'You are an expert at creating AI system prompts for training scenarios.' },
      { role: 'user', content: instructions(card, behaviour) },
    ],
    temperature: 0.4,
    maxTokens: 3000,
    schema: null,
    accept(answer) {
      const prompt = withoutFence(typeof answer === 'string' ? answer : '');
      const findings = checkPrompt(card, prompt, cell);
      return findings.length > 0 ? { findings } : { value: prompt };
    },
    template: () => renderPrompt(card, 'full', behaviour),
  };
}

function withoutFence(answer: string): string {
  return (/^\s*```[a-z]*\n([\s\S]*?)\n```\s*$/i.exec(answer)?.[1] ?? answer).trim();
}

function instructions(card: Card, behaviour: readonly string[]): string {
  const { identity, archetype, details, rules, voice, context } = card;
  return `You are creating a system prompt for an AI training scenario.

Mode: ${text(context['mode'] ?? 'assess_mode')}
Scenario type: ${text(context['scenario_type'] ?? context['domain'] ?? 'general')}
Scenario: ${JSON.stringify(context['scenario'] ?? {}, null, 2)}

Identity:
- Name: ${card.name}
- Age: ${identity.age ?? 'not known'}
- Gender: ${identity.gender ?? 'not known'}
- Role: ${identity.role ?? 'not known'}
- Description: ${card.summary}
- Location: ${JSON.stringify(identity.location ?? {}, null, 2)}

Archetype: ${archetype.type ?? 'unknown'}
${JSON.stringify(archetype.data, null, 2)}

Details:
${JSON.stringify(details, null, 2)}

Voice: ${JSON.stringify(voice)}
Conversation rules: ${JSON.stringify(rules.conversation)}

Behaviour of the archetype:
${behaviour.map((line) => `- ${line}`).join('\n')}

Write a complete system prompt in natural language, addressed to the character as "you", that:
1. introduces the character with full context: name, age, role, city, where they are, what is happening
2. weaves in all details above, with their numbers
3. sets the behaviour of the archetype
4. has these guardrails: do not answer off-topic questions; never leave the character; do not tolerate disrespect; do not discuss topics outside the domain
5. says how the conversation goes: how to start, how to respond, when to escalate and when to de-escalate, how to end

Write only the prompt.`;
}
