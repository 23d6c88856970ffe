import { mix32 } from '../lib/hash.ts';

/** Where the rows of each persona go; parallel to the personas given. */
export interface Placements {
  /** Phase indices in view mode, ascending: the focus phases of the persona and every phase that takes all. */
  readonly phaseOf: readonly (readonly number[])[];
  /** Adapter index, -1 where no adapter is configured for it. */
  readonly adapterOf: readonly number[];
  /** Personas that the configuration gave no adapter, and why they went where they went. */
  readonly added: readonly { readonly persona: string; readonly adapter: string; readonly reason: string }[];
}

export interface PlacedPersona {
  readonly id: string;
  readonly parent: string;
  /** The taxonomy's default adapter. */
  readonly adapter: string;
  /** The taxonomy's default phases. */
  readonly phases: readonly string[];
}

/**
 * A persona stands in the phases whose focus names it, else in those of its nearest named ancestor, and in every phase that
 * takes all. Its adapter is the one that names it, else its nearest named ancestor's, else the taxonomy's default where an
 * adapter of that name exists.
 */
export function assignPlacements(params: {
  readonly personas: readonly PlacedPersona[];
  readonly phases: readonly { readonly name: string; readonly focus: readonly string[] | 'all' }[];
  readonly adapters: readonly { readonly name: string; readonly personas: readonly string[] }[];
}): Placements {
  const { personas, phases, adapters } = params;
  const byId = new Map(personas.map((persona) => [persona.id, persona]));
  const inFocus = (id: string): boolean => phases.some(({ focus }) => focus !== 'all' && focus.includes(id));
  const adapterNaming = (id: string): number =>
    adapters.findIndex((adapter) => adapter.personas.includes(id));
  const phaseOf = personas.map((persona) => {
    const named = nearestAncestor(persona, byId, inFocus);
    return phases.flatMap(({ focus }, phase) => {
      return focus === 'all' || (named !== null && focus.includes(named)) ? [phase] : [];
    });
  });
  const added: Placements['added'][number][] = [];
  const adapterOf = personas.map((persona) => {
    const named = nearestAncestor(persona, byId, (id) => adapterNaming(id) >= 0);
    if (named === persona.id) return adapterNaming(named);
    const index =
      named === null ? adapters.findIndex(({ name }) => name === persona.adapter) : adapterNaming(named);
    const reason = named === null ? 'default of the taxonomy' : `follows ${named}`;
    if (index >= 0) added.push({ persona: persona.id, adapter: adapters[index]?.name ?? '', reason });
    return index;
  });
  return { phaseOf, adapterOf, added };
}

/** The persona itself or its nearest ancestor for which `holds`; null when none. Parents that loop end the search. */
function nearestAncestor(
  persona: PlacedPersona,
  byId: ReadonlyMap<string, PlacedPersona>,
  holds: (id: string) => boolean,
): string | null {
  const seen = new Set<string>();
  for (let at: PlacedPersona | undefined = persona; at && !seen.has(at.id); at = byId.get(at.parent)) {
    if (holds(at.id)) return at.id;
    seen.add(at.id);
  }
  return null;
}

/** Four words of a content hash at `at`, and the seed: all that a choice about a row may depend on. */
export interface ContentDraw {
  readonly hash: Uint32Array;
  readonly at: number;
  readonly seed: number;
}

/**
 * The one phase of a row where `curriculum.mode` is `partition`: the share `heldBack` goes to the mixed phase, the others to
 * one of their focus phases, evenly. Rows without a focus phase go to the mixed one. -1: there is no phase for it.
 */
export function partitionPhase(
  draw: ContentDraw & {
    readonly focusPhases: readonly number[];
    readonly mixedPhase: number | null;
    /** Share in [0, 1]. */
    readonly heldBack: number;
  },
): number {
  const { focusPhases, mixedPhase, heldBack } = draw;
  if (focusPhases.length === 0) return mixedPhase ?? -1;
  if (mixedPhase !== null && drawShare(draw, salts.heldBack) < heldBack) return mixedPhase;
  const pick = Math.floor(drawShare(draw, salts.focus) * focusPhases.length);
  return focusPhases[pick] ?? -1;
}

/** Whether a row of an earlier phase is among the hash-chosen `share` that `replay` mixes into `phase`; drawn anew per phase. */
export function inReplay(draw: ContentDraw & { readonly phase: number; readonly share: number }): boolean {
  return drawShare(draw, salts.replay + draw.phase) < draw.share;
}

/**
 * Train or validation, from the content hash and the seed alone: one content never stands in both, whatever its tags, source,
 * copies or place. Every persona × trait cell is split by the same independent draw, so each gives its share up to chance
 * (a cell of n rows misses it by about √(n · share)); exact strata would need to know the other rows and would move a row
 * from train to validation when unrelated rows come or go.
 */
export function splitOf(draw: ContentDraw & { readonly validationShare: number }): 'train' | 'validation' {
  return drawShare(draw, salts.validation) < draw.validationShare ? 'validation' : 'train';
}

/** Keeps the draws independent of each other and of the selection keys. */
const salts = {
  heldBack: 0x1b873593,
  focus: 0x38495ab5,
  replay: 0x561ccd1b,
  validation: 0x0bcaa747,
} as const;

/** A number in [0, 1) from the third and fourth hash words, the seed and a salt. */
function drawShare({ hash, at, seed }: ContentDraw, salt: number): number {
  const mixed = mix32((hash[at + 3] ?? 0) ^ mix32(seed ^ salt) ^ mix32((hash[at + 2] ?? 0) + salt));
  return (mixed >>> 0) / 2 ** 32;
}
