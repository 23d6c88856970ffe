import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSession } from '../../src/onnx/session.ts';
import { taggersRoot } from '../../taggers/index.ts';

const model = join(import.meta.dirname, '../taggers/fixtures/tiny-bert/model.onnx');
const expected = {
  inputs: ['input_ids', 'attention_mask'],
  optionalInputs: ['token_type_ids'],
  output: 'logits',
  outputWidth: 57,
};
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'session-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('a model runs and gives its output row by row', async () => {
  await using session = await openSession(model, expected);
  const data = BigInt64Array.from([2n, 5n, 3n, 2n, 6n, 3n]);
  const feeds = Object.fromEntries(
    session.inputNames.map((name) => [
      name,
      { type: 'int64' as const, data: name === 'input_ids' ? data : data.map(() => 1n), dims: [2, 3] },
    ]),
  );
  expect(await session.run(feeds)).toHaveLength(2 * 57);
});

test('two outputs of one pass are what each gives alone', async () => {
  const minilm = join(taggersRoot, 'minilm-v1', 'model.onnx');
  const names = { inputs: ['input_ids', 'attention_mask', 'token_type_ids'] };
  const persona = { ...names, output: 'persona_logits', outputWidth: 57 };
  const traits = { ...names, output: 'trait_logits', outputWidth: 7 };
  const ids = BigInt64Array.from([101n, 2003n, 102n]);
  const feeds = {
    input_ids: { type: 'int64' as const, data: ids, dims: [1, 3] },
    attention_mask: { type: 'int64' as const, data: ids.map(() => 1n), dims: [1, 3] },
    token_type_ids: { type: 'int64' as const, data: ids.map(() => 0n), dims: [1, 3] },
  };
  await using both = await openSession(minilm, { ...persona, side: { output: 'trait_logits', width: 7 } });
  await using first = await openSession(minilm, persona);
  await using second = await openSession(minilm, traits);
  const { main, side } = await both.runBoth(feeds);
  expect(main).toEqual(await first.run(feeds));
  expect(side).toEqual(await second.run(feeds));
  await expect(first.runBoth(feeds)).rejects.toThrow('without a side output');
  await expect(
    openSession(minilm, { ...persona, side: { output: 'trait_logits', width: 5 } }),
  ).rejects.toMatchObject({ code: 'onnx-wrong-shape' });
});

test('a missing file, a file that is no model, other inputs and another width are one sentence each', async () => {
  await expect(openSession(join(folder, 'none.onnx'), expected)).rejects.toMatchObject({
    name: 'ConfigError',
    code: 'onnx-missing',
  });
  const broken = join(folder, 'broken.onnx');
  await writeFile(broken, 'not a model');
  await expect(openSession(broken, expected)).rejects.toMatchObject({
    code: 'onnx-corrupt',
    message: expect.stringContaining(broken) as string,
  });
  await expect(
    openSession(model, { ...expected, inputs: ['assistant'], optionalInputs: [] }),
  ).rejects.toMatchObject({
    code: 'onnx-wrong-inputs',
    message: expect.stringContaining('expected assistant') as string,
  });
  await expect(openSession(model, { ...expected, outputWidth: 16 })).rejects.toMatchObject({
    code: 'onnx-wrong-shape',
    message: expect.stringContaining('57 columns; expected 16') as string,
  });
  await expect(openSession(model, { ...expected, output: 'scores' })).rejects.toMatchObject({
    code: 'onnx-wrong-shape',
  });
});
