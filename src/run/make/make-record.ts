import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { z } from 'zod';

import { ConfigError } from '../../core/errors.ts';
import type { Finding } from '../../core/finding.ts';
import { openAtomic, writeFileAtomic } from '../../lib/atomic-file.ts';
import { canonicalJson } from '../../lib/canonical-json.ts';
import type { LlmTally } from '../../llm/open-llm.ts';
import type { Provider } from '../../llm/provider.ts';
import type { Spent } from '../../llm/spending.ts';
import { jsonLines } from '../../lib/json-lines.ts';
import type { Made, MadeFile, Maker } from './maker.ts';

const recordSchema = z.object({
  maker: z.string(),
  now: z.string(),
  files: z.array(z.looseObject({ path: z.string() })).optional(),
});
type EarlierRecord = z.infer<typeof recordSchema>;

/** What an out folder was begun with; null where it is new. @throws ConfigError when another maker's work lies there */
export async function readRecord(out: string, maker: string): Promise<EarlierRecord | null> {
  const text = await readFile(join(out, 'make.json'), 'utf8').catch(() => null);
  if (text === null) return null;
  const record = parseRecord(text);
  if (record === null || record.maker === maker) return record;
  throw new ConfigError(`${out} holds what "make ${record.maker}" made`, {
    code: 'make-other-maker',
    hint: 'choose another --out',
  });
}

function parseRecord(text: string): EarlierRecord | null {
  try {
    return recordSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

interface Asked {
  readonly maker: Maker;
  readonly seed: number;
  readonly now: string;
  readonly provider: Pick<Provider, 'name' | 'model'>;
}

/** Freezes what was asked before anything is sent. Files of an earlier finish stay named, so that they can be swept. */
export async function writeStart(out: string, asked: Asked, earlier: EarlierRecord | null): Promise<void> {
  const record = {
    ...describe(asked),
    state: 'started',
    ...(earlier?.files ? { files: earlier.files } : {}),
  };
  await writeFileAtomic(join(out, 'make.json'), canonicalJson(record));
}

/**
 * Publishes the files, the findings and, last of all, make.json; takes away files that an earlier finish left and this has not.
 * Where no ask came to anything because the endpoint failed, files of an earlier finish stay. Returns the paths published.
 */
export async function publish(
  params: {
    readonly out: string;
    readonly asked: Asked;
    readonly made: Made;
    readonly findings: readonly Finding[];
    readonly tally: LlmTally;
    readonly spent: Spent;
  },
  earlier: EarlierRecord | null,
): Promise<readonly string[]> {
  const { out, made, findings, tally, spent } = params;
  const { asked, accepted, rejected, unanswered } = tally;
  const kept = unanswered > 0 && accepted === 0 ? earlier?.files : undefined;
  const files = kept ?? (await publishFiles(out, made.files, earlier));
  const lines = jsonLines(findings);
  await writeFileAtomic(join(out, 'findings.jsonl'), lines);
  const record = {
    ...describe(params.asked),
    state: unanswered > 0 ? 'incomplete' : 'finished',
    counts: made.counts,
    missing: made.missing,
    asks: { asked, accepted, rejected, unanswered },
    tokens: { prompt: spent.promptTokens, completion: spent.completionTokens },
    replies: spent.replies,
    cost_usd: spent.costUsd,
    findings: countCodes(findings),
    files,
  };
  await writeFileAtomic(join(out, 'make.json'), canonicalJson(record));
  return kept ? [] : made.files.map(({ path }) => path);
}

function describe({ maker, seed, now, provider }: Asked): Record<string, unknown> {
  return {
    schema: 'make/1',
    maker: maker.name,
    options: maker.options,
    seed,
    now,
    provider: provider.name,
    model: provider.model,
  };
}

async function publishFiles(
  out: string,
  made: readonly MadeFile[],
  earlier: EarlierRecord | null,
): Promise<FileRecord[]> {
  for (const file of made) await publishFile(out, file);
  const paths = new Set(made.map(({ path }) => path));
  const stale = (earlier?.files ?? []).filter(({ path }) => !paths.has(path));
  for (const { path } of stale) await rm(join(out, path), { force: true });
  return await Promise.all([...paths].toSorted().map((path) => describeFile(out, path)));
}

async function publishFile(out: string, { path, content }: MadeFile): Promise<void> {
  await using file = await openAtomic(join(out, path));
  if (typeof content === 'function') await content(file.handle);
  else await file.handle.writeFile(content);
  await file.publish();
}

interface FileRecord {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

async function describeFile(out: string, path: string): Promise<FileRecord> {
  const hash = createHash('sha256');
  for await (const block of createReadStream(join(out, path))) hash.update(block as Buffer); // no encoding is set
  return { path, bytes: (await stat(join(out, path))).size, sha256: hash.digest('hex') };
}

function countCodes(findings: readonly Finding[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { code } of findings) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
}
