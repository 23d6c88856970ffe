import { seededRandom } from '../../lib/seeded-random.ts';
import { type AnswerPoints, isCrossed, similarities } from './similarity.ts';

/** Figures are null where no persona has two answers to compare. */
export interface Separability {
  /** Share of answers that lie nearest to their own persona's answers to other prompts. */
  readonly accuracy: number | null;
  /** What shuffled personas get in the same way: the mean over the permutations. */
  readonly chance: number | null;
  /** (accuracy − chance) / (1 − chance): 0 for shuffled personas, 1 when all are told apart. */
  readonly separability: number | null;
  /** Share of permutations that get at least as much, the observed one counted. */
  readonly p_value: number | null;
  readonly permutations: number;
  /** Personas all answered the same prompts, so that topics are taken out. */
  readonly crossed: boolean;
  /** Mean cosine distance of answers of one persona, and of two; of different prompts, where prompts are crossed. */
  readonly within: number | null;
  readonly between: number | null;
  /** Of the persona with each index; null for one with a single answer. */
  readonly per_persona: readonly PersonaSeparation[];
}

export interface PersonaSeparation {
  readonly accuracy: number | null;
  readonly within: number | null;
  readonly between: number | null;
  readonly silhouette: number | null;
  /** Index of the persona whose answers its own are nearest to, and the share that are; null where all lie with their own, or there is but one. */
  readonly taken_for: { readonly persona: number; readonly share: number } | null;
}

/** Enough for a p-value of one half percent. */
const permutations = 199;

/**
 * Whether answers tell who gave them, by sentence embeddings alone. An answer goes to the persona whose answers to *other* prompts
 * it resembles most (mean cosine); personas shuffled within each prompt say what chance is, so the number needs no table and is 0
 * when there is nothing to see. Deterministic by seed. Holds 4 bytes a pair of answers; time grows with their square.
 */
export function measureSeparability(points: AnswerPoints, personas: number, seed: number): Separability {
  const crossed = isCrossed(points);
  const compared = { cosines: similarities(points, crossed), crossed };
  const predicted = nearest(points, points.personas, personas, compared);
  const { within, between } = meanDistances(points, compared);
  // with one answer a persona each lies nearest to another's, whoever gave it
  if (within === null) {
    return { ...notMeasured, crossed, per_persona: Array.from({ length: personas }, () => notSeparated) };
  }
  return {
    ...measureAccuracy(points, personas, { ...compared, predicted, seed }),
    crossed,
    within,
    between,
    per_persona: separations(points, personas, { ...compared, predicted }),
  };
}

const notMeasured = {
  accuracy: null,
  chance: null,
  separability: null,
  p_value: null,
  permutations: 0,
  within: null,
  between: null,
} satisfies Partial<Separability>;

/** Of a persona of which nothing can be measured. */
export const notSeparated: PersonaSeparation = {
  accuracy: null,
  within: null,
  between: null,
  silhouette: null,
  taken_for: null,
};

type Accuracy = Pick<Separability, 'accuracy' | 'chance' | 'separability' | 'p_value' | 'permutations'>;

function measureAccuracy(
  points: AnswerPoints,
  personas: number,
  {
    cosines,
    crossed,
    predicted,
    seed,
  }: {
    readonly cosines: Float32Array;
    readonly crossed: boolean;
    readonly predicted: Int32Array;
    readonly seed: number;
  },
): Accuracy {
  const accuracy = shareRight(predicted, points.personas);
  const random = seededRandom(`separability ${seed}`);
  let [sum, atLeast] = [0, 1];
  for (let round = 0; round < permutations; round++) {
    const shuffled = shuffle(points, crossed, random);
    const found = shareRight(nearest(points, shuffled, personas, { cosines, crossed }), shuffled);
    sum += found;
    if (found >= accuracy - 1e-12) atLeast++;
  }
  const chance = sum / permutations;
  return {
    accuracy,
    chance,
    separability: chance < 1 ? (accuracy - chance) / (1 - chance) : 0,
    p_value: atLeast / (permutations + 1),
    permutations,
  };
}

/** The persona that each answer resembles most; -1 where nothing of another prompt is there to compare with. */
function nearest(
  { answers, prompts }: AnswerPoints,
  labels: Uint16Array,
  personas: number,
  { cosines, crossed }: { readonly cosines: Float32Array; readonly crossed: boolean },
): Int32Array {
  const predicted = new Int32Array(answers).fill(-1);
  const sums = new Float64Array(personas);
  const counts = new Float64Array(personas);
  for (let i = 0; i < answers; i++) {
    sums.fill(0);
    counts.fill(0);
    for (let j = 0; j < answers; j++) {
      if (i === j || (crossed && prompts[i] === prompts[j])) continue;
      const label = labels[j] ?? 0;
      sums[label] = (sums[label] ?? 0) + (cosines[i * answers + j] ?? 0);
      counts[label] = (counts[label] ?? 0) + 1;
    }
    let best = -Infinity;
    for (let persona = 0; persona < personas; persona++) {
      const count = counts[persona] ?? 0;
      const cosine = count > 0 ? (sums[persona] ?? 0) / count : -Infinity;
      if (cosine > best) [best, predicted[i]] = [cosine, persona];
    }
  }
  return predicted;
}

function shareRight(predicted: Int32Array, labels: Uint16Array): number {
  let right = 0;
  for (let i = 0; i < labels.length; i++) if (predicted[i] === labels[i]) right++;
  return labels.length > 0 ? right / labels.length : 0;
}

/** Personas exchanged among the answers to a prompt, or among all answers where prompts are not crossed (Fisher–Yates). */
export function shuffle(points: AnswerPoints, crossed: boolean, random: () => number): Uint16Array {
  const shuffled = Uint16Array.from(points.personas);
  const groups = new Map<number, number[]>();
  points.prompts.forEach((prompt, i) => {
    const group = crossed ? prompt : 0;
    const rows = groups.get(group) ?? [];
    rows.push(i);
    groups.set(group, rows);
  });
  for (const rows of groups.values()) {
    for (let i = rows.length - 1; i > 0; i--) {
      const [a, b] = [rows[i] ?? 0, rows[Math.floor(random() * (i + 1))] ?? 0];
      [shuffled[a], shuffled[b]] = [shuffled[b] ?? 0, shuffled[a] ?? 0];
    }
  }
  return shuffled;
}

function meanDistances(
  { answers, personas, prompts }: AnswerPoints,
  { cosines, crossed }: { readonly cosines: Float32Array; readonly crossed: boolean },
): Pick<Separability, 'within' | 'between'> {
  const [sums, counts] = [
    [0, 0],
    [0, 0],
  ];
  for (let i = 0; i < answers; i++) {
    for (let j = i + 1; j < answers; j++) {
      if (crossed && prompts[i] === prompts[j]) continue; // centring has pushed them apart
      const kind = personas[i] === personas[j] ? 0 : 1;
      sums[kind] = (sums[kind] ?? 0) + 1 - (cosines[i * answers + j] ?? 0);
      counts[kind] = (counts[kind] ?? 0) + 1;
    }
  }
  const distance = (kind: number): number | null => (counts[kind] ? (sums[kind] ?? 0) / counts[kind] : null);
  return { within: distance(0), between: distance(1) };
}

function separations(
  points: AnswerPoints,
  personas: number,
  {
    cosines,
    crossed,
    predicted,
  }: { readonly cosines: Float32Array; readonly crossed: boolean; readonly predicted: Int32Array },
): PersonaSeparation[] {
  const { answers, personas: labels, prompts } = points;
  const members = Array.from({ length: personas }, (): number[] => []);
  labels.forEach((persona, i) => members[persona]?.push(i));
  const meanDistance = (i: number, others: readonly number[]): number | null => {
    const compared = others.filter((j) => j !== i && !(crossed && prompts[i] === prompts[j]));
    if (compared.length === 0) return null;
    return compared.reduce((sum, j) => sum + 1 - (cosines[i * answers + j] ?? 0), 0) / compared.length;
  };
  return members.map((own, persona): PersonaSeparation => {
    const others = members.filter((_, other) => other !== persona);
    const rows = own.map((i) => {
      const a = meanDistance(i, own);
      const distances = others.map((group) => meanDistance(i, group)).filter((distance) => distance !== null);
      const b = distances.length > 0 ? Math.min(...distances) : null;
      const between = meanDistance(i, others.flat());
      const silhouette = a === null || b === null ? null : Math.max(a, b) > 0 ? (b - a) / Math.max(a, b) : 0;
      return { a, between, silhouette };
    });
    return {
      accuracy: own.length > 1 ? own.filter((i) => predicted[i] === persona).length / own.length : null,
      within: mean(rows.map(({ a }) => a)),
      between: mean(rows.map(({ between }) => between)),
      silhouette: mean(rows.map(({ silhouette }) => silhouette)),
      taken_for: takenFor(own, predicted, persona),
    };
  });
}

function takenFor(
  own: readonly number[],
  predicted: Int32Array,
  persona: number,
): PersonaSeparation['taken_for'] {
  if (own.length < 2) return null;
  const counts = new Map<number, number>();
  for (const i of own) {
    const other = predicted[i] ?? -1;
    if (other >= 0 && other !== persona) counts.set(other, (counts.get(other) ?? 0) + 1);
  }
  const [most] = [...counts].toSorted(([a, one], [b, other]) => other - one || a - b);
  return most ? { persona: most[0], share: most[1] / own.length } : null;
}

/** Of the values that are there; null without any. */
function mean(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length > 0 ? known.reduce((sum, value) => sum + value, 0) / known.length : null;
}
