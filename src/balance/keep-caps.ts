import { bindingCaps, excessOf, groupsOfCap } from './caps.ts';
import { compare, zero } from './fraction.ts';
import type { Model } from './model.ts';

/**
 * Takes synthetic rows out while a cap is broken and puts another row that counts towards the same constraints in, where
 * there is one: the last step of rounding, a row or two per cap. Changes and returns `counts`.
 */
export function keepCaps(model: Model, counts: number[]): number[] {
  for (const cap of bindingCaps(model)) {
    const { base, synthetic } = groupsOfCap(model, cap);
    while (compare(excessOf(model, cap, counts), zero) > 0) {
      const from = largest(synthetic, counts);
      if (from < 0) break;
      counts[from] = (counts[from] ?? 0) - 1;
      const to = replacement(model, { base, from, counts });
      if (to >= 0) counts[to] = (counts[to] ?? 0) + 1;
    }
  }
  return counts;
}

/** The group with the most rows, the first of equals; -1: none has any. */
function largest(groups: readonly number[], counts: readonly number[]): number {
  let best = -1;
  for (const group of groups)
    if ((counts[group] ?? 0) > 0 && (best < 0 || (counts[group] ?? 0) > (counts[best] ?? 0))) best = group;
  return best;
}

/** A group of rows that were not made, with room for one more, of the same constraints and the same caps; -1: none. */
function replacement(
  model: Model,
  place: { readonly base: readonly number[]; readonly from: number; readonly counts: readonly number[] },
): number {
  const wanted = model.groups[place.from];
  const found = place.base.find((index) => {
    const group = model.groups[index];
    if (!group || group.synthetic || (place.counts[index] ?? 0) >= group.capacityRows) return false;
    return group.members.join() === wanted?.members.join() && group.caps.join() === wanted.caps.join();
  });
  return found ?? -1;
}
