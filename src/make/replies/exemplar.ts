/** A row of our own for a persona: seeds the grammar, and shows a model what is meant. */
export interface Exemplar {
  readonly persona: string;
  readonly instruction: string;
  readonly answer: string;
}

/** Personas → their exemplars, in the order of the files. */
export type Exemplars = ReadonlyMap<string, readonly Exemplar[]>;

export function groupExemplars(exemplars: readonly Exemplar[]): Exemplars {
  const groups = new Map<string, Exemplar[]>();
  for (const exemplar of exemplars) {
    const group = groups.get(exemplar.persona);
    if (group) group.push(exemplar);
    else groups.set(exemplar.persona, [exemplar]);
  }
  return groups;
}
