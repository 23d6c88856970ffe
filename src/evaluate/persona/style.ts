/** Traits of the answers of a persona beside those of the others. */
export interface StyleAgreement {
  /** Traits that its description asks for; empty: it asks for none that the tagger knows. */
  readonly wanted: readonly string[];
  /** Share of (answer, wanted trait) pairs in which the trait holds; null without a wanted trait. */
  readonly agreement: number | null;
  /** The same traits in the answers of the other personas: what they would have anyway. */
  readonly others: number | null;
  /** Share of trait decisions in which an answer agrees with most of the persona's other answers; null for a single answer. */
  readonly consistency: number | null;
  /** The same against most of the other personas' answers. */
  readonly consistency_with_others: number | null;
}

/** Trait agreement and consistency per persona, from bit masks over the taxonomy's traits. */
export function measureStyle(
  answers: readonly { readonly persona: number; readonly traits: number }[],
  personas: readonly { readonly wanted: readonly string[] }[],
  traitIds: readonly string[],
): StyleAgreement[] {
  return personas.map(({ wanted }, persona) => {
    const own = answers.filter((answer) => answer.persona === persona).map(({ traits }) => traits);
    const others = answers.filter((answer) => answer.persona !== persona).map(({ traits }) => traits);
    const bits = wanted.map((trait) => traitIds.indexOf(trait)).filter((bit) => bit >= 0);
    return {
      wanted,
      agreement: shareHeld(own, bits),
      others: shareHeld(others, bits),
      consistency: mean(own.map((mask, i) => agreementWith(mask, without(own, i), traitIds.length))),
      consistency_with_others: mean(own.map((mask) => agreementWith(mask, others, traitIds.length))),
    };
  });
}

function shareHeld(masks: readonly number[], bits: readonly number[]): number | null {
  return mean(masks.flatMap((mask) => bits.map((bit) => (mask >> bit) & 1)));
}

/** Share of the traits on which a mask and the majority of others agree; null without others. Half counts as not held. */
function agreementWith(mask: number, others: readonly number[], traits: number): number | null {
  if (others.length === 0) return null;
  let agreed = 0;
  for (let bit = 0; bit < traits; bit++) {
    const held = others.filter((other) => (other >> bit) & 1).length;
    const majority = held * 2 > others.length ? 1 : 0;
    if (((mask >> bit) & 1) === majority) agreed++;
  }
  return agreed / traits;
}

function without<Value>(values: readonly Value[], index: number): Value[] {
  return values.filter((_, i) => i !== index);
}

function mean(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length > 0 ? known.reduce((sum, value) => sum + value, 0) / known.length : null;
}
