import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { parse } from 'yaml';
import { z } from 'zod';

import { ConfigError } from '../../core/errors.ts';
import type { Taxonomy } from '../../core/taxonomy.ts';
import { type Exemplar, type Exemplars, groupExemplars } from '../../make/replies/exemplar.ts';
import { type GapCells, gapCells } from '../../make/replies/gap-cells.ts';
import { parseLibrary, type ReplyLibrary } from '../../make/replies/library.ts';

/** The gap list of a run: `plan/gaps.json`, or the run folder that holds it. @throws ConfigError */
export async function readGaps(path: string, taxonomy: Taxonomy): Promise<GapCells> {
  const candidates = [path, join(path, 'plan', 'gaps.json'), join(path, 'gaps.json')];
  for (const candidate of candidates) {
    const text = await readFile(candidate, 'utf8').catch(() => null);
    if (text === null) continue;
    return gapCells(parseJson(text, candidate), taxonomy, candidate);
  }
  throw new ConfigError(`${path}: no gap list there`, {
    code: 'gaps-not-found',
    hint: 'give the plan/gaps.json that a run or `plan` writes, or the run folder',
  });
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ConfigError(`${path}: not valid JSON`, { code: 'gaps-invalid', cause });
  }
}

/** configs/replies.yaml. */
export async function readLibrary(path: string): Promise<ReplyLibrary> {
  return parseLibrary(parse(await readFile(path, 'utf8')), path);
}

const sampleSchema = z.object({
  persona: z.string(),
  instruction: z.string().optional(),
  output: z.string().optional(),
  messages: z.array(z.object({ role: z.string(), content: z.string().nullish() })).optional(),
});

/** Our own labelled rows of datasets/samples, by persona: the first exchange of each. */
export async function readExemplars(folder: string): Promise<Exemplars> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.jsonl')).toSorted();
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  const lines = texts.flatMap((text) => text.split('\n').filter((line) => line !== ''));
  return groupExemplars(lines.flatMap((line) => exemplarOf(sampleSchema.parse(JSON.parse(line)))));
}

function exemplarOf({
  persona,
  instruction,
  output,
  messages = [],
}: z.infer<typeof sampleSchema>): Exemplar[] {
  const answerAt = messages.findIndex(({ role }) => role === 'assistant');
  const question =
    instruction ?? messages.slice(0, Math.max(0, answerAt)).findLast(({ role }) => role === 'user')?.content;
  const answer = output ?? messages[answerAt]?.content;
  return question && answer ? [{ persona, instruction: question, answer }] : [];
}
