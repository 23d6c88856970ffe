import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { openBagModel } from '../../src/onnx/bag-model.ts';
import { cutBags } from '../../src/onnx/cut-bags.ts';
import { denseCount, type FeatureBatch, measureCount } from '../../src/onnx/featurise.ts';
import { readModel, writeModel } from '../../src/onnx/onnx-graph.ts';
import { graphField, node } from '../../src/onnx/onnx-proto.ts';
import { bytesField } from '../../src/onnx/protobuf.ts';
import { bucketCount, featureLimits } from '../../src/onnx/scan-layout.ts';
import { openSession, type TensorData } from '../../src/onnx/session.ts';
import { taggersRoot } from '../../taggers/index.ts';

const models = [
  { name: 'persona-v1', sides: ['assistant', 'user'], outputs: 57 },
  { name: 'traits-v1', sides: ['assistant'], outputs: 5 },
] as const;
const pathOf = (name: string): string => join(taggersRoot, name, 'model.onnx');
const [assistantLimit, userLimit] = featureLimits;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bags-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Rows with any ids, zeros among them and at their ends, and any dense features. */
const batches = fc
  .array(
    fc.record({
      assistant: fc.array(fc.nat(bucketCount - 1), { maxLength: assistantLimit, size: 'max' }),
      user: fc.array(fc.nat(bucketCount - 1), { maxLength: userLimit, size: 'max' }),
      dense: fc.array(fc.float({ noNaN: true, min: 0, max: 4 }), { maxLength: denseCount }),
    }),
    { minLength: 1, maxLength: 40 },
  )
  .map((rows): FeatureBatch => {
    const batch: FeatureBatch = {
      rows: rows.length,
      assistantIds: new Int32Array(rows.length * assistantLimit),
      assistantCounts: Int32Array.from(rows, ({ assistant }) => assistant.length),
      userIds: new Int32Array(rows.length * userLimit),
      userCounts: Int32Array.from(rows, ({ user }) => user.length),
      dense: new Float32Array(rows.length * denseCount),
      measures: new Int32Array(rows.length * measureCount),
      userTurns: new Int32Array(rows.length),
      backReferences: new Int32Array(rows.length),
    };
    for (const [row, { assistant, user, dense }] of rows.entries()) {
      batch.assistantIds.set(assistant, row * assistantLimit);
      batch.userIds.set(user, row * userLimit);
      batch.dense.set(dense, row * denseCount);
    }
    return batch;
  });

/** The whole graph as any other program would run it. */
async function runWhole(
  path: string,
  features: FeatureBatch,
  model: (typeof models)[number],
): Promise<Float32Array> {
  const { rows, assistantCounts, userCounts } = features;
  const { length: sides } = model.sides;
  const scales = Float32Array.from({ length: rows * sides }, (_, i) => {
    const counts = i % sides === 0 ? assistantCounts : userCounts;
    return 1 / Math.sqrt(Math.max(1, counts[Math.floor(i / sides)] ?? 0));
  });
  const feeds: Record<string, TensorData> = {
    assistant: { type: 'int32', data: features.assistantIds, dims: [rows, assistantLimit] },
    scales: { type: 'float32', data: scales, dims: [rows, sides] },
    dense: { type: 'float32', data: features.dense, dims: [rows, denseCount] },
  };
  if (sides > 1) feeds['user'] = { type: 'int32', data: features.userIds, dims: [rows, userLimit] };
  await using session = await openSession(path, {
    inputs: Object.keys(feeds),
    output: 'scores',
    outputWidth: model.outputs,
  });
  return (await session.run(feeds)).map((score) => Math.round(score * 1e6) / 1e6);
}

test.each(models)('sums outside of the graph of $name change no bit of what it gives', async (model) => {
  const path = pathOf(model.name);
  expect(cutBags(await readFile(path), model.sides, 'scores')).not.toBeNull();
  await using opened = await openBagModel(path, {
    outputs: model.outputs,
    readsUser: model.sides.length > 1,
  });
  await fc.assert(
    fc.asyncProperty(batches, async (features) => {
      expect(await opened.score(features)).toEqual(await runWhole(path, features, model));
    }),
    { numRuns: 20 },
  );
});

test('more rows than a call takes come out in order, and one row a call gives nearly the same', async () => {
  const [model] = models;
  const [features] = fc.sample(batches, { numRuns: 1, seed: 5 });
  if (!features) throw new Error('no sample');
  const times = Math.ceil(600 / features.rows);
  const many: FeatureBatch = {
    ...features,
    rows: features.rows * times,
    assistantIds: repeat(features.assistantIds, times),
    assistantCounts: repeat(features.assistantCounts, times),
    userIds: repeat(features.userIds, times),
    userCounts: repeat(features.userCounts, times),
    dense: Float32Array.from(
      { length: features.dense.length * times },
      (_, i) => features.dense[i % features.dense.length] ?? 0,
    ),
  };
  await using opened = await openBagModel(pathOf(model.name), { outputs: model.outputs, readsUser: true });
  const [once, often, singly] = [
    await opened.score(features),
    await opened.score(many),
    await opened.score(features, 1),
  ];
  for (let i = 0; i < often.length; i++) expect(often[i]).toBeCloseTo(once[i % once.length] ?? 0, 5);
  for (let i = 0; i < once.length; i++) expect(singly[i]).toBeCloseTo(once[i] ?? 0, 5);
});

function repeat(numbers: Int32Array, times: number): Int32Array {
  return Int32Array.from({ length: numbers.length * times }, (_, i) => numbers[i % numbers.length] ?? 0);
}

test('a graph of another form runs as it is', async () => {
  const [model] = models;
  const file = readModel(await readFile(pathOf(model.name)));
  if (!file) throw new Error('no graph');
  const path = join(folder, 'two-readers.onnx');
  const extra = bytesField(graphField.node, node('Identity', ['assistant_sums'], 'read_twice'));
  await writeFile(path, writeModel(file, [...file.graph.map(({ raw }) => raw), extra]));
  expect(cutBags(await readFile(path), model.sides, 'scores')).toBeNull();
  await using opened = await openBagModel(path, { outputs: model.outputs, readsUser: true });
  await fc.assert(
    fc.asyncProperty(batches, async (features) => {
      expect(await opened.score(features)).toEqual(await runWhole(pathOf(model.name), features, model));
    }),
    { numRuns: 5 },
  );
});

test('nothing is cut where padding is not zero, a side is missing, or the file is no model', async () => {
  const file = Uint8Array.from(await readFile(pathOf('persona-v1')));
  const cut = cutBags(file, ['assistant', 'user'], 'scores');
  expect(cut?.bags).toEqual(['assistant_bag', 'user_bag']);
  expect(cutBags(file, ['assistant'], 'scores')).toBeNull();
  expect(cutBags(file, ['assistant', 'system'], 'scores')).toBeNull();
  if (cut) cut.table.codes[0] = 1; // a view into the file
  expect(cutBags(file, ['assistant', 'user'], 'scores')).toBeNull();
  expect(cutBags(Buffer.from('not a model'), ['assistant', 'user'], 'scores')).toBeNull();
});

test('a damaged file is never an error of its own', async () => {
  const whole = await readFile(pathOf('traits-v1'));
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      expect(cutBags(whole.subarray(0, at), ['assistant'], 'scores')).toBeNull();
      const changed = Uint8Array.from(whole);
      changed[at] = (changed[at] ?? 0) ^ change;
      expect(() => cutBags(changed, ['assistant'], 'scores')).not.toThrow();
    }),
    { numRuns: 60 },
  );
  const damaged = Uint8Array.from(whole);
  const nodesEnd = 2000; // they stand before the weights
  for (let at = 0; at < nodesEnd; at++) {
    damaged[at] = (whole[at] ?? 0) ^ 0x55;
    expect(() => cutBags(damaged, ['assistant'], 'scores')).not.toThrow();
    damaged[at] = whole[at] ?? 0;
  }
});

test('a file of other inputs or another width is refused by its name', async () => {
  await expect(openBagModel(pathOf('persona-v1'), { outputs: 58, readsUser: true })).rejects.toThrow(
    /model\.onnx: output "scores" has 57 columns; expected 58/,
  );
  await expect(openBagModel(pathOf('traits-v1'), { outputs: 5, readsUser: true })).rejects.toThrow(
    /the model takes assistant, scales, dense; expected assistant, user, scales, dense/,
  );
  await expect(
    openBagModel(join(folder, 'none.onnx'), { outputs: 5, readsUser: true }),
  ).rejects.toMatchObject({
    code: 'onnx-missing',
  });
});
