import { importanceLabels, type ImportanceLabel } from '../core/meeting.ts';

/** What the rules say of a meeting of a persona that training never saw. */
export interface OracleLabel {
  readonly id: string;
  readonly persona: string;
  /** null where the persona has none: counted over all personas alone. */
  readonly tier: 1 | 2 | 3 | null;
  readonly importance: ImportanceLabel;
  readonly prepMinutes: number;
}

/** What a model says. null: it did not say. */
export interface MeetingPrediction {
  readonly importance: string | null;
  readonly prepMinutes: number | null;
}

export interface TierFigures {
  readonly meetings: number;
  readonly personas: number;
  /** Share of right importance labels; a meeting without a prediction is wrong. */
  readonly accuracy: number;
  /** 95 % Wilson interval of the accuracy. */
  readonly accuracyInterval: readonly [number, number];
  /** Mean F1 of the importance labels that occur. */
  readonly importanceF1: number;
  /** Share of preparation times within ten minutes. */
  readonly prepWithinTen: number;
  readonly withoutPrediction: number;
}

export interface TierGate {
  readonly tier: 1 | 2 | 3;
  /** Accuracy that unlocks the tier. */
  readonly wanted: number;
  readonly isUnlocked: boolean;
  readonly reason: string;
  /** null: no held-out persona of this tier. */
  readonly figures: TierFigures | null;
}

export interface TierGates {
  readonly overall: TierFigures;
  /** In the order of rollout: 3, 2, 1. */
  readonly gates: readonly TierGate[];
}

/** Rollout order and accuracy of each tier as printed: tier 3 at 75 %, tier 2 at 80-85 %, tier 1 only at 85 % and above. */
const rollout = [
  { tier: 3, wanted: 0.75 },
  { tier: 2, wanted: 0.8 },
  { tier: 1, wanted: 0.85 },
] as const;
const prepTolerance = 10;
/** Below this many meetings an accuracy decides nothing. */
const fewestMeetings = 20;

/**
 * Which tiers may be served. A tier is unlocked when every tier before it is, and the accuracy on its own held-out personas and on
 * all of them reaches what is wanted: what high-stakes users need has to be proven on the others first.
 */
export function gateTiers(
  labels: readonly OracleLabel[],
  predictions: ReadonlyMap<string, MeetingPrediction>,
): TierGates {
  const overall = measureTier(labels, predictions);
  let isOpen = true;
  const gates = rollout.map(({ tier, wanted }): TierGate => {
    const own = labels.filter((label) => label.tier === tier);
    const figures = own.length === 0 ? null : measureTier(own, predictions);
    const reason = reasonAgainst({ figures, overall, wanted, isOpen });
    isOpen &&= reason === null;
    return { tier, wanted, isUnlocked: isOpen, reason: reason ?? `at least ${percent(wanted)}`, figures };
  });
  return { overall, gates };
}

function reasonAgainst(params: {
  readonly figures: TierFigures | null;
  readonly overall: TierFigures;
  readonly wanted: number;
  readonly isOpen: boolean;
}): string | null {
  const { figures, overall, wanted, isOpen } = params;
  if (figures === null) return 'no held-out persona of this tier';
  if (figures.meetings < fewestMeetings) return `only ${figures.meetings} meetings`;
  if (figures.accuracy < wanted)
    return `${percent(figures.accuracy)} on its personas, not ${percent(wanted)}`;
  if (overall.accuracy < wanted)
    return `${percent(overall.accuracy)} over all personas, not ${percent(wanted)}`;
  return isOpen ? null : 'the tier before it is locked';
}

function measureTier(
  labels: readonly OracleLabel[],
  predictions: ReadonlyMap<string, MeetingPrediction>,
): TierFigures {
  let [right, within, without] = [0, 0, 0];
  for (const { id, importance, prepMinutes } of labels) {
    const prediction = predictions.get(id);
    if ((prediction?.importance ?? null) === null) without++;
    if (prediction?.importance === importance) right++;
    const predicted = prediction?.prepMinutes ?? null;
    if (predicted !== null && Math.abs(predicted - prepMinutes) <= prepTolerance) within++;
  }
  const meetings = labels.length;
  return {
    meetings,
    personas: new Set(labels.map(({ persona }) => persona)).size,
    accuracy: right / Math.max(1, meetings),
    accuracyInterval: wilson(right, meetings),
    importanceF1: macroF1(labels, predictions),
    prepWithinTen: within / Math.max(1, meetings),
    withoutPrediction: without,
  };
}

function macroF1(
  labels: readonly OracleLabel[],
  predictions: ReadonlyMap<string, MeetingPrediction>,
): number {
  const occurring = importanceLabels.filter((name) => labels.some(({ importance }) => importance === name));
  const scores = occurring.map((name) => {
    const predicted = labels.filter(({ id }) => predictions.get(id)?.importance === name);
    const actual = labels.filter(({ importance }) => importance === name);
    const both = predicted.filter(({ importance }) => importance === name).length;
    return (2 * both) / (predicted.length + actual.length);
  });
  return scores.reduce((sum, score) => sum + score, 0) / Math.max(1, scores.length);
}

/** Wilson score interval at 95 % (Wilson 1927). */
function wilson(right: number, all: number): readonly [number, number] {
  if (all === 0) return [0, 1];
  const z = 1.96;
  const share = right / all;
  const middle = share + z ** 2 / (2 * all);
  const half = z * Math.sqrt((share * (1 - share)) / all + z ** 2 / (4 * all ** 2));
  const scale = 1 + z ** 2 / all;
  return [Math.max(0, (middle - half) / scale), Math.min(1, (middle + half) / scale)];
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
