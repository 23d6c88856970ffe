import type { Taxonomy } from '../core/taxonomy.ts';

/** Trait bits of one row: scores at or above their threshold, at most one (the highest, then the first) per exclusive group. */
export type TraitDecision = (scores: Float32Array, at: number) => number;

/** Compiles thresholds and groups into a decision over scores in the order of `labels`; bits follow the taxonomy. */
export function compileTraitDecision(
  taxonomy: Taxonomy,
  labels: readonly string[],
  thresholds: readonly number[],
): TraitDecision {
  const bits = labels.map((label) => taxonomy.traits.findIndex((trait) => trait.id === label));
  const groups = [...new Set(taxonomy.traits.map((trait) => trait.group))].filter((group) => group !== null);
  const groupOf = bits.map((bit) => groups.indexOf(taxonomy.traits[bit]?.group ?? ''));
  const best = new Float64Array(groups.length);
  const bestBit = new Int8Array(groups.length);
  return (scores, at) => {
    best.fill(-1);
    let mask = 0;
    for (let i = 0; i < bits.length; i++) {
      const score = scores[at + i] ?? 0;
      const bit = bits[i] ?? -1;
      if (bit < 0 || score < (thresholds[i] ?? 1)) continue;
      const group = groupOf[i] ?? -1;
      if (group < 0) mask |= 1 << bit;
      else if (score > (best[group] ?? 0)) {
        best[group] = score;
        bestBit[group] = bit;
      }
    }
    for (let group = 0; group < best.length; group++)
      if ((best[group] ?? -1) >= 0) mask |= 1 << (bestBit[group] ?? 0);
    return mask;
  };
}

export interface PersonaLabel {
  /** Index into the taxonomy. */
  persona: number;
  /** Probability after the prior, in [0, 1]. */
  score: number;
}

/** The best classes of one row as the sidecar keeps them: `count` entries from `at`, best first; scores × 65535. */
interface PersonaCandidates {
  readonly personas: ArrayLike<number>;
  readonly scores: ArrayLike<number>;
  readonly at: number;
  readonly count: number;
  readonly originScore: number;
}

interface PriorRule {
  /** Index of the origin persona; -1: none. */
  readonly origin: number;
  readonly strength: number;
  /** Number of personas. */
  readonly classes: number;
}

/** The best label of one row of a batch's scores (ties: the first), and whether it reaches its threshold. */
export function bestLabel(
  scores: Float32Array,
  row: number,
  thresholds: readonly number[],
): { readonly label: number; readonly score: number; readonly isSure: boolean } {
  const at = row * thresholds.length;
  let label = 0;
  for (let i = 1; i < thresholds.length; i++)
    if ((scores[at + i] ?? 0) > (scores[at + label] ?? 0)) label = i;
  const score = scores[at + label] ?? 0;
  return { label, score, isSure: score >= (thresholds[label] ?? 0) };
}

/**
 * The persona of a row from its stored candidates. The origin persona enters as a second expert in a logarithmic pool,
 * p ∝ tagger^(1−s) · prior^s, where the prior gives the origin half of the mass and spreads the rest evenly
 * (Genest & Zidek 1986); strength 1 fixes the label, whose score is 1.
 */
export function decidePersona(candidates: PersonaCandidates, rule: PriorRule, out: PersonaLabel): void {
  if (rule.origin >= 0 && rule.strength === 1) {
    out.persona = rule.origin;
    out.score = 1;
    return;
  }
  if (rule.origin >= 0 && rule.strength > 0) {
    [out.persona, out.score] = poolWithPrior(candidates, rule);
    return;
  }
  out.persona = candidates.personas[candidates.at] ?? 0;
  out.score = (candidates.scores[candidates.at] ?? 0) / 65535;
}

function poolWithPrior(candidates: PersonaCandidates, rule: PriorRule): [number, number] {
  const { origin, strength, classes } = rule;
  const other = 0.5 / (classes - 1);
  const originMass = (candidates.originScore / 65535 || 1e-6) ** (1 - strength) * 0.5 ** strength;
  let best = origin;
  let bestMass = originMass;
  let sum = originMass;
  let seen = candidates.originScore / 65535;
  let listed = 1;
  for (let i = 0; i < candidates.count; i++) {
    const persona = candidates.personas[candidates.at + i] ?? 0;
    if (persona === origin) continue;
    const probability = (candidates.scores[candidates.at + i] ?? 0) / 65535;
    const mass = probability ** (1 - strength) * other ** strength;
    sum += mass;
    seen += probability;
    listed++;
    if (mass > bestMass) [best, bestMass] = [persona, mass];
  }
  const unlisted = classes - listed;
  if (unlisted > 0)
    sum += unlisted * (Math.max(1e-9, 1 - seen) / unlisted) ** (1 - strength) * other ** strength;
  return [best, bestMass / sum];
}
