import { basename, resolve } from 'node:path';

import { ConfigError } from '../../core/errors.ts';
import type { Row } from '../../core/row.ts';
import { drawKey } from '../../lora/split-conversations.ts';
import type { Candidate, FoundExchanges } from '../../lora/lora-row.ts';
import { listFiles } from '../../source/list-files.ts';
import { openBytes } from '../../source/open-bytes.ts';
import { readUnit } from '../../source/read-unit.ts';
import { scanFile } from '../../source/scan-file.ts';

/** Rows kept per row that the mode allows: filters and duplicates take their part. */
const oversampling = 4;

/** A row of a file, with the columns that its shape did not use. */
export interface FoundRow {
  readonly row: Row;
  readonly columns: Readonly<Record<string, unknown>>;
}

/**
 * Exchanges out of rows of any format and shape that the product reads: the first exchange of a row, whose context is whole.
 * Of more rows than `atMost` allows those with the lowest hash are kept, whatever the order of the files. Holds 8 × `atMost` rows.
 * @throws ConfigError `source-not-found`, `data-unreadable`
 */
export async function readRowCandidates(
  paths: readonly string[],
  params: {
    readonly atMost: number;
    readonly seed: number;
    readonly accept: (row: FoundRow) => boolean;
    /** System prompt of a row; null: that of all. */
    readonly systemOf: (row: FoundRow) => string | null;
  },
  signal: AbortSignal | undefined,
): Promise<FoundExchanges> {
  const room = params.atMost * oversampling;
  let kept: { readonly key: string; readonly candidate: Candidate }[] = [];
  let [total, unreadable] = [0, 0];
  for await (const entry of readEntries(paths, signal)) {
    if (entry === null) unreadable++;
    else if (params.accept(entry)) {
      total++;
      const system = params.systemOf(entry);
      const candidate = { ...firstExchange(entry), ...(system === null ? {} : { system }) };
      const key = drawKey(`${params.seed}\n${candidate.user}\n${candidate.assistant}`);
      kept.push({ key: `${key} ${candidate.conversation} ${candidate.id}`, candidate });
      if (kept.length >= room * 2) kept = lowest(kept, room);
    }
  }
  return { candidates: lowest(kept, room).map(({ candidate }) => candidate), total, unreadable };
}

function lowest<Value extends { readonly key: string }>(values: Value[], count: number): Value[] {
  return values.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).slice(0, count);
}

async function* readEntries(
  paths: readonly string[],
  signal: AbortSignal | undefined,
): AsyncGenerator<FoundRow | null> {
  const spec = { source: basename(paths[0] ?? ''), paths: paths.map((path) => resolve(path)), baseDir: '/' };
  const { files } = await listFiles(spec);
  for (const file of files) {
    const { units, skipped } = await scanFile({ file, options: {} }, { openBytes, signal });
    if (skipped) {
      throw new ConfigError(`${file.name}: ${skipped.message}`, {
        code: 'data-unreadable',
        hint: skipped.hint ?? 'rows stand in JSONL, JSON, CSV, TSV or Parquet',
      });
    }
    for (const unit of units) {
      for await (const batch of readUnit(unit, { keepExtra: true, openBytes, signal })) {
        for (const entry of batch)
          yield 'value' in entry ? { row: entry.value, columns: columnsOf(entry.value) } : null;
      }
    }
  }
}

function columnsOf(row: Row): Record<string, unknown> {
  const extra: unknown = row.extra === undefined ? {} : JSON.parse(row.extra);
  return typeof extra === 'object' && extra !== null ? { ...extra } : {};
}

function firstExchange({ row, columns }: FoundRow): Candidate {
  const userAt = row.messages.findIndex(({ role }) => role === 'user');
  const answer = row.messages[userAt + 1];
  const user = row.messages[userAt]?.content ?? '';
  const assistant =
    userAt >= 0 && answer?.role === 'assistant' && !answer.toolCalls?.length ? answer.content : '';
  const id = nameOf(columns['_row_key']) ?? nameOf(columns['id']) ?? drawKey(`${user}\n${assistant}`);
  const conversation = nameOf(columns['conversation_id']) ?? id;
  const isMade = columns['_synthetic'] === true;
  return {
    id,
    conversation,
    user,
    assistant,
    ...(isMade ? { provenance: { source: columns['_source'] ?? null } } : {}),
  };
}

/** A name that a column gives; exports count conversations as often as they name them. */
function nameOf(value: unknown): string | null {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : null;
}
