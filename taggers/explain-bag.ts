import type { Evidence, TextBatch } from '../src/core/tagger.ts';
import type { BagModel } from '../src/onnx/bag-model.ts';
import { denseNames } from '../src/onnx/dense-names.ts';
import { denseCount, type FeatureBatch, featurise } from '../src/onnx/featurise.ts';
import { nameFeatures } from '../src/onnx/name-features.ts';
import { featureLimits, side } from '../src/onnx/scan-layout.ts';
import { applyMultiTurnRule, multiTurnRule } from './multi-turn-rule.ts';

/** Below this a feature decided nothing. */
const leastWeight = 0.0005;

/**
 * What speaks for a label in a bag model, by exact occlusion: the model is run once for every word, pair and structural feature of
 * the row with that one left out (all its occurrences, lengths scaled as if it had never stood there), and a feature's weight
 * is what the label's probability loses. Features share the work, so weights need not add up. A few hundred small model runs a
 * row. Lengths are no evidence here: no text is without them.
 */
export async function explainBag(
  model: BagModel,
  batch: TextBatch,
  params: { readonly labels: readonly string[]; readonly chosen: readonly number[]; readonly most: number },
): Promise<Evidence[][]> {
  const features = featurise(batch);
  const evidence: Evidence[][] = [];
  for (let row = 0; row < batch.rows; row++)
    evidence.push(await explainRow(model, { batch, features, row }, params));
  return evidence;
}

async function explainRow(
  model: BagModel,
  {
    batch,
    features,
    row,
  }: { readonly batch: TextBatch; readonly features: FeatureBatch; readonly row: number },
  params: { readonly labels: readonly string[]; readonly chosen: readonly number[]; readonly most: number },
): Promise<Evidence[]> {
  const absences = listAbsences(batch, features, row);
  const variants = repeatRow(features, row, absences.length + 1);
  absences.forEach((absence, i) => leaveOut(variants, i + 1, absence));
  const width = params.labels.length;
  const scores = await model.score(variants);
  applyMultiTurnRule(scores, variants, width, multiTurnRule(params.labels));
  const label = params.chosen[row] ?? 0;
  const whole = scores[label] ?? 0;
  return absences
    .map(({ side: of, kind, feature }, i) => ({
      side: of,
      kind,
      feature,
      weight: Math.round((whole - (scores[(i + 1) * width + label] ?? 0)) * 1e4) / 1e4,
    }))
    .filter(({ weight }) => weight >= leastWeight)
    .toSorted((a, b) => b.weight - a.weight || (nameOf(a) < nameOf(b) ? -1 : 1))
    .slice(0, params.most);
}

function nameOf({ side: of, kind, feature }: Omit<Evidence, 'weight'>): string {
  return `${of} ${kind} ${feature}`;
}

/** A feature and where it stands: places of a side's ids, or one structural feature. */
type Absence = Omit<Evidence, 'weight'> & { readonly places: readonly number[] };

function listAbsences(batch: TextBatch, features: FeatureBatch, row: number): Absence[] {
  const [assistant, user] = nameFeatures(batch, row);
  return [
    ...groupNames('assistant', assistant),
    ...groupNames('user', user),
    ...denseNames.flatMap(({ side: of, name, canBeAbsent }, place): Absence[] =>
      canBeAbsent && features.dense[row * denseCount + place] !== 0
        ? [{ side: of, kind: 'structure', feature: name, places: [place] }]
        : [],
    ),
  ];
}

function groupNames(of: 'assistant' | 'user', names: ReturnType<typeof nameFeatures>[0]): Absence[] {
  const places = new Map<string, number[]>();
  names.forEach(({ kind, text }, place) => {
    const key = `${kind} ${text.toLowerCase()}`;
    places.set(key, [...(places.get(key) ?? []), place]);
  });
  return [...places].map(([key, at]) => {
    const [kind = ''] = key.split(' ', 1);
    return {
      side: of,
      kind: kind === 'pair' ? 'pair' : 'word',
      feature: key.slice(kind.length + 1),
      places: at,
    };
  });
}

function repeatRow(features: FeatureBatch, row: number, times: number): FeatureBatch {
  const repeat = (all: Int32Array | Float32Array, width: number, out: Int32Array | Float32Array): void => {
    for (let i = 0; i < times; i++) out.set(all.subarray(row * width, (row + 1) * width), i * width);
  };
  const whole = (all: Int32Array, width: number): Int32Array => {
    const out = new Int32Array(width * times);
    repeat(all, width, out);
    return out;
  };
  const dense = new Float32Array(denseCount * times);
  repeat(features.dense, denseCount, dense);
  return {
    ...features,
    rows: times,
    assistantIds: whole(features.assistantIds, featureLimits[side.assistant]),
    assistantCounts: whole(features.assistantCounts, 1),
    userIds: whole(features.userIds, featureLimits[side.user]),
    userCounts: whole(features.userCounts, 1),
    userTurns: whole(features.userTurns, 1),
    dense,
  };
}

function leaveOut(variants: FeatureBatch, variant: number, { side: of, kind, places }: Absence): void {
  if (kind === 'structure') {
    for (const place of places) variants.dense[variant * denseCount + place] = 0;
    return;
  }
  const speaker = of === 'assistant' ? side.assistant : side.user;
  const [ids, counts] =
    of === 'assistant'
      ? [variants.assistantIds, variants.assistantCounts]
      : [variants.userIds, variants.userCounts];
  for (const place of places) ids[variant * featureLimits[speaker] + place] = 0;
  counts[variant] = (counts[variant] ?? 0) - places.length;
}
