import { ConfigError } from '../core/errors.ts';
import { floatValue, graphField, modelField, node, nodeField, tensor, tensorField } from './onnx-proto.ts';
import { bytesField, type ProtoField, readFields, textsOf } from './protobuf.ts';

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
  const { modelFields, graphFields } = parse(encoder, names.path);
  const classes = head.bias.length;
  const width = head.weights.length / classes;
  const kept = keepFor(graphFields, names.embedding, names.path);
  const [weightsName, biasName] = ['tag_datasets_head_weights', 'tag_datasets_head_bias'];
  const graph = Buffer.concat([
    ...kept,
    bytesField(graphField.node, node('Gemm', [names.embedding, weightsName, biasName], names.logits)),
    bytesField(graphField.initializer, tensor(weightsName, [width, classes], head.weights)),
    bytesField(graphField.initializer, tensor(biasName, [classes], head.bias)),
    bytesField(graphField.output, floatValue(names.logits, ['rows', classes])),
    bytesField(graphField.output, floatValue(names.embedding, ['rows', width])),
  ]);
  return Buffer.concat(
    modelFields.map((field) =>
      field.number === modelField.graph ? bytesField(modelField.graph, graph) : field.raw,
    ),
  );
}

function parse(
  encoder: Uint8Array,
  path: string,
): { readonly modelFields: readonly ProtoField[]; readonly graphFields: readonly ProtoField[] } {
  try {
    const modelFields = readFields(encoder);
    const graph = modelFields.find((field) => field.number === modelField.graph)?.bytes;
    if (graph) return { modelFields, graphFields: readFields(graph) };
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

/** The graph's fields without its outputs and without nodes and weights that `output` does not need. */
function keepFor(fields: readonly ProtoField[], output: string, path: string): Uint8Array[] {
  const nodes = fields
    .filter((field) => field.number === graphField.node)
    .map((field) => {
      const parts = readFields(field.bytes ?? new Uint8Array());
      return {
        raw: field.raw,
        inputs: textsOf(parts, nodeField.input),
        outputs: textsOf(parts, nodeField.output),
        hasSubgraph: parts.some((part) => part.number === nodeField.attribute && holdsGraph(part)),
      };
    });
  if (!nodes.some(({ outputs }) => outputs.includes(output)))
    throw notExtendable(path, `no node gives "${output}"`);
  // A subgraph reads names that its node does not list: then everything is kept.
  const needsAll = nodes.some(({ hasSubgraph }) => hasSubgraph);
  const needed = new Set([output]);
  const keptNodes = new Set<Uint8Array>();
  for (const entry of nodes.toReversed()) {
    if (!needsAll && !entry.outputs.some((name) => needed.has(name))) continue;
    keptNodes.add(entry.raw);
    for (const name of entry.inputs) needed.add(name);
  }
  return fields
    .filter((field) => {
      if (field.number === graphField.node) return keptNodes.has(field.raw);
      if (field.number === graphField.initializer) return needsAll || needed.has(tensorName(field));
      return !droppedFields.has(field.number);
    })
    .map((field) => field.raw);
}

/** Shapes noted for values that may be gone, and the old outputs. */
const droppedFields = new Set<number>([graphField.output, graphField.valueInfo]);

const subgraphAttributes = new Set([6, 11]);

function holdsGraph(attribute: ProtoField): boolean {
  return readFields(attribute.bytes ?? new Uint8Array()).some(({ number }) => subgraphAttributes.has(number));
}

function tensorName(field: ProtoField): string {
  return textsOf(readFields(field.bytes ?? new Uint8Array()), tensorField.name)[0] ?? '';
}
