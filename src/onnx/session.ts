import { access } from 'node:fs/promises';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { ConfigError } from '../core/errors.ts';

/** What a model must look like; checked when it is opened, before any row. */
export interface ExpectedModel {
  /** Names that must be there; others are an error unless listed in `optionalInputs`. */
  readonly inputs: readonly string[];
  readonly optionalInputs?: readonly string[];
  readonly output: string;
  /** Last dimension of the output; null where the caller takes any. */
  readonly outputWidth: number | null;
  /** A second output of the same pass, for `runBoth`. */
  readonly side?: { readonly output: string; readonly width: number };
}

export type TensorData =
  | { readonly type: 'int32'; readonly data: Int32Array; readonly dims: readonly number[] }
  | { readonly type: 'int64'; readonly data: BigInt64Array; readonly dims: readonly number[] }
  | { readonly type: 'float32'; readonly data: Float32Array; readonly dims: readonly number[] };

/** One loaded model. One call at a time; dispose only when no call is in flight (a native session in use aborts the process). */
export interface OnnxSession extends AsyncDisposable {
  readonly inputNames: readonly string[];
  /** The named output as float32, row-major. @throws ConfigError `onnx-wrong-shape`, `onnx-not-runnable` */
  run(feeds: Readonly<Record<string, TensorData>>): Promise<Float32Array>;
  /** The named output and the side output of one pass. @throws TypeError without a side output */
  runBoth(
    feeds: Readonly<Record<string, TensorData>>,
  ): Promise<{ readonly main: Float32Array; readonly side: Float32Array }>;
}

/**
 * Loads a model on one thread (each worker has its own session, so more threads would only spin against each other).
 * Throws ConfigError `onnx-missing`, `onnx-corrupt`, `onnx-wrong-inputs` or `onnx-wrong-shape`.
 */
export async function openSession(
  path: string,
  expected: ExpectedModel,
  /** The model where it is not the file as it stands; `path` then only names it in errors. */
  model?: Uint8Array,
): Promise<OnnxSession> {
  const session = await load(path, model);
  try {
    checkInputs(path, session, expected);
    checkOutput(path, session, expected.output, expected.outputWidth);
    if (expected.side) checkOutput(path, session, expected.side.output, expected.side.width);
  } catch (error) {
    await session.release();
    throw error;
  }
  return {
    inputNames: session.inputNames,
    async run(feeds) {
      const { output, outputWidth } = expected;
      const results = await runModel(path, session, feeds, [output]);
      return floats(path, results, { output, width: outputWidth, rows: rowsOf(feeds) });
    },
    async runBoth(feeds) {
      const { output, side } = expected;
      if (!side) throw new TypeError('opened without a side output');
      const results = await runModel(path, session, feeds, [output, side.output]);
      const rows = rowsOf(feeds);
      return {
        main: floats(path, results, { output, width: expected.outputWidth, rows }),
        side: floats(path, results, { ...side, rows }),
      };
    },
    [Symbol.asyncDispose]: () => session.release(),
  };
}

function tensorsOf(feeds: Readonly<Record<string, TensorData>>): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(feeds).map(([name, feed]) => [name, new Tensor(feed.type, feed.data, feed.dims)]),
  );
}

async function runModel(
  path: string,
  session: InferenceSession,
  feeds: Readonly<Record<string, TensorData>>,
  outputs: readonly string[],
): Promise<InferenceSession.ReturnType> {
  try {
    return await session.run(tensorsOf(feeds), outputs);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError(`${path}: the model does not run on a row (${reason.slice(0, 160)})`, {
      code: 'onnx-not-runnable',
      hint: 'export it with the types and free dimensions that taggers of its kind have',
      cause,
    });
  }
}

function rowsOf(feeds: Readonly<Record<string, TensorData>>): number {
  return Object.values(feeds)[0]?.dims[0] ?? 0;
}

/** `width` null: any, the same for every row. */
function floats(
  path: string,
  results: InferenceSession.ReturnType,
  { output, width, rows }: { readonly output: string; readonly width: number | null; readonly rows: number },
): Float32Array {
  const { data, dims } = results[output] ?? {};
  if (!(data instanceof Float32Array)) throw wrongShape(path, `output "${output}" is not float32`);
  if (width === null && dims?.length !== 2)
    throw wrongShape(
      path,
      `output "${output}" has the dimensions ${dims?.join(' × ')}; expected one vector a row`,
      'pool the tokens inside the model, for instance by their mean',
    );
  if (width !== null && data.length !== rows * width)
    throw wrongShape(
      path,
      `output "${output}" gives ${data.length} numbers for ${rows} rows; expected ${width} a row`,
    );
  return data;
}

const options: InferenceSession.SessionOptions = {
  executionProviders: ['cpu'],
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
  logSeverityLevel: 4, // errors are thrown, with their reason
};

async function load(path: string, model?: Uint8Array): Promise<InferenceSession> {
  try {
    await access(path);
  } catch (cause) {
    throw new ConfigError(`${path}: no such model file`, {
      code: 'onnx-missing',
      hint: 'check the tagger folder, or fetch it again',
      cause,
    });
  }
  try {
    return await (model ? InferenceSession.create(model, options) : InferenceSession.create(path, options));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError(`${path}: not a readable ONNX model (${reason.slice(0, 160)})`, {
      code: 'onnx-corrupt',
      hint: 'the file is cut or made for a newer ONNX runtime; export or copy it again',
      cause,
    });
  }
}

function checkInputs(path: string, session: InferenceSession, expected: ExpectedModel): void {
  const missing = expected.inputs.filter((name) => !session.inputNames.includes(name));
  const known = [...expected.inputs, ...(expected.optionalInputs ?? [])];
  const unknown = session.inputNames.filter((name) => !known.includes(name));
  if (missing.length === 0 && unknown.length === 0) return;
  throw new ConfigError(
    `${path}: the model takes ${session.inputNames.join(', ')}; expected ${expected.inputs.join(', ')}`,
    {
      code: 'onnx-wrong-inputs',
      hint: 'export the model with these input names, or correct "kind" in tagger.json',
    },
  );
}

function checkOutput(path: string, session: InferenceSession, name: string, wanted: number | null): void {
  const output = session.outputMetadata.find((entry) => entry.name === name);
  if (!output?.isTensor) {
    throw wrongShape(path, `the model gives ${session.outputNames.join(', ')}; expected an output "${name}"`);
  }
  const width = output.shape.at(-1);
  if (wanted === null || typeof width !== 'number' || width < 0 || width === wanted) return;
  throw wrongShape(path, `output "${name}" has ${width} columns; expected ${wanted}, one a label`);
}

function wrongShape(
  path: string,
  what: string,
  hint = 'the labels in tagger.json and the model must belong together',
): ConfigError {
  return new ConfigError(`${path}: ${what}`, { code: 'onnx-wrong-shape', hint });
}
