import type { ClusterProfile } from './cluster-profile.ts';
import { compileMatcher, type WordMatcher } from './word-matcher.ts';

/** configs/extract/names.yaml. */
export interface NameRules {
  readonly nouns: readonly NounRule[];
  readonly adjectives: readonly {
    readonly name: string;
    readonly signs: Readonly<Record<string, number>>;
  }[];
}

export interface NounRule {
  readonly name: string;
  /** Behaviour class of the taxonomy. */
  readonly persona: string;
  readonly focus: string;
  readonly priority: string;
  readonly signs: Readonly<Record<string, number>>;
}

export interface ClusterName {
  /** Unique: `Architect`, `Methodical Architect`. */
  readonly name: string;
  /** Slug of the name. */
  readonly id: string;
  readonly noun: NounRule;
}

/** The word signs of the rules, each once, in order: groups of a matcher that counts them. */
export function signPatterns(rules: NameRules): string[] {
  const all = [...rules.nouns, ...rules.adjectives].flatMap(({ signs }) => Object.keys(signs));
  return [...new Set(all.filter((sign) => sign.startsWith('word:')).map((sign) => sign.slice(5)))];
}

export function compileSigns(rules: NameRules): WordMatcher {
  return compileMatcher(signPatterns(rules).map((pattern) => [pattern]));
}

/**
 * Names by what a cluster has more of than the others. Each noun is given once, to the cluster it fits best; a cluster that
 * another noun fits less than half as well takes the taken one with an adjective. One name a profile, in their order.
 */
export function nameClusters(profiles: readonly ClusterProfile[], rules: NameRules): ClusterName[] {
  const patterns = signPatterns(rules);
  const score = (signs: Readonly<Record<string, number>>): number[] => {
    const columns = Object.entries(signs).map(([sign, weight]) =>
      lifts(profiles.map((profile) => signShare(profile, sign, patterns))).map((lift) => lift * weight),
    );
    return profiles.map((_, cluster) => columns.reduce((sum, column) => sum + (column[cluster] ?? 0), 0));
  };
  const nouns = rules.nouns.map((noun) => ({ noun, scores: score(noun.signs) }));
  const adjectives = rules.adjectives.map(({ name, signs }) => ({ name, scores: score(signs) }));
  const pairs = nouns
    .flatMap(({ noun, scores }, place) => scores.map((value, cluster) => ({ noun, place, cluster, value })))
    .toSorted((a, b) => b.value - a.value || a.cluster - b.cluster || a.place - b.place);
  const names = new Map<number, ClusterName>();
  const taken = new Set<string>();
  for (const { noun, cluster, value } of pairs) {
    if (names.has(cluster)) continue;
    const fits = taken.has(noun.name) ? adjectives : null;
    const next = pairs.find((pair) => pair.cluster === cluster && !taken.has(pair.noun.name));
    if (fits && next && next.value >= value / 2) continue;
    const adjective = fits ? bestAdjective(fits, cluster, noun.name, taken) : null;
    if (fits && adjective === null) continue;
    const name = adjective === null ? noun.name : `${adjective} ${noun.name}`;
    taken.add(name);
    names.set(cluster, { name, id: name.toLowerCase().replaceAll(' ', '_'), noun });
  }
  return profiles.flatMap((_, cluster) => names.get(cluster) ?? []);
}

function bestAdjective(
  adjectives: readonly { readonly name: string; readonly scores: readonly number[] }[],
  cluster: number,
  noun: string,
  taken: ReadonlySet<string>,
): string | null {
  const free = adjectives.filter(({ name }) => !taken.has(`${name} ${noun}`));
  const ranked = free.toSorted((a, b) => (b.scores[cluster] ?? 0) - (a.scores[cluster] ?? 0));
  return ranked[0]?.name ?? null;
}

/** How far each share lies above the mean of the others, in units of their spread; shares that hardly differ say nothing. */
function lifts(shares: readonly number[]): number[] {
  const mean = shares.reduce((sum, share) => sum + share, 0) / Math.max(1, shares.length);
  const spread = Math.sqrt(
    shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / Math.max(1, shares.length),
  );
  return shares.map((share) => (share - mean) / (spread + smallestSpread));
}

/** Two in a hundred messages more or less are chance. */
const smallestSpread = 0.02;

function signShare(profile: ClusterProfile, sign: string, patterns: readonly string[]): number {
  const size = Math.max(1, profile.size);
  const at = sign.indexOf(':');
  const [kind, name] = at < 0 ? [sign, ''] : [sign.slice(0, at), sign.slice(at + 1)];
  switch (kind) {
    case 'topic':
      return (profile.topics[name] ?? 0) / size;
    case 'tone':
      return (profile.tones[name] ?? 0) / size;
    case 'reasoning':
      return (profile.reasonings[name] ?? 0) / size;
    case 'question':
      return (profile.questions[name] ?? 0) / size;
    case 'length':
      return (profile.lengths[name] ?? 0) / size;
    case 'code':
      return profile.withCode / size;
    default:
      return (profile.signWords[patterns.indexOf(name)] ?? 0) / size;
  }
}
