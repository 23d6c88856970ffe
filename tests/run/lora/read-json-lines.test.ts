import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { readJsonLines } from '../../../src/run/lora/read-json-lines.ts';
import { temporaryFolder } from '../../support/run-cli.ts';

async function read(text: string): Promise<unknown[]> {
  const path = join(await temporaryFolder(), 'x.jsonl');
  await writeFile(path, text);
  const values: unknown[] = [];
  for await (const value of readJsonLines(path)) values.push(value);
  return values;
}

test('a line ends at a line feed alone: line separators may stand inside a text, a byte-order mark before the first', async () => {
  const text = 'one\u2028two\u2029three\u0085four';
  expect(await read(`\uFEFF${JSON.stringify({ text })}\r\n\n{"n":2}`)).toEqual([{ text }, { n: 2 }]);
});

test('a damaged line is named', async () => {
  await expect(read('{"n":1}\n\n[2]\n')).rejects.toMatchObject({
    code: 'json-invalid',
    message: expect.stringMatching(/x\.jsonl:3: not a JSON object$/),
  });
});
