import {
  type GraphNode,
  keepFor,
  nameOf,
  nodesOf,
  type OnnxModel,
  readModel,
  writeModel,
} from './onnx-graph.ts';
import { elementType, floatValue, graphField, tensorField, valueField } from './onnx-proto.ts';
import { bytesField, type ProtoField, readFields } from './protobuf.ts';
import { bucketCount } from './scan-layout.ts';

/** An embedding table as int8 codes, row-major [buckets, width], and the value of one step of each column. Row 0 is zeros. */
export interface BagTable {
  readonly width: number;
  readonly codes: Uint8Array;
  readonly steps: Float32Array;
}

/** A bag model in two parts. */
export interface CutModel {
  readonly table: BagTable;
  /** The graph behind the bags, which are its inputs [rows, width] now, beside `dense`. */
  readonly rest: Uint8Array;
  /** Names of the bags in the order of the sides asked for. */
  readonly bags: readonly string[];
}

/** Columns are summed sixteen at a time. */
const columnsAtOnce = 16;

/**
 * Takes the sums of table rows out of a bag model's graph, as `scripts/training/bag_graph.py` writes them: `Gather` of the ids of a
 * side from an int8 table, `MatMulInteger` with ones, `Cast`, `Squeeze`, times the columns' steps, times the row's scale. Null where
 * the graph is not of that form: then it runs as it is.
 */
export function cutBags(file: Uint8Array, sides: readonly string[], output: string): CutModel | null {
  try {
    const model = readModel(file);
    return model && cut(model, sides, output);
  } catch (error) {
    if (error instanceof RangeError) return null; // no whole ONNX file: opening it says so
    throw error;
  }
}

function cut(model: OnnxModel, sides: readonly string[], output: string): CutModel | null {
  const nodes = nodesOf(model.graph);
  const found = sides.map((side) => findBag(nodes, side));
  const [first] = found;
  if (!first || found.some((bag) => bag?.codes !== first.codes || bag.steps !== first.steps)) return null;
  const table = readTable(model.graph, first);
  if (!table) return null;
  const bags = found.flatMap((bag) => (bag ? [bag.value] : []));
  const { fields, needed } = keepFor(model.graph, output, new Set(bags));
  const inputs = fields.filter(({ number }) => number === graphField.input);
  const kept = inputs.filter((field) => needed.has(nameOf(field, valueField.name)));
  const outputs = model.graph.filter(
    (field) => field.number === graphField.output && nameOf(field, valueField.name) === output,
  );
  if (kept.map((field) => nameOf(field, valueField.name)).join() !== 'dense' || outputs.length !== 1)
    return null;
  const rest = writeModel(model, [
    ...fields.filter((field) => !inputs.includes(field) || kept.includes(field)).map(({ raw }) => raw),
    ...bags.map((name) => bytesField(graphField.input, floatValue(name, ['rows', table.width]))),
    ...outputs.map(({ raw }) => raw),
  ]);
  return { table, rest, bags };
}

interface Bag {
  readonly value: string;
  readonly codes: string;
  readonly steps: string;
}

/** Follows the ids of a side to the value that the rest of the graph reads; every value on the way has one reader. */
function findBag(nodes: readonly GraphNode[], side: string): Bag | null {
  const gather = nodes.find(({ kind, inputs }) => kind === 'Gather' && inputs[1] === side);
  const [codes = ''] = gather?.inputs ?? [];
  let value = gather?.outputs[0] ?? '';
  const others: string[] = [];
  for (const kind of ['MatMulInteger', 'Cast', 'Squeeze', 'Mul', 'Mul']) {
    const [reader, ...more] = nodes.filter(({ inputs }) => inputs.includes(value));
    if (reader?.kind !== kind || more.length > 0) return null;
    others.push(reader.inputs.find((name) => name !== value) ?? '');
    value = reader.outputs[0] ?? '';
  }
  const [ones, , , steps = ''] = others;
  if (!nodes.some(({ kind, outputs }) => kind === 'ConstantOfShape' && outputs[0] === ones)) return null;
  return { value, codes, steps };
}

function readTable(graph: readonly ProtoField[], names: Bag): BagTable | null {
  const codes = readTensor(graph, names.codes);
  const steps = readTensor(graph, names.steps);
  if (codes?.type !== elementType.int8 || steps?.type !== elementType.float32) return null;
  const [buckets, width = 0] = codes.dims;
  const isWhole =
    buckets === bucketCount &&
    width % columnsAtOnce === 0 &&
    codes.data.length === buckets * width &&
    steps.data.length === width * Float32Array.BYTES_PER_ELEMENT &&
    codes.data.subarray(0, width).every((code) => code === 0);
  // A copy, since a view of floats must begin at a multiple of four.
  return isWhole
    ? { width, codes: codes.data, steps: new Float32Array(Uint8Array.from(steps.data).buffer) }
    : null;
}

function readTensor(graph: readonly ProtoField[], name: string) {
  const field = graph.find(
    (entry) => entry.number === graphField.initializer && nameOf(entry, tensorField.name) === name,
  );
  if (!field?.bytes) return null;
  const parts = readFields(field.bytes);
  return {
    dims: parts.flatMap(({ number, value }) =>
      number === tensorField.dims && value !== undefined ? [value] : [],
    ),
    type: parts.find(({ number }) => number === tensorField.type)?.value,
    data: parts.find(({ number }) => number === tensorField.data)?.bytes ?? new Uint8Array(),
  };
}
