import { expect, test } from 'vitest';

import { openSoftmaxObjective } from '../../src/onnx/softmax-objective.ts';

const [rows, width, classes] = [5000, 7, 4];
const features = Float32Array.from({ length: rows * width }, (_, i) => Math.sin(i * 1.7));
const labels = Uint8Array.from({ length: rows }, (_, i) => (i * i) % classes);

function reference(weights: Float64Array, count: number): { loss: number; gradient: Float64Array } {
  const gradient = new Float64Array(width * classes);
  let loss = 0;
  for (let row = 0; row < count; row++) {
    const logits = Array.from({ length: classes }, (_, label) =>
      Array.from({ length: width }).reduce<number>(
        (sum, _unused, i) => sum + (features[row * width + i] ?? 0) * (weights[i * classes + label] ?? 0),
        0,
      ),
    );
    const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
    loss -= Math.log(Math.exp(logits[labels[row] ?? 0] ?? 0) / total) / count;
    for (let label = 0; label < classes; label++) {
      const error = Math.exp(logits[label] ?? 0) / total - (label === labels[row] ? 1 : 0);
      for (let i = 0; i < width; i++)
        gradient[i * classes + label] =
          (gradient[i * classes + label] ?? 0) + ((features[row * width + i] ?? 0) * error) / count;
    }
  }
  return { loss, gradient };
}

test('loss and gradient are those of the formula, for all rows and for the first of them', async () => {
  await using objective = await openSoftmaxObjective({ features, labels, width, classes });
  const weights = Float64Array.from({ length: width * classes }, (_, i) => Math.cos(i));
  for (const count of [1, 1000, rows]) {
    const found = await objective.evaluate(weights, count);
    const wanted = reference(weights, count);
    expect(found.loss).toBeCloseTo(wanted.loss, 5);
    found.gradient.forEach((value, i) => expect(value).toBeCloseTo(wanted.gradient[i] ?? 0, 5));
  }
  const again = await objective.evaluate(weights, rows);
  expect(again).toEqual(await objective.evaluate(weights, rows));
});
