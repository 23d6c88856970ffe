import type { PersonaLibrary } from './library.ts';
import type { Scenario } from './scenario.ts';

/** Taken when no model chose, and to top up a choice that is too small (004.6). */
const fallback = ['professional_context', 'time_constraints', 'decision_criteria'];

export interface SettledCategories {
  /** 3 to 8 names; what was required first, then by rank of the choice. */
  readonly categories: readonly string[];
  /** Of these, what the choice had not. */
  readonly added: readonly string[];
  /** Of the choice, what had no room. */
  readonly trimmed: readonly string[];
}

/** Categories that every persona of this scenario has: those of its domain, then those of its archetype. */
export function requiredCategories(scenario: Scenario, library: PersonaLibrary): string[] {
  const { primary_archetype: type } = scenario.archetype_classification;
  const archetype = library.archetypes.find(({ name }) => name === type);
  const known = new Set(library.categories.map(({ name }) => name));
  const required = [
    ...(library.domains[scenario.general_info.domain] ?? []),
    ...(archetype?.required_categories ?? []),
  ];
  return [...new Set(required)].filter((name) => known.has(name));
}

/** Makes a choice lie between the bounds and hold what is required. `chosen` null: nobody chose. */
export function settleCategories(
  chosen: readonly string[] | null,
  scenario: Scenario,
  library: PersonaLibrary,
  bounds: readonly [number, number],
): SettledCategories {
  const [least, most] = bounds;
  const required = requiredCategories(scenario, library);
  const known = new Set(library.categories.map(({ name }) => name));
  const wanted = [...new Set([...required, ...(chosen ?? fallback)])].filter((name) => known.has(name));
  for (const name of [...fallback, ...known]) {
    if (wanted.length >= least) break;
    if (known.has(name) && !wanted.includes(name)) wanted.push(name);
  }
  const categories = wanted.slice(0, most);
  const isChosen = new Set(chosen ?? []);
  return {
    categories,
    added: categories.filter((name) => !isChosen.has(name)),
    trimmed: [...isChosen].filter((name) => !categories.includes(name)),
  };
}
