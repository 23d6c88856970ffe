import { readFile } from 'node:fs/promises';
import { ConfigError } from '../src/core/errors.ts';
import { roles } from '../src/core/row.ts';
import type { TextBatch } from '../src/core/tagger.ts';
import { copiedShare, mostlyCopied } from '../src/onnx/copied-lines.ts';
import type { OnnxSession, TensorData } from '../src/onnx/session.ts';
import { openWordPiece, type WordPiece } from '../src/onnx/wordpiece.ts';
import type { TaggerJson } from './tagger-json.ts';

/** Bytes of a side read per allowed token, so that long texts are cut before the work: more than twice what English takes. */
const bytesPerToken = 12;

/** One row without text, to try a model with; a new one each time, since features are remembered by batch. */
export const emptyRow = (): TextBatch => ({
  rows: 1,
  bytes: new Uint8Array(),
  rowSegments: new Uint32Array(2),
  roles: new Uint8Array(),
  starts: new Uint32Array(),
  ends: new Uint32Array(),
  toolCalls: new Uint8Array(1),
});

/** Tokens of one row as a BERT-family model reads them. */
export interface EncodedRow {
  readonly ids: readonly number[];
  /** Tokens of the first part, the marks around it included. */
  readonly firstLength: number;
}

/** @throws ConfigError `tokenizer-missing`, `tokenizer-invalid` where it lacks the `copyMark`, and what reading it throws */
export async function openTokenizer(path: string, copyMark?: string): Promise<WordPiece> {
  try {
    const tokenizer = openWordPiece(await readFile(path, 'utf8'), path);
    if (copyMark !== undefined) tokenizer.idOf(copyMark);
    return tokenizer;
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause;
    throw new ConfigError(`${path}: not readable`, { code: 'tokenizer-missing', cause });
  }
}

/** How a transformer's folder wants its rows. */
export interface TokenRules extends Pick<TaggerJson, 'task'> {
  readonly maximumTokens: number;
  /** Token before the assistant's text of a row that mostly repeats lines of the user's. */
  readonly copyMark?: string | undefined;
}

/**
 * Traits read the assistant's text alone; personas read the user's text as the first part and the assistant's as the second, with
 * two thirds of the room for the assistant.
 */
export function encodeRow(tokenizer: WordPiece, batch: TextBatch, row: number, json: TokenRules): EncodedRow {
  const room = json.maximumTokens;
  const assistant = tokenizer.encode(sideText(batch, row, 'assistant', room * bytesPerToken));
  if (json.task === 'traits') {
    const ids = [tokenizer.startId, ...assistant.slice(0, room - 2), tokenizer.endId];
    return { ids, firstLength: ids.length };
  }
  if (json.copyMark !== undefined && copiedShare(batch, row) >= mostlyCopied)
    assistant.unshift(tokenizer.idOf(json.copyMark));
  const user = tokenizer.encode(sideText(batch, row, 'user', room * bytesPerToken));
  const usable = room - 3;
  const userRoom = Math.max(Math.floor(usable / 3), usable - assistant.length);
  const first = [tokenizer.startId, ...user.slice(0, userRoom), tokenizer.endId];
  const second = assistant.slice(0, room - 1 - first.length);
  return { ids: [...first, ...second, tokenizer.endId], firstLength: first.length };
}

function sideText(
  batch: TextBatch,
  row: number,
  speaker: (typeof roles)[number],
  maximumBytes: number,
): string {
  const wanted = roles.indexOf(speaker);
  let text = '';
  for (let s = batch.rowSegments[row] ?? 0; s < (batch.rowSegments[row + 1] ?? 0); s++) {
    if (batch.roles[s] !== wanted || text.length >= maximumBytes) continue;
    const start = batch.starts[s] ?? 0;
    const end = Math.min(batch.ends[s] ?? 0, start + maximumBytes);
    text += `${text ? '\n' : ''}${Buffer.from(batch.bytes.buffer, batch.bytes.byteOffset + start, end - start).toString('utf8')}`;
  }
  return text;
}

/** Inputs of a call of one row; `token_type_ids` where the model has them. */
export function feedsOf(session: OnnxSession, { ids, firstLength }: EncodedRow): Record<string, TensorData> {
  const dims = [1, ids.length];
  const feeds: Record<string, TensorData> = {
    input_ids: { type: 'int64', data: BigInt64Array.from(ids, BigInt), dims },
    attention_mask: { type: 'int64', data: new BigInt64Array(ids.length).fill(1n), dims },
  };
  if (session.inputNames.includes('token_type_ids'))
    feeds['token_type_ids'] = {
      type: 'int64',
      data: new BigInt64Array(ids.length).fill(1n, firstLength),
      dims,
    };
  return feeds;
}
