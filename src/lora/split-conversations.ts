import { hashText, hashToHex } from '../lib/hash.ts';

const validationShare = 0.1;
/** A conversation that would lift validation above this stays in training. */
const mostValidation = 0.15;

/**
 * Which conversations become validation: a tenth of the rows, in the order of a hash of the conversation and the seed, each
 * whole; at least one where there are two. Depends on ids and counts alone.
 */
export function validationConversations(
  rowsPerConversation: ReadonlyMap<string, number>,
  seed: number,
): ReadonlySet<string> {
  const total = [...rowsPerConversation.values()].reduce((sum, rows) => sum + rows, 0);
  const chosen = new Set<string>();
  if (rowsPerConversation.size < 2) return chosen;
  const drawn = [...rowsPerConversation]
    .map(([id, rows]) => ({ id, rows, key: drawKey(`${seed} ${id}`) }))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1));
  let taken = 0;
  for (const { id, rows } of drawn) {
    if (taken >= total * validationShare) break;
    if (taken + rows > total * mostValidation) continue;
    chosen.add(id);
    taken += rows;
  }
  if (chosen.size > 0) return chosen;
  const smallest = drawn.reduce((best, each) => (each.rows < best.rows ? each : best));
  return chosen.add(smallest.id);
}

/** Where something stands in a draw: as good as random, and the same every time. */
export function drawKey(text: string): string {
  return hashToHex(hashText(text));
}
