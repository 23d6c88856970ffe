import { ConfigError } from '../core/errors.ts';
import { keepFor, nodesOf, type OnnxModel, readModel, writeModel } from './onnx-graph.ts';
import { floatValue, graphField, node, tensor } from './onnx-proto.ts';
import { bytesField } from './protobuf.ts';

/** A linear layer: `logits = embedding · weights + bias`. */
export interface LinearHead {
  /** Row-major [width, classes]. */
  readonly weights: Float32Array;
  readonly bias: Float32Array;
}

/**
 * Returns an encoder's model with a linear layer after its output `embedding`, and the layer's `logits` beside it as the only
 * outputs. What the embedding does not need (other heads) is left out; everything else stays byte for byte.
 * @throws ConfigError `onnx-not-extendable`
 */
export function appendHead(
  encoder: Uint8Array,
  head: LinearHead,
  names: { readonly path: string; readonly embedding: string; readonly logits: string },
): Uint8Array {
  const model = parse(encoder, names.path);
  if (!nodesOf(model.graph).some(({ outputs }) => outputs.includes(names.embedding)))
    throw notExtendable(names.path, `no node gives "${names.embedding}"`);
  const classes = head.bias.length;
  const width = head.weights.length / classes;
  const [weightsName, biasName] = ['tag_datasets_head_weights', 'tag_datasets_head_bias'];
  return writeModel(model, [
    ...keepFor(model.graph, names.embedding).fields.map(({ raw }) => raw),
    bytesField(graphField.node, node('Gemm', [names.embedding, weightsName, biasName], names.logits)),
    bytesField(graphField.initializer, tensor(weightsName, [width, classes], head.weights)),
    bytesField(graphField.initializer, tensor(biasName, [classes], head.bias)),
    bytesField(graphField.output, floatValue(names.logits, ['rows', classes])),
    bytesField(graphField.output, floatValue(names.embedding, ['rows', width])),
  ]);
}

function parse(encoder: Uint8Array, path: string): OnnxModel {
  try {
    const model = readModel(encoder);
    if (model) return model;
  } catch (cause) {
    throw notExtendable(path, 'it is no readable ONNX file', cause);
  }
  throw notExtendable(path, 'it holds no graph');
}

function notExtendable(path: string, why: string, cause?: unknown): ConfigError {
  return new ConfigError(`${path}: a head cannot be added: ${why}`, {
    code: 'onnx-not-extendable',
    hint: 'name a sentence encoder with an output "embedding" (--encoder)',
    cause,
  });
}
