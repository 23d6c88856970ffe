import type { PiiKind } from '../lib/pii/pii-kinds.ts';
import { createRedactor, type Redactor } from '../lib/pii/redactor.ts';
import { fitInput } from './fit-row.ts';
import { replyFault } from './good-reply.ts';
import type { ModeSettings } from './lora-mode.ts';
import type { Candidate, CountTokens, FoundExchanges, LoraRow, LoraTarget } from './lora-row.ts';
import { findTemplateMark, isPlaceholder } from './placeholders.ts';
import { drawKey, validationConversations } from './split-conversations.ts';

export interface PreparedRow {
  readonly id: string;
  readonly conversation: string;
  readonly row: LoraRow;
}

export interface Preparation {
  readonly train: readonly PreparedRow[];
  readonly validation: readonly PreparedRow[];
  readonly counts: {
    /** Records of the source: rows and what was left out. */
    readonly candidates: number;
    /** Candidates that became no row, by reason. */
    readonly left_out: Readonly<Record<string, number>>;
    /** Rows of which only the end of the input was kept. */
    readonly inputs_cut: number;
    /** Places redacted in the rows that were kept, by kind. */
    readonly redacted: Readonly<Record<string, number>>;
    readonly tokens: {
      readonly longest_input: number;
      readonly longest_output: number;
      readonly total: number;
    };
  };
}

/** Fewer characters of a person's own reply say nothing of how he speaks. */
const leastOwnCharacters = 10;
/** Texts of this length that stand on both sides of the split are leakage; shorter ones ("thanks!") are everyday. */
export const leakageCharacters = 30;

/**
 * Turns exchanges into training rows: redacted, filtered by the kind of target, fitted into the sequence, each pair once, capped
 * in the order of a hash, split by conversation. The order in which the candidates come decides nothing but the numbers of
 * placeholders. Holds the candidates that pass.
 */
export function prepareRows(
  { candidates, total, unreadable }: FoundExchanges,
  params: {
    readonly target: LoraTarget;
    /** System prompt of the rows that have none of their own. */
    readonly system: string;
    readonly settings: ModeSettings;
    readonly count: CountTokens;
    readonly seed: number;
  },
): Preparation {
  const leftOut = new Map<string, number>();
  const drop = (reason: string, count = 1): void => {
    if (count > 0) leftOut.set(reason, (leftOut.get(reason) ?? 0) + count);
  };
  drop('unreadable', unreadable);
  drop('above-cap', total - candidates.length);
  const redactors = new Map<string, Redactor>();
  const systems = new Map<string, SystemPrompt>();
  const seen = new Set<string>();
  const passed: Passed[] = [];
  for (const candidate of candidates) {
    const redactor = entry(redactors, candidate.conversation, createRedactor);
    const prompt = candidate.system ?? params.system;
    const system = entry(systems, prompt, () => systemPrompt(prompt, params.count));
    const made = makeRow(candidate, redactor, { ...params, system });
    if ('reason' in made) drop(made.reason);
    else if (seen.has(made.key)) drop('duplicate');
    else {
      seen.add(made.key);
      passed.push(made);
    }
  }
  passed.sort((a, b) => (a.key < b.key ? -1 : 1));
  drop('above-cap', passed.length - params.settings.rows);
  const { train, validation } = split(passed.slice(0, params.settings.rows), params.seed, drop);
  return {
    train,
    validation,
    counts: {
      candidates: total + unreadable,
      left_out: sorted(leftOut),
      ...measure([...train, ...validation], params.count),
    },
  };
}

interface SystemPrompt {
  /** Redacted: phrases of a person stand in it. */
  readonly text: string;
  readonly tokens: number;
}

function systemPrompt(text: string, count: CountTokens): SystemPrompt {
  const redacted = createRedactor().redact(text).text;
  return { text: redacted, tokens: count(redacted) };
}

interface Passed extends PreparedRow {
  /** Hash of the pair: what is a duplicate, and the place in the draw. */
  readonly key: string;
  readonly isCut: boolean;
  readonly redacted: readonly PiiKind[];
}

function makeRow(
  { id, conversation, user, assistant, signals, provenance }: Candidate,
  redactor: Redactor,
  params: {
    readonly target: LoraTarget;
    readonly system: SystemPrompt;
    readonly settings: ModeSettings;
    readonly count: CountTokens;
    readonly seed: number;
  },
): Passed | { readonly reason: string } {
  if (user.trim() === '') return { reason: 'no-context' };
  if (assistant.trim() === '') return { reason: 'no-reply' };
  if (isPlaceholder(assistant)) return { reason: 'placeholder' };
  if (findTemplateMark(user) ?? findTemplateMark(assistant)) return { reason: 'template-token' };
  const fault = params.target === 'self' ? ownFault(assistant) : replyFault(assistant, signals);
  if (fault) return { reason: fault };
  const asked = redactor.redact(user.trim());
  const said = redactor.redact(assistant.trim());
  if (isPlaceholder(said.text)) return { reason: 'nothing-but-redacted' };
  const fitted = fitInput(
    { user: asked.text, assistant: said.text, systemTokens: params.system.tokens },
    params.settings,
    params.count,
  );
  if ('reason' in fitted) return fitted;
  return {
    id,
    conversation,
    key: drawKey(`${params.seed}\n${normalise(fitted.user)}\n${normalise(said.text)}`),
    isCut: fitted.isCut,
    redacted: [...asked.matches, ...said.matches].map(({ kind }) => kind),
    row: {
      messages: [
        { role: 'system', content: params.system.text },
        { role: 'user', content: fitted.user },
        { role: 'assistant', content: said.text },
      ],
      ...(provenance ? { _synthetic: true as const, provenance } : {}),
    },
  };
}

function ownFault(text: string): string | null {
  return text.trim().length < leastOwnCharacters ? 'short' : null;
}

function split(
  rows: readonly Passed[],
  seed: number,
  drop: (reason: string) => void,
): { readonly train: readonly Passed[]; readonly validation: readonly Passed[] } {
  const perConversation = new Map<string, number>();
  for (const { conversation } of rows)
    perConversation.set(conversation, (perConversation.get(conversation) ?? 0) + 1);
  const held = validationConversations(perConversation, seed);
  const train = rows.filter(({ conversation }) => !held.has(conversation));
  const known = new Set(train.flatMap(({ row }) => leakingTexts(row)));
  const validation = rows.filter(({ conversation, row }) => {
    if (!held.has(conversation)) return false;
    const leaks = leakingTexts(row).some((text) => known.has(text));
    if (leaks) drop('also-in-training');
    return !leaks;
  });
  return { train, validation };
}

/** User and assistant text of a row, as leakage compares them. */
function leakingTexts({ messages }: LoraRow): string[] {
  const [, user, assistant] = messages;
  return [user, assistant]
    .map(({ role, content }) => `${role} ${normalise(content)}`)
    .filter((text) => text.length >= leakageCharacters);
}

export function normalise(text: string): string {
  return text.toLowerCase().replaceAll(/\s+/g, ' ').trim();
}

function measure(
  rows: readonly Passed[],
  count: CountTokens,
): Pick<Preparation['counts'], 'inputs_cut' | 'redacted' | 'tokens'> {
  const redacted = new Map<string, number>();
  let [longestInput, longestOutput, total] = [0, 0, 0];
  for (const { row, redacted: kinds } of rows) {
    for (const kind of kinds) redacted.set(kind, (redacted.get(kind) ?? 0) + 1);
    const [system = 0, input = 0, output = 0] = row.messages.map(({ content }) => count(content));
    longestInput = Math.max(longestInput, input);
    longestOutput = Math.max(longestOutput, output);
    total += system + input + output;
  }
  return {
    inputs_cut: rows.filter(({ isCut }) => isCut).length,
    redacted: sorted(redacted),
    tokens: { longest_input: longestInput, longest_output: longestOutput, total },
  };
}

function sorted(counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function entry<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
