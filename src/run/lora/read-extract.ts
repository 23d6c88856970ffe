import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

import { ConfigError } from '../../core/errors.ts';
import { suggestName } from '../../lib/nearest.ts';
import type { Candidate, LoraTarget, ReplySignals } from '../../lora/lora-row.ts';
import { readJsonLines, textOf } from './read-json-lines.ts';

const promptsSchema = z.object({
  personas: z.array(
    z.object({ id: z.string(), name: z.string().default(''), system_prompt: z.string().default('') }),
  ),
});
type DiscoveredPersona = z.output<typeof promptsSchema>['personas'][number];

/** A discovered persona of an extract folder, as training data needs it. */
export interface ExtractedPersona {
  readonly id: string;
  /** '': none was written. */
  readonly systemPrompt: string;
  /** Its messages. */
  readonly clusterFile: string;
  /** Files whose bytes decide the candidates. */
  readonly inputs: readonly string[];
}

/** Ids of the discovered personas of an extract folder, in code-unit order. @throws ConfigError `extract-missing` */
export async function listExtracted(folder: string): Promise<string[]> {
  const names = await readdir(join(folder, 'clusters')).catch(() => []);
  const ids = names.flatMap((name) => /^persona_(.+)\.jsonl$/.exec(name)?.[1] ?? []).toSorted();
  if (ids.length > 0) return ids;
  throw new ConfigError(`${folder}: no clusters/persona_<name>.jsonl in it`, {
    code: 'extract-missing',
    hint: 'give the folder that `tag-datasets extract` wrote',
  });
}

/** @throws ConfigError `extract-missing`, `persona-unknown` */
export async function findExtracted(folder: string, persona: string): Promise<ExtractedPersona> {
  const ids = await listExtracted(folder);
  const discovered = await readPrompts(join(folder, 'prompts', 'generated_prompts.json'));
  const known = discovered.find(({ id, name }) => id === persona || name === persona);
  const id = [persona, known?.id, slug(persona)].find((each) => each !== undefined && ids.includes(each));
  if (id === undefined) {
    throw new ConfigError(`${folder}: no persona "${persona}" in it; ${suggestName(persona, ids)}`, {
      code: 'persona-unknown',
      hint: `it has ${ids.join(', ')}`,
    });
  }
  const clusterFile = join(folder, 'clusters', `persona_${id}.jsonl`);
  return {
    id,
    systemPrompt: (known ?? discovered.find((each) => each.id === id))?.system_prompt ?? '',
    clusterFile,
    inputs: [clusterFile, repliesPath(folder)].filter((path) => existsSync(path)),
  };
}

function slug(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_|_$/g, '');
}

async function readPrompts(path: string): Promise<DiscoveredPersona[]> {
  if (!existsSync(path)) return [];
  try {
    return promptsSchema.parse(JSON.parse(await readFile(path, 'utf8'))).personas;
  } catch (cause) {
    throw new ConfigError(`${path}: not the prompts that extract writes`, { code: 'extract-missing', cause });
  }
}

function repliesPath(folder: string): string {
  return join(folder, 'extracted', 'replies.jsonl');
}

/**
 * The exchanges of a persona. `self`: what its messages answer, and the message. `assistant`: the message, and what the assistant
 * replied. `endpoint`: what its messages answer, without a reply. Holds the persona's messages.
 * @throws ConfigError `replies-missing`, `replies-outdated`; ValidationError `json-invalid`
 */
export async function readExtracted(
  folder: string,
  persona: ExtractedPersona,
  target: LoraTarget,
): Promise<Candidate[]> {
  const candidates: Candidate[] = [];
  const replies = target === 'assistant' ? openReplies(folder) : null;
  for await (const record of readJsonLines(persona.clusterFile)) {
    const id = textOf(record, 'id');
    const exchange = { id, conversation: textOf(record, 'conversation_id') || id };
    const [text, context] = [textOf(record, 'text'), textOf(record, 'context')];
    if (replies === null)
      candidates.push({ ...exchange, user: context, assistant: target === 'self' ? text : '' });
    else candidates.push({ ...exchange, user: text, assistant: '' });
  }
  return replies === null ? candidates : await withReplies(candidates, replies, folder);
}

function openReplies(folder: string): AsyncGenerator<Readonly<Record<string, unknown>>> {
  if (existsSync(repliesPath(folder))) return readJsonLines(repliesPath(folder));
  throw new ConfigError(
    `${folder}: no extracted/replies.jsonl in it, so the assistant's replies are not known`,
    {
      code: 'replies-missing',
      hint: 'run `tag-datasets extract … --refresh` again, or take --target self',
    },
  );
}

async function withReplies(
  candidates: readonly Candidate[],
  replies: AsyncIterable<Readonly<Record<string, unknown>>>,
  folder: string,
): Promise<Candidate[]> {
  const places = new Map(candidates.map(({ id }, index) => [id, index]));
  const found = [...candidates];
  for await (const reply of replies) {
    const id = textOf(reply, 'id');
    const index = places.get(id);
    const candidate = index === undefined ? undefined : found[index];
    if (index === undefined || !candidate) continue;
    const isDisputed = reply['disputed'];
    if (typeof isDisputed !== 'boolean') throw outdated(folder);
    const signals: ReplySignals = {
      finish: oneOf(reply['finish'], ['stop', 'length', 'interrupted'] as const),
      rating: oneOf(reply['rating'], ['up', 'down'] as const),
      isDisputed,
    };
    found[index] = { ...candidate, assistant: textOf(reply, 'text'), signals };
  }
  return found;
}

function outdated(folder: string): ConfigError {
  return new ConfigError(
    `${folder}: extracted/replies.jsonl does not say which replies were disputed; an earlier version wrote it`,
    { code: 'replies-outdated', hint: 'run `tag-datasets extract …` into this folder again' },
  );
}

function oneOf<Value extends string>(value: unknown, known: readonly Value[]): Value | null {
  return known.find((each) => each === value) ?? null;
}
