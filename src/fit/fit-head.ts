import { minimise, type Slope } from './lbfgs.ts';
import { logitsOf } from './linear.ts';
import { fitTemperature, smoothedLikelihood } from './temperature.ts';

/** Mean negative log-likelihood of the first `rows` rows, and its gradient. */
export type EvaluateLikelihood = (weights: Float64Array, rows: number) => Promise<Slope>;

/** Rows in the order training, held out, the rest; features row-major [rows, width] with 1 in the last column. */
export interface HeadData {
  readonly features: Float32Array;
  readonly labels: Uint8Array;
  readonly width: number;
  readonly classes: number;
  readonly trainingRows: number;
  readonly heldOutRows: number;
}

export interface FittedHead {
  /** Weight of ½‖w‖² against the sum of the rows' losses. */
  readonly penalty: number;
  readonly temperature: number;
  /** Fitted on the training rows. */
  readonly weights: Float64Array;
  /** One per share of the training rows. */
  readonly curve: readonly CurvePoint[];
}

export interface CurvePoint {
  readonly share: number;
  readonly rows: number;
  /** Logits of the held-out rows. */
  readonly heldOutLogits: Float64Array;
}

/** Strongest first, so that every fit starts near its end. */
const penalties = [1024, 256, 64, 16, 4, 1];
/** The best penalty hardly depends on the number of rows, and this many show it. */
const penaltyRows = 20_000;
const curveShares = [0.1, 0.25, 0.5, 1];
const limits = { iterations: 150, tolerance: 2e-5 };

/**
 * Fits a multinomial logistic head: the L2 penalty by likelihood on the held-out rows, then the learning curve over 10, 25, 50 and
 * 100 % of the training rows, then the temperature of the last on the held-out rows.
 */
export async function fitHead(data: HeadData, likelihood: EvaluateLikelihood): Promise<FittedHead> {
  const penalty = await choosePenalty(data, likelihood);
  const curve: CurvePoint[] = [];
  let weights = zeroWeights(data);
  for (const share of curveShares) {
    const rows = Math.max(1, Math.round(data.trainingRows * share));
    weights = await fitWeights(data, likelihood, { rows, penalty, start: weights });
    curve.push({ share, rows, heldOutLogits: heldOutLogits(data, weights) });
  }
  const logits = curve.at(-1)?.heldOutLogits ?? new Float64Array();
  return { penalty, temperature: fitTemperature(logits, heldOutLabels(data), data.classes), weights, curve };
}

/** Weights that minimise the penalised loss of the first `rows` rows; the bias (last row of the weights) goes free. */
export async function fitWeights(
  data: HeadData,
  likelihood: EvaluateLikelihood,
  params: { readonly rows: number; readonly penalty: number; readonly start: Float64Array },
): Promise<Float64Array> {
  const free = (data.width - 1) * data.classes;
  const strength = params.penalty / params.rows;
  const slopeAt = async (point: Float64Array): Promise<Slope> => {
    const { loss, gradient } = await likelihood(point, params.rows);
    let squares = 0;
    for (let i = 0; i < free; i++) {
      const weight = point[i] as number;
      squares += weight * weight;
      gradient[i] = (gradient[i] as number) + strength * weight;
    }
    return { loss: loss + (strength / 2) * squares, gradient };
  };
  return (await minimise(slopeAt, params.start, limits)).point;
}

async function choosePenalty(data: HeadData, likelihood: EvaluateLikelihood): Promise<number> {
  const rows = Math.min(penaltyRows, data.trainingRows);
  const labels = heldOutLabels(data);
  let best = { penalty: penalties[0] ?? 1, loss: Infinity };
  let weights = zeroWeights(data);
  for (const penalty of penalties) {
    weights = await fitWeights(data, likelihood, { rows, penalty, start: weights });
    const logits = heldOutLogits(data, weights);
    const loss = smoothedLikelihood(
      logits,
      labels,
      data.classes,
      fitTemperature(logits, labels, data.classes),
    );
    if (loss < best.loss) best = { penalty, loss };
  }
  return best.penalty;
}

function zeroWeights({ width, classes }: HeadData): Float64Array {
  return new Float64Array(width * classes);
}

function heldOutLogits(data: HeadData, weights: Float64Array): Float64Array {
  const { width, classes, trainingRows, heldOutRows } = data;
  return logitsOf(data.features, weights, {
    width,
    classes,
    from: trainingRows,
    to: trainingRows + heldOutRows,
  });
}

function heldOutLabels({ labels, trainingRows, heldOutRows }: HeadData): Uint8Array {
  return labels.subarray(trainingRows, trainingRows + heldOutRows);
}
