import { bytesField, numberField, textField } from './protobuf.ts';

/** Field numbers of onnx.proto3 (ONNX 1.x; they never change). */
export const modelField = { irVersion: 1, graph: 7, opset: 8 } as const;
export const graphField = {
  node: 1,
  name: 2,
  initializer: 5,
  input: 11,
  output: 12,
  valueInfo: 13,
  quantization: 14,
} as const;
export const nodeField = { input: 1, output: 2, name: 3, kind: 4, attribute: 5, domain: 7 } as const;
export const tensorField = { dims: 1, type: 2, name: 8, data: 9 } as const;
export const valueField = { name: 1, type: 2 } as const;

export const elementType = { float32: 1, int8: 3, int64: 7 } as const;
const attributeField = { name: 1, integer: 3, type: 20 } as const;
const integerAttribute = 2;

/** A NodeProto of the default domain with whole-number attributes. */
export function node(
  kind: string,
  inputs: readonly string[],
  output: string,
  attributes: Readonly<Record<string, number>> = {},
): Uint8Array {
  return Buffer.concat([
    ...inputs.map((name) => textField(nodeField.input, name)),
    textField(nodeField.output, output),
    textField(nodeField.name, `${kind}_${output}`),
    textField(nodeField.kind, kind),
    ...Object.entries(attributes).map(([name, value]) =>
      bytesField(
        nodeField.attribute,
        Buffer.concat([
          textField(attributeField.name, name),
          numberField(attributeField.integer, value),
          numberField(attributeField.type, integerAttribute),
        ]),
      ),
    ),
  ]);
}

/** A TensorProto; data row-major. */
export function tensor(
  name: string,
  dims: readonly number[],
  data: Float32Array | BigInt64Array,
): Uint8Array {
  const type = data instanceof Float32Array ? elementType.float32 : elementType.int64;
  return Buffer.concat([
    ...dims.map((size) => numberField(tensorField.dims, size)),
    numberField(tensorField.type, type),
    textField(tensorField.name, name),
    bytesField(tensorField.data, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
  ]);
}

/** A ValueInfoProto of a float32 tensor; a text among `dims` is a free dimension. */
export function floatValue(name: string, dims: readonly (number | string)[]): Uint8Array {
  const shape = dims.map((size) =>
    bytesField(1, typeof size === 'number' ? numberField(1, size) : textField(2, size)),
  );
  const tensorType = Buffer.concat([
    numberField(1, elementType.float32),
    bytesField(2, Buffer.concat(shape)),
  ]);
  return Buffer.concat([
    textField(valueField.name, name),
    bytesField(valueField.type, bytesField(1, tensorType)),
  ]);
}

export interface GraphParts {
  readonly name: string;
  readonly nodes: readonly Uint8Array[];
  readonly initializers: readonly Uint8Array[];
  readonly inputs: readonly Uint8Array[];
  readonly outputs: readonly Uint8Array[];
}

/** A whole ModelProto over the default operators, version 17 (any onnxruntime since 1.12). */
export function model(parts: GraphParts): Uint8Array {
  const repeated = (number: number, entries: readonly Uint8Array[]): Uint8Array[] =>
    entries.map((entry) => bytesField(number, entry));
  const graph = Buffer.concat([
    ...repeated(graphField.node, parts.nodes),
    textField(graphField.name, parts.name),
    ...repeated(graphField.initializer, parts.initializers),
    ...repeated(graphField.input, parts.inputs),
    ...repeated(graphField.output, parts.outputs),
  ]);
  const opset = Buffer.concat([textField(1, ''), numberField(2, 17)]);
  return Buffer.concat([
    numberField(modelField.irVersion, 8),
    bytesField(modelField.opset, opset),
    bytesField(modelField.graph, graph),
  ]);
}
