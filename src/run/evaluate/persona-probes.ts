import type { Config } from '../../config/schema.ts';
import type { Card } from '../../core/card.ts';
import { ConfigError } from '../../core/errors.ts';
import type { Taxonomy } from '../../core/taxonomy.ts';
import { suggestName } from '../../lib/nearest.ts';
import type { ChatMessage } from '../../llm/ask.ts';
import { cardPrompts } from '../../lora/card-prompts.ts';
import type { ControlToken } from '../../shard/control-token.ts';

export const controlChoices = ['prefix', 'system', 'none'] as const;
export type ControlChoice = (typeof controlChoices)[number];

/** Who is evaluated: a behaviour class that the configuration tests, or a card. */
export interface ProbedPersona {
  readonly id: string;
  /** The behaviour class that the tagger should see. */
  readonly persona: string;
  /** Descriptions of the style that is wanted. */
  readonly styles: readonly string[];
  /** System prompt of a card. */
  readonly system: string | null;
}

/** A prompt, and the persona it was written for; null: for all. */
export interface ProbePrompt {
  readonly text: string;
  readonly owner: string | null;
}

export interface ProbeSet {
  readonly personas: readonly ProbedPersona[];
  readonly prompts: readonly ProbePrompt[];
}

/** Whom the configuration tests (`eval.persona_tests`), or, where cards are given, the cards. */
export function describedPersonas({
  config,
  cards,
}: {
  readonly config: Config;
  readonly cards: readonly Card[];
}): ProbedPersona[] {
  const tested = [...new Set(config.eval.persona_tests.map(({ persona }) => persona))].map(
    (id): ProbedPersona => ({
      id,
      persona: id,
      styles: config.eval.persona_tests.flatMap((test) =>
        test.persona === id ? (test.expected_style ?? []) : [],
      ),
      system: null,
    }),
  );
  const carded = cards.map((card): ProbedPersona => ({
    id: card.id,
    persona: card.taxonomy.persona,
    styles: [...card.voice.traits, ...(card.voice.tone === null ? [] : [card.voice.tone])],
    system: systemOf(card),
  }));
  return cards.length > 0 ? carded : tested;
}

/**
 * The personas to ask, and the prompts of the configuration and of cards (`extra.eval_prompts`, a list of texts).
 * @throws ConfigError `no-personas`, `no-prompts`, `persona-unknown`
 */
export function gatherProbes(params: {
  readonly config: Config;
  readonly cards: readonly Card[];
  /** Only these; empty: all. */
  readonly only: readonly string[];
}): ProbeSet {
  const { config, cards, only } = params;
  const all = describedPersonas(params);
  const unknown = only.find((id) => !all.some((each) => each.id === id));
  if (unknown !== undefined) {
    const known = all.map(({ id }) => id);
    throw new ConfigError(`unknown persona "${unknown}"; ${suggestName(unknown, known)}`, {
      code: 'persona-unknown',
      hint: `the configuration and the cards have ${known.join(', ')}`,
    });
  }
  const personas = only.length > 0 ? all.filter(({ id }) => only.includes(id)) : all;
  if (personas.length === 0) {
    throw new ConfigError('no persona to evaluate', {
      code: 'no-personas',
      hint: 'eval.persona_tests of the configuration names some, or give --cards',
    });
  }
  return { personas, prompts: gatherPrompts(config, cards, personas) };
}

function gatherPrompts(
  config: Config,
  cards: readonly Card[],
  personas: readonly ProbedPersona[],
): ProbePrompt[] {
  const ids = new Set(personas.map(({ id }) => id));
  const ofConfig = config.eval.persona_tests.map(({ persona, prompt }) => ({
    text: prompt,
    owner: ids.has(persona) ? persona : null,
  }));
  const ofCards = cards.flatMap(({ id, extra }) =>
    textsOf(extra['eval_prompts']).map((text) => ({ text, owner: id })),
  );
  const byText = new Map([...ofConfig, ...ofCards].map((prompt) => [prompt.text, prompt]));
  if (byText.size > 0) return [...byText.values()];
  throw new ConfigError('no prompt to ask', {
    code: 'no-prompts',
    hint: 'eval.persona_tests of the configuration, or extra.eval_prompts of a card, holds prompts',
  });
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((text): text is string => typeof text === 'string') : [];
}

function systemOf(card: Card): string | null {
  const { standard, minimal, full } = cardPrompts(card);
  return standard ?? minimal ?? full;
}

/** One thing asked of one persona. */
export interface Probe {
  readonly persona: ProbedPersona;
  readonly prompt: string;
  readonly promptIndex: number;
  readonly messages: readonly ChatMessage[];
}

/** Every persona on every prompt (crossed, so that topics can be told from manner), or each on its own prompts alone. */
export function buildProbes(
  { personas, prompts }: ProbeSet,
  params: { readonly crossed: boolean; readonly control: ControlChoice; readonly token: ControlToken },
): Probe[] {
  return personas.flatMap((persona) =>
    prompts.flatMap(({ text, owner }, promptIndex) => {
      if (!params.crossed && owner !== null && owner !== persona.id) return [];
      return [{ persona, prompt: text, promptIndex, messages: controlled(persona, text, params) }];
    }),
  );
}

function controlled(
  { persona, system }: ProbedPersona,
  prompt: string,
  { control, token }: { readonly control: ControlChoice; readonly token: ControlToken },
): ChatMessage[] {
  const bare: ChatMessage[] = [
    ...(system === null ? [] : [{ role: 'system' as const, content: system }]),
    { role: 'user', content: prompt },
  ];
  const messages = token.apply(bare, { persona, mode: control, dropped: false });
  return messages.flatMap(({ role, content }) => (role === 'tool' ? [] : [{ role, content }]));
}

/** Personas of recorded answers that neither the configuration nor a card describes: their class is the name itself. */
export function describePersona(
  id: string,
  known: readonly ProbedPersona[],
  taxonomy: Taxonomy,
): ProbedPersona {
  const found = known.find((each) => each.id === id);
  if (found) return found;
  const named = taxonomy.personas.find((persona) => persona.id === id || persona.aliases.includes(id));
  if (named) return { id, persona: named.id, styles: [], system: null };
  const names = [...known.map((each) => each.id), ...taxonomy.personas.map((persona) => persona.id)];
  throw new ConfigError(`unknown persona "${id}" in the answers; ${suggestName(id, names)}`, {
    code: 'persona-unknown',
    hint: 'a persona that is no behaviour class needs its card: --cards PATH',
  });
}
