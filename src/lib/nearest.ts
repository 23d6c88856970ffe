import { closest, distance } from 'fastest-levenshtein';

/** The known name that `name` was probably meant to be; undefined when none is close (more than 40 % of the letters differ). */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const best = closest(name.toLowerCase(), [...known]);
  return distance(name.toLowerCase(), best) <= Math.max(2, Math.ceil(name.length * 0.4)) ? best : undefined;
}

/** `did you mean "x"?`, or the whole list when nothing is close. */
export function suggestName(name: string, known: readonly string[]): string {
  const best = nearestName(name, known);
  return best ? `did you mean "${best}"?` : `known: ${known.join(', ')}`;
}
