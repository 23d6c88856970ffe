import { readFile } from 'node:fs/promises';
import { Tokenizer } from '@huggingface/tokenizers';

import { ConfigError } from '../core/errors.ts';
import type { Row } from '../core/row.ts';

/** Tokens of a row: of all messages, and of the assistant's. The texts alone: what a chat template adds is not counted. */
export type TokenCounter = (row: Row) => { readonly all: number; readonly supervised: number };

/**
 * Counts with a `tokenizer.json` of the transformers world (byte-level BPE, WordPiece, Unigram), in JavaScript: about a
 * megabyte of text a second. Holds the vocabulary, some tens of megabytes. One per file and thread.
 * @throws ConfigError `tokenizer-invalid`
 */
export function openTokenCounter(path: string): Promise<TokenCounter> {
  const known = counters.get(path);
  if (known) return known;
  const opened = open(path);
  counters.set(path, opened);
  return opened;
}

const counters = new Map<string, Promise<TokenCounter>>();

async function open(path: string): Promise<TokenCounter> {
  const tokenizer = await readTokenizer(path);
  const count = (text: string): number =>
    text === '' ? 0 : tokenizer.encode(text, { add_special_tokens: false }).ids.length;
  return ({ messages }) => {
    let [all, supervised] = [0, 0];
    for (const { role, content, toolCalls } of messages) {
      let tokens = count(content);
      for (const call of toolCalls ?? []) tokens += count(call.name) + count(call.arguments);
      all += tokens;
      if (role === 'assistant') supervised += tokens;
    }
    return { all, supervised };
  };
}

async function readTokenizer(path: string): Promise<Tokenizer> {
  try {
    const parsed: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (typeof parsed === 'object' && parsed !== null) {
      const tokenizer = new Tokenizer(parsed, {});
      tokenizer.encode('probe');
      return tokenizer;
    }
    throw new TypeError('it holds no object');
  } catch (cause) {
    throw new ConfigError(
      `${path}: no usable tokenizer: ${cause instanceof Error ? cause.message : String(cause)}`,
      {
        code: 'tokenizer-invalid',
        hint: 'name the tokenizer.json of a fast tokenizer, as it stands beside a model on the Hub',
        cause,
      },
    );
  }
}
