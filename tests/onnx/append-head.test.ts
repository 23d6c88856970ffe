import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { appendHead } from '../../src/onnx/append-head.ts';
import { bytesField, numberField, readFields, textField, textsOf } from '../../src/onnx/protobuf.ts';
import { openSession } from '../../src/onnx/session.ts';
import { tinyEncoderModel } from '../support/tiny-encoder.ts';

const names = { path: 'encoder.onnx', embedding: 'embedding', logits: 'logits' };
const [width, classes] = [16, 3];
const head = {
  weights: Float32Array.from({ length: width * classes }, (_, i) => Math.sin(i)),
  bias: Float32Array.from([0.5, -1, 2]),
};
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'head-'));
});
afterAll(() => rm(folder, { recursive: true }));

const ids = BigInt64Array.from([2n, 7n, 9n, 3n, 2n, 11n, 3n, 0n]);
const feeds = {
  input_ids: { type: 'int64', data: ids, dims: [2, 4] },
  attention_mask: { type: 'int64', data: BigInt64Array.from([1n, 1n, 1n, 1n, 1n, 1n, 1n, 0n]), dims: [2, 4] },
  token_type_ids: { type: 'int64', data: new BigInt64Array(8), dims: [2, 4] },
} as const;

async function outputOf(model: Uint8Array, output: string): Promise<Float32Array> {
  const path = join(folder, 'model.onnx');
  await writeFile(path, model);
  await using session = await openSession(path, {
    inputs: Object.keys(feeds),
    output,
    outputWidth: null,
  });
  return await session.run(feeds);
}

test('the new logits are the embedding times the weights plus the bias', async () => {
  const encoder = await tinyEncoderModel();
  const extended = appendHead(encoder, head, names);
  const embedding = await outputOf(encoder, 'embedding');
  expect(await outputOf(extended, 'embedding')).toEqual(embedding);
  const logits = await outputOf(extended, 'logits');
  expect(logits).toHaveLength(2 * classes);
  logits.forEach((logit, i) => {
    const [row, label] = [Math.floor(i / classes), i % classes];
    let wanted = head.bias[label] ?? 0;
    for (let k = 0; k < width; k++)
      wanted += (embedding[row * width + k] ?? 0) * (head.weights[k * classes + label] ?? 0);
    expect(logit).toBeCloseTo(wanted, 4);
  });
});

test('the old head is gone from the file, and a second head can replace the first', async () => {
  const encoder = await tinyEncoderModel();
  const once = appendHead(encoder, head, names);
  expect(Buffer.from(once).includes('logits_weight')).toBe(false);
  expect(once.length).toBeLessThan(encoder.length);
  const twice = appendHead(once, { ...head, bias: Float32Array.from([9, 9, 9]) }, { ...names });
  expect((await outputOf(twice, 'logits')).length).toBe(2 * classes);
});

test('what is no ONNX model, or has no embedding, is refused with a sentence', async () => {
  const refused = (bytes: Uint8Array, embedding = 'embedding'): unknown => {
    try {
      return appendHead(bytes, head, { ...names, embedding });
    } catch (error) {
      return error;
    }
  };
  const encoder = await tinyEncoderModel();
  for (const bytes of [Buffer.from('no model'), new Uint8Array(), encoder.subarray(0, 1000)])
    expect(refused(bytes)).toMatchObject({ name: 'ConfigError', code: 'onnx-not-extendable' });
  expect(refused(encoder, 'sentence')).toMatchObject({
    message: expect.stringContaining('no node gives "sentence"'),
  });
});

test('protobuf fields are read back as they were written, and keep their bytes', () => {
  const field = fc.oneof(
    fc.record({ number: fc.integer({ min: 1, max: 5000 }), value: fc.maxSafeNat() }),
    fc.record({ number: fc.integer({ min: 1, max: 5000 }), text: fc.string({ unit: 'grapheme' }) }),
  );
  fc.assert(
    fc.property(fc.array(field), (entries) => {
      const message = Buffer.concat(
        entries.map((entry) =>
          'text' in entry ? textField(entry.number, entry.text) : numberField(entry.number, entry.value),
        ),
      );
      const fields = readFields(message);
      expect(Buffer.concat(fields.map(({ raw }) => raw))).toEqual(message);
      expect(fields.map(({ number }) => number)).toEqual(entries.map(({ number }) => number));
      entries.forEach((entry, i) => {
        const read = fields[i];
        if ('value' in entry) expect(read?.value).toBe(entry.value);
        else expect(textsOf(read ? [read] : [], entry.number)[0]).toBe(entry.text);
      });
    }),
  );
  expect(() => readFields(bytesField(1, Buffer.from('abc')).subarray(0, 3))).toThrow(RangeError);
});
