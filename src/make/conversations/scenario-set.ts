import { z } from 'zod';

import type { TopicWords, TurnRange } from '../../core/conversation.ts';
import { ConfigError } from '../../core/errors.ts';

export interface Scenario {
  readonly id: string;
  /** As the list prints it; what `scenario` says in a conversation. */
  readonly name: string;
  readonly situation: string;
  /** Words that show it: one of them should be said. */
  readonly marks: readonly string[];
}

export interface ScenarioSet {
  /** `coffee shop`. */
  readonly domain: string;
  /** Who the persona is, and whom it talks to: `customer`, `barista`. */
  readonly agent: string;
  readonly user: string;
  readonly turns: TurnRange;
  readonly type_turns: Readonly<Record<string, TurnRange>>;
  readonly scenarios: readonly Scenario[];
  readonly topic: TopicWords;
  /** File name beside it of what the template provider speaks; null: only a model can make these conversations. */
  readonly grammar: string | null;
}

const range = z.tuple([z.int().min(1), z.int().min(1)]).refine(([least, most]) => least <= most, {
  message: 'the first number must not be above the second',
});

const schema = z.strictObject({
  schema: z.literal('scenarios/1'),
  domain: z.string().min(1),
  agent: z.string().min(1).default('customer'),
  user: z.string().min(1).default('assistant'),
  turns: range.default([15, 25]),
  type_turns: z.record(z.string(), range).default({}),
  scenarios: z
    .array(
      z.strictObject({
        id: z.string().regex(/^[a-z0-9-]+$/u),
        name: z.string().min(1),
        situation: z.string().default(''),
        marks: z.array(z.string()).default([]),
      }),
    )
    .min(1),
  topic: z.strictObject({
    words: z.array(z.string()).min(1),
    small_talk: z.array(z.string()).default([]),
    foreign: z.array(z.string()).default([]),
  }),
  grammar: z.string().nullable().default(null),
});

/** @throws ConfigError `scenarios-invalid`, `scenario-twice` */
export function parseScenarioSet(value: unknown, path: string): ScenarioSet {
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new ConfigError(`${path}: ${issue?.path.join('.') || 'it'}: ${issue?.message ?? 'invalid'}`, {
      code: 'scenarios-invalid',
      hint: 'configs/scenarios/coffee-shop.yaml shows the form',
    });
  }
  const { schema: _schema, ...set } = parsed.data;
  for (const key of ['id', 'name'] as const) {
    const seen = new Set<string>();
    for (const scenario of set.scenarios) {
      if (seen.has(scenario[key]))
        throw new ConfigError(`${path}: two scenarios have the ${key} "${scenario[key]}"`, {
          code: 'scenario-twice',
        });
      seen.add(scenario[key]);
    }
  }
  return { ...set, type_turns: clipRanges(set.type_turns, set.turns) };
}

/** The range of a type lies inside that of all conversations. */
function clipRanges(
  ranges: Readonly<Record<string, TurnRange>>,
  [least, most]: TurnRange,
): Record<string, TurnRange> {
  const clip = (count: number): number => Math.min(most, Math.max(least, count));
  return Object.fromEntries(
    Object.entries(ranges).map(([type, [low, high]]): [string, TurnRange] => [type, [clip(low), clip(high)]]),
  );
}

/** Turns that a persona of this type takes. */
export function turnRangeOf(set: Pick<ScenarioSet, 'turns' | 'type_turns'>, type: string | null): TurnRange {
  return set.type_turns[type ?? ''] ?? set.turns;
}
