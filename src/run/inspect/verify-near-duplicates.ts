import { join } from 'node:path';
import { parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { asyncBufferFromFile } from 'hyparquet/src/node.js';
import { compressors } from 'hyparquet-compressors';

import { configSchema } from '../../config/schema.ts';
import { agreeingBytes } from '../../balance/thin-clusters.ts';
import type { Message } from '../../core/row.ts';
import type { Taxonomy } from '../../core/taxonomy.ts';
import { compileControlToken } from '../../shard/control-token.ts';
import type { Manifest, ManifestFile } from '../../shard/manifest.ts';
import { createScreenColumns, RowScreen, type ScreenColumns } from '../../tag/screen-unit.ts';
import { SignedRows } from '../signed-rows.ts';
import { nearDuplicateRules } from '../tag/screen-pass.ts';
import type { Finding } from './verify.ts';
import { readStoredConfig } from '../plan/what-if.ts';

/**
 * That no row of validation is a near-duplicate of a row of train, in any phase or adapter, where the run looked for
 * near-duplicates: signatures are computed anew from the shards' text. Of `alpaca` shards only rows without `input` are
 * compared, as the messages of a longer conversation cannot be told apart there.
 * Memory: one row group, about 1.5 KiB per distinct row of validation, and the keys of the distinct rows.
 */
export async function checkNearDuplicateSplit(params: {
  readonly run: string;
  readonly dataset: string;
  readonly manifest: Manifest;
  readonly taxonomy: Taxonomy;
}): Promise<Finding[]> {
  const stored = configSchema.safeParse(await readStoredConfig(params.run).catch(() => undefined));
  const rules = stored.success ? nearDuplicateRules(stored.data) : null;
  if (!stored.success || !rules) return [];
  const screen = new RowScreen({ nearDuplicates: rules, benchmarks: null });
  const { persona_token_format: format } = stored.data.inference;
  const token = compileControlToken(format, params.taxonomy.personas);
  const sign = (messages: readonly Message[]): ScreenColumns => {
    const signed = createScreenColumns(screen, 1);
    screen.add(token.strip(messages), signed, 0);
    return signed;
  };
  const { min_similarity: minSimilarity } = stored.data.dataset.near_duplicates;
  const validation = new SignedRows(
    rules.bands,
    agreeingBytes({ signatureBytes: screen.signatureBytes, minSimilarity }),
  );
  for await (const { key, messages } of readSplit(params, 'validation')) validation.add(key, sign(messages));
  const findings: Finding[] = [];
  for await (const { key, messages, file } of readSplit(params, 'train')) {
    const met = validation.find(key, sign(messages));
    if (met === undefined) continue;
    findings.push({
      code: 'near-duplicate-split',
      place: file.path,
      message: `Row ${key} of train is a near-duplicate of row ${met} of validation.`,
    });
  }
  return findings;
}

interface ShardRow {
  readonly key: string;
  readonly messages: readonly Message[];
  readonly file: ManifestFile;
}

/** Every distinct row of one side, over all groups. */
async function* readSplit(
  { dataset, manifest }: { readonly dataset: string; readonly manifest: Manifest },
  split: 'train' | 'validation',
): AsyncGenerator<ShardRow> {
  const seen = new Set<string>();
  for (const file of manifest.files) {
    if (file.split !== split) continue;
    for await (const row of readShard(join(dataset, file.path))) {
      const key = String(row['_row_key']);
      const messages = messagesOf(row);
      if (seen.has(key) || !messages) continue;
      seen.add(key);
      yield { key, messages, file };
    }
  }
}

async function* readShard(path: string): AsyncGenerator<Record<string, unknown>> {
  const file = await asyncBufferFromFile(path);
  const metadata = await parquetMetadataAsync(file);
  const names = metadata.schema.map((element) => element.name);
  const text = names.includes('messages') ? ['messages'] : ['instruction', 'input', 'output'];
  let start = 0;
  for (const group of metadata.row_groups) {
    const end = start + Number(group.num_rows);
    const columns = [...text, '_row_key'];
    yield* await parquetReadObjects({ file, metadata, columns, compressors, rowStart: start, rowEnd: end });
    start = end;
  }
}

interface StoredShardMessage {
  readonly role: Message['role'];
  readonly content: string | null;
  readonly tool_calls:
    | readonly { readonly function: { readonly name: string; readonly arguments: string } }[]
    | null;
}

/** undefined where the columns do not tell. */
function messagesOf(row: Record<string, unknown>): Message[] | undefined {
  if ('messages' in row) {
    const stored = row['messages'] as readonly StoredShardMessage[]; // the schema of every shard
    return stored.map(({ role, content, tool_calls: calls }) => ({
      role,
      content: content ?? '',
      toolCalls: (calls ?? []).map((call) => ({ id: null, ...call.function })),
    }));
  }
  if (row['input'] !== '') return undefined;
  return [
    { role: 'user', content: String(row['instruction']) },
    { role: 'assistant', content: String(row['output']) },
  ];
}
