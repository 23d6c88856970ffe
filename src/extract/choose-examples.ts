/** A message that could show what a persona is like. */
export interface ExampleCandidate {
  readonly id: string;
  readonly text: string;
  readonly context: string | null;
  /** To the centroid of its cluster. */
  readonly distance: number;
}

const shortest = 40;
const longest = 400;

/** Keeps the typical messages of readable length of which `isPrivate` finds nothing to hide; holds `most` of them. */
export function createExamplePicker(most: number, isPrivate: (text: string) => boolean) {
  const kept: ExampleCandidate[] = [];
  const texts = new Set<string>();
  return {
    offer(candidate: ExampleCandidate): void {
      const { text, distance } = candidate;
      if (text.length < shortest || text.length > longest || texts.has(text)) return;
      const last = kept.at(-1);
      if (kept.length === most && last && byDistance(candidate, last) >= 0) return;
      if (isPrivate(text) || !Number.isFinite(distance)) return;
      texts.add(text);
      kept.push(candidate);
      kept.sort(byDistance);
      if (kept.length > most) texts.delete(kept.pop()?.text ?? '');
    },
    get examples(): readonly ExampleCandidate[] {
      return [...kept];
    },
  };
}

function byDistance(a: ExampleCandidate, b: ExampleCandidate): number {
  return a.distance - b.distance || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
