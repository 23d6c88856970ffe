import { graphField, modelField, nodeField, tensorField } from './onnx-proto.ts';
import { bytesField, type ProtoField, readFields, textsOf } from './protobuf.ts';

/** The fields of a ModelProto and of the graph in it, in order; views into the file. */
export interface OnnxModel {
  readonly fields: readonly ProtoField[];
  readonly graph: readonly ProtoField[];
}

/** One operation of a graph. */
export interface GraphNode {
  readonly raw: Uint8Array;
  readonly kind: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly hasSubgraph: boolean;
}

/** Null where the file holds no graph. @throws RangeError where it is cut or not protobuf */
export function readModel(file: Uint8Array): OnnxModel | null {
  const fields = readFields(file);
  const graph = fields.find((field) => field.number === modelField.graph)?.bytes;
  return graph ? { fields, graph: readFields(graph) } : null;
}

/** The model with other fields in its graph; everything else stays byte for byte. */
export function writeModel(model: OnnxModel, graph: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(
    model.fields.map((field) =>
      field.number === modelField.graph ? bytesField(modelField.graph, Buffer.concat(graph)) : field.raw,
    ),
  );
}

/** In the order of the file, which is an order in which they can run. */
export function nodesOf(graph: readonly ProtoField[]): GraphNode[] {
  return graph
    .filter((field) => field.number === graphField.node)
    .map((field) => {
      const parts = readFields(field.bytes ?? new Uint8Array());
      return {
        raw: field.raw,
        kind: textsOf(parts, nodeField.kind)[0] ?? '',
        inputs: textsOf(parts, nodeField.input),
        outputs: textsOf(parts, nodeField.output),
        hasSubgraph: parts.some((part) => part.number === nodeField.attribute && holdsGraph(part)),
      };
    });
}

/** The name of an initializer, input or output (all have theirs in some text field `number`). */
export function nameOf(field: ProtoField, number: number): string {
  return textsOf(readFields(field.bytes ?? new Uint8Array()), number)[0] ?? '';
}

/**
 * The graph's fields without its outputs and without nodes and weights that `output` does not need; values in `given` come from
 * outside, so that what makes them is not needed either.
 */
export function keepFor(
  graph: readonly ProtoField[],
  output: string,
  given: ReadonlySet<string> = new Set(),
): { readonly fields: readonly ProtoField[]; readonly needed: ReadonlySet<string> } {
  const nodes = nodesOf(graph);
  // A subgraph reads names that its node does not list: then everything is kept.
  const needsAll = nodes.some(({ hasSubgraph }) => hasSubgraph);
  const needed = new Set([output]);
  const keptNodes = new Set<Uint8Array>();
  for (const entry of nodes.toReversed()) {
    if (!needsAll && !entry.outputs.some((name) => needed.has(name) && !given.has(name))) continue;
    keptNodes.add(entry.raw);
    for (const name of entry.inputs) needed.add(name);
  }
  const fields = graph.filter((field) => {
    if (field.number === graphField.node) return keptNodes.has(field.raw);
    if (field.number === graphField.initializer)
      return needsAll || needed.has(nameOf(field, tensorField.name));
    return !droppedFields.has(field.number);
  });
  return { fields, needed };
}

/** Shapes noted for values that may be gone, and the old outputs. */
const droppedFields = new Set<number>([graphField.output, graphField.valueInfo]);

const subgraphAttributes = new Set([6, 11]);

function holdsGraph(attribute: ProtoField): boolean {
  return readFields(attribute.bytes ?? new Uint8Array()).some(({ number }) => subgraphAttributes.has(number));
}
