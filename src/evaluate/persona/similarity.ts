/** Answers as numbers; arrays are parallel, one entry an answer. */
export interface AnswerPoints {
  readonly answers: number;
  /** Index of the persona that answered. */
  readonly personas: Uint16Array;
  /** Index of the prompt that was answered. */
  readonly prompts: Uint32Array;
  /** Row-major [answers, width]. */
  readonly vectors: Float32Array;
  readonly width: number;
}

/** Whether every prompt was answered by several personas, and every persona answered several prompts: then topic can be taken out. */
export function isCrossed({ answers, personas, prompts }: AnswerPoints): boolean {
  const byPrompt = new Map<number, Set<number>>();
  const byPersona = new Map<number, Set<number>>();
  for (let i = 0; i < answers; i++) {
    const [persona, prompt] = [personas[i] ?? 0, prompts[i] ?? 0];
    byPrompt.set(prompt, (byPrompt.get(prompt) ?? new Set()).add(persona));
    byPersona.set(persona, (byPersona.get(persona) ?? new Set()).add(prompt));
  }
  return [...byPrompt.values(), ...byPersona.values()].every((set) => set.size > 1);
}

/**
 * Cosines between all answers, row-major [answers, answers]. Before, the mean of all answers is taken from each, or, where prompts
 * are crossed, the mean of the answers to its prompt: what is left is how it was said. 4 bytes a pair.
 */
export function similarities(points: AnswerPoints, crossed: boolean): Float32Array {
  const { answers, width } = points;
  const centred = centre(points, crossed);
  const cosines = new Float32Array(answers * answers);
  for (let i = 0; i < answers; i++) {
    for (let j = i; j < answers; j++) {
      let dot = 0;
      for (let k = 0; k < width; k++) dot += (centred[i * width + k] ?? 0) * (centred[j * width + k] ?? 0);
      cosines[i * answers + j] = dot;
      cosines[j * answers + i] = dot;
    }
  }
  return cosines;
}

function centre({ answers, prompts, vectors, width }: AnswerPoints, crossed: boolean): Float64Array {
  const centred = Float64Array.from(vectors);
  for (let i = 0; i < answers; i++) normalise(centred, i * width, width);
  const groups = new Map<number, number[]>();
  for (let i = 0; i < answers; i++) {
    const group = crossed ? (prompts[i] ?? 0) : 0;
    groups.set(group, [...(groups.get(group) ?? []), i]);
  }
  for (const rows of groups.values()) {
    for (let k = 0; k < width; k++) {
      let sum = 0;
      for (const row of rows) sum += centred[row * width + k] ?? 0;
      for (const row of rows) centred[row * width + k] = (centred[row * width + k] ?? 0) - sum / rows.length;
    }
  }
  for (let i = 0; i < answers; i++) normalise(centred, i * width, width);
  return centred;
}

function normalise(numbers: Float64Array, at: number, width: number): void {
  let square = 0;
  for (let k = 0; k < width; k++) square += (numbers[at + k] ?? 0) ** 2;
  const length = Math.sqrt(square);
  if (length < 1e-9) return; // equal answers to a prompt: nothing is left of them
  for (let k = 0; k < width; k++) numbers[at + k] = (numbers[at + k] ?? 0) / length;
}
