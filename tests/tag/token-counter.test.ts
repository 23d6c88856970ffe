import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { openTokenCounter } from '../../src/tag/token-counter.ts';
import { byteTokenizer } from '../support/byte-tokenizer.ts';

async function save(content: string): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'tokenizer-')), 'tokenizer.json');
  await writeFile(path, content);
  return path;
}

test('byte-level BPE merges what it knows and falls back to bytes, assistant texts apart', async () => {
  const count = await openTokenCounter(await save(byteTokenizer(['h e', 'l l', 'he ll', 'hell o'])));
  expect(
    count({
      messages: [
        { role: 'user', content: 'hello' },
        { role: 'assistant', content: 'hello hell' },
      ],
    }),
  ).toEqual({ all: 1 + 3, supervised: 3 });
  expect(count({ messages: [{ role: 'assistant', content: 'äx' }] })).toEqual({ all: 3, supervised: 3 });
  expect(count({ messages: [{ role: 'assistant', content: '' }] })).toEqual({ all: 0, supervised: 0 });
});

test('tool calls count by name and arguments', async () => {
  const count = await openTokenCounter(await save(byteTokenizer([])));
  const toolCalls = [{ id: 'c1', name: 'sum', arguments: '{"a":1}' }];
  expect(count({ messages: [{ role: 'assistant', content: 'ok', toolCalls }] }).supervised).toBe(2 + 3 + 7);
});

test('a file that is no tokenizer is refused by name', async () => {
  for (const content of ['{', '[]', '{"model": {"type": "Nothing"}}']) {
    await expect(openTokenCounter(await save(content))).rejects.toMatchObject({ code: 'tokenizer-invalid' });
  }
});
