import { basename, resolve } from 'node:path';

import { throwIfInterrupted } from '../../core/errors.ts';
import type { EncoderFolder } from '../../core/tagger.ts';
import type { Taxonomy } from '../../core/taxonomy.ts';
import { classMetrics, macroF1 } from '../../evaluate/class-metrics.ts';
import { adviseOnLabels } from '../../evaluate/learning-curve.ts';
import { evaluateLabels, type Evaluation } from '../../evaluate/metrics.ts';
import {
  type EvaluateLikelihood,
  fitHead,
  type FittedHead,
  fitWeights,
  type HeadData,
} from '../../fit/fit-head.ts';
import { foldHead, standardise } from '../../fit/linear.ts';
import { bestClasses } from '../../fit/softmax.ts';
import { chooseThresholds } from '../../fit/thresholds.ts';
import { openSoftmaxObjective } from '../../onnx/softmax-objective.ts';
import type { WorkerPool } from '../../tag/pool.ts';
import type { RunContext } from '../context.ts';
import { cutBlocks, type LabelledData, readLabels } from '../evaluate/labelled-data.ts';
import type { RunTools } from '../run.ts';
import { readProvenance } from './encoder-provenance.ts';
import { missPrecision } from './missed-precision.ts';
import type { Embeddings } from './same-readings.ts';
import { taggerId, tryTaggerTarget } from './tagger-target.ts';
import type { BlockEmbeddings, EmbedTask } from '../tasks.ts';
import type { TrainingResult } from './training-result.ts';
import { arrangeRows, type TrainingRows } from './training-rows.ts';
import { openModels, openWorkers } from '../workers.ts';
import { writeTagger } from './write-tagger.ts';

/**
 * Fits a persona head on labelled rows over a shipped sentence encoder and writes it, with the encoder, as a tagger folder. The
 * figures are those of rows held out (whole data sets where a class has several); the written head is fitted on all rows.
 * Equal rows and version give equal bytes, whatever the workers. Holds 4 × (numbers + classes + 1) bytes a row: 1.7 KiB for
 * 384 numbers and 57 classes.
 * @throws ConfigError as `tryTaggerTarget` before any row is read, as `readLabels` and `arrangeRows` before any is encoded; as
 * `arrangeRows` after that where the encoder reads too many rows alike, and as `checkTaggerTarget` where the folder changed since;
 * InterruptedError while rows are encoded or the head is fitted
 */
export async function trainTagger(
  params: {
    readonly data: string;
    readonly out: string;
    /** The persona tagger is the encoder's folder. */
    readonly tools: RunTools;
    readonly encoder: EncoderFolder;
    readonly precision: number;
    readonly workers: number;
  },
  context: RunContext,
): Promise<TrainingResult> {
  const { encoder, tools } = params;
  await tryTaggerTarget(params.out);
  const provenance = await readProvenance(tools.personaTagger.folder, encoder);
  await using pool = openWorkers(tools, params.workers);
  await openModels(pool, 'encoder');
  const labelled = await readLabels(pool, params.data, context);
  arrangeRows(labelled, tools.taxonomy); // what can be refused without the encoder is
  const embeddings = await embedRows(pool, labelled, context);
  const { features, width } = embeddings;
  const rows = arrangeRows(labelled, tools.taxonomy, embeddings);
  putInOrder(embeddings, rows.placeOf);
  const fitting = context.stage('fit', 1, 0, 0);
  const standardised = standardise(features, width);
  const data: HeadData = {
    features,
    labels: rows.labels,
    width,
    classes: rows.classes.length,
    trainingRows: rows.split.training.length,
    heldOutRows: rows.split.heldOut.length,
  };
  await using objective = await openSoftmaxObjective(data);
  const likelihood: EvaluateLikelihood = (point, count) => {
    throwIfInterrupted(context.signal);
    return objective.evaluate(point, count);
  };
  const fitted = await fitHead(data, likelihood);
  const { penalty, temperature } = fitted;
  const result = describe(params, { labelled, rows, data, fitted });
  const weights = await fitWeights(data, likelihood, {
    rows: labelled.rows,
    penalty,
    start: fitted.weights,
  });
  fitting.unitEnd({ unit: 'head', rows: labelled.rows, bytes: 0, rejected: 0, reused: false, ms: 0 });
  fitting.end();
  await writeTagger({
    result,
    encoder,
    provenance,
    head: foldHead(weights, data.classes, standardised, temperature),
    toolVersion: tools.toolVersion,
    data: basename(resolve(params.data)),
  });
  return result;
}

/** Features in the order of the files, with room for a last column of 1. */
async function embedRows(pool: WorkerPool, data: LabelledData, context: RunContext): Promise<Embeddings> {
  const tasks = cutBlocks(data).map((block): EmbedTask => ({ kind: 'embed', block }));
  const stage = context.stage('encode', tasks.length, 0, 0);
  let features = new Float32Array();
  let width = 0;
  await pool.runAll<EmbedTask, BlockEmbeddings>(tasks, {
    signal: context.signal,
    onResult(found, { block }) {
      width = found.width + 1;
      if (features.length === 0) features = new Float32Array(data.rows * width);
      const count = block.to - block.from;
      for (let i = 0; i < count; i++) {
        const numbers = found.numbers.subarray(i * found.width, (i + 1) * found.width);
        features.set(numbers, (block.at + i) * width);
      }
      stage.unitEnd({ unit: block.unit.file.name, rows: count, bytes: 0, rejected: 0, reused: false, ms: 0 });
    },
  });
  stage.end();
  return { features, width };
}

/** Moves every row to its place, along the cycles of the permutation: a copy would hold all numbers twice. */
function putInOrder({ features, width }: Embeddings, placeOf: Uint32Array): void {
  const isMoved = new Uint8Array(placeOf.length);
  const rowAt = (place: number): Float32Array => features.slice(place * width, (place + 1) * width);
  for (let start = 0; start < placeOf.length; start++) {
    let carried = rowAt(start);
    for (let row = start; isMoved[row] === 0; row = placeOf[row] ?? 0) {
      const place = placeOf[row] ?? 0;
      const next = rowAt(place);
      features.set(carried, place * width);
      carried = next;
      isMoved[row] = 1;
    }
  }
}

function describe(
  params: {
    readonly out: string;
    readonly tools: RunTools;
    readonly encoder: EncoderFolder;
    readonly precision: number;
  },
  found: {
    readonly labelled: LabelledData;
    readonly rows: TrainingRows;
    readonly data: HeadData;
    readonly fitted: FittedHead;
  },
): TrainingResult {
  const { labelled, rows, data, fitted } = found;
  const { taxonomy } = params.tools;
  const { classes, trainingRows, heldOutRows } = data;
  const labels = data.labels.subarray(trainingRows, trainingRows + heldOutRows);
  const steps = fitted.curve.map((step) => ({
    ...step,
    ...bestClasses(step.heldOutLogits, classes, fitted.temperature),
  }));
  const [half, full] = steps.slice(-2);
  const best = full?.best ?? new Uint8Array();
  const scores = full?.scores ?? new Float64Array();
  const limits = chooseThresholds({ labels, best, scores, classes, precision: params.precision });
  const isRight = (guesses: Uint8Array = best): boolean[] =>
    Array.from(labels, (label, row) => guesses[row] === label);
  const thresholds = Object.fromEntries(
    rows.classes.map((persona, i) => [taxonomy.personas[persona]?.id ?? '', limits[i] ?? 0]),
  );
  return {
    out: params.out,
    id: taggerId(params.out),
    encoder: params.encoder.id,
    rows: labelled.rows,
    unreadable: labelled.unreadable,
    classes,
    held_out: {
      rows: heldOutRows,
      unseen_origin_classes: rows.split.unseenOriginClasses,
      repeated_rows: rows.split.repeated.length,
    },
    penalty: fitted.penalty,
    temperature: fitted.temperature,
    precision: params.precision,
    thresholds,
    precision_missed: missPrecision(thresholds, params.precision),
    learning_curve: steps.map(({ share, rows: count, best: guesses }) => ({
      share,
      rows: count,
      accuracy: isRight(guesses).filter(Boolean).length / Math.max(1, heldOutRows),
      macro_f1: macroF1(classMetrics(labels, guesses, classes).values()),
    })),
    advice: adviseOnLabels(isRight(half?.best), isRight()),
    evaluation: evaluateHeldOut({ labels, best, scores, limits }, rows.classes, taxonomy),
  };
}

function evaluateHeldOut(
  found: {
    readonly labels: Uint8Array;
    readonly best: Uint8Array;
    readonly scores: Float64Array;
    readonly limits: readonly number[];
  },
  classes: readonly number[],
  taxonomy: Taxonomy,
): Evaluation {
  const { labels, best, scores, limits } = found;
  const persona = (place: number): number => classes[place] ?? 0;
  return evaluateLabels(
    {
      rows: labels.length,
      gold: labels.map(persona),
      best: best.map(persona),
      scores,
      isSure: best.map((place, row) => ((scores[row] ?? 0) >= (limits[place] ?? 0) ? 1 : 0)),
    },
    taxonomy,
  );
}
