import { ConfigError } from '../core/errors.ts';
import type { ModeSettings } from './lora-mode.ts';
import type { CountTokens } from './lora-row.ts';

export const promptLevels = ['minimal', 'standard', 'full'] as const;
export type PromptLevel = (typeof promptLevels)[number];

export interface ChosenPrompt {
  readonly text: string;
  readonly level: PromptLevel;
  readonly tokens: number;
}

/** Share of the sequence that a system prompt may take: what is asked and the reply need the rest. */
const mostShare = 0.5;

/**
 * The system prompt of a persona at a level; without one the richest of standard and minimal that leaves half of the sequence
 * to the exchange.
 * @throws ConfigError `system-missing`, `system-too-long`
 */
export function chooseSystemPrompt(
  persona: string,
  prompts: Readonly<Record<PromptLevel, string | null>>,
  params: {
    readonly level: PromptLevel | null;
    readonly settings: Pick<ModeSettings, 'sequenceTokens'>;
    readonly count: CountTokens;
  },
): ChosenPrompt {
  const levels = params.level === null ? (['standard', 'minimal', 'full'] as const) : [params.level];
  const written = levels.flatMap((level) => {
    const text = prompts[level]?.trim() ?? '';
    return text === '' ? [] : [{ level, text, tokens: params.count(text) }];
  });
  const room = Math.floor(params.settings.sequenceTokens * mostShare);
  const fitting = written.find(({ tokens }) => tokens <= room);
  if (fitting) return fitting;
  const longest = written[0];
  if (!longest) {
    throw new ConfigError(`${persona}: no ${params.level ?? ''} system prompt`.replace('  ', ' '), {
      code: 'system-missing',
      hint: 'give a card with prompts (--card FILE), or another --level',
    });
  }
  throw new ConfigError(
    `${persona}: its ${longest.level} system prompt takes ${longest.tokens} of ${params.settings.sequenceTokens} tokens; ${room} are left to it`,
    {
      code: 'system-too-long',
      hint: 'shorten it, take --level minimal, or a mode with a longer sequence (--mode 32GB)',
    },
  );
}
