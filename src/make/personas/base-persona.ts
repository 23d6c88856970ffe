import { seededRandom } from '../../lib/seeded-random.ts';
import type { Locale } from './library.ts';
import { type PersonaDefinition, definitionOf, type PersonaMode, type Scenario } from './scenario.ts';

export interface PersonaRequest {
  readonly scenario: Scenario;
  readonly mode: PersonaMode;
  /** One of the scenario's persona types; null: the scenario's own persona, or a drawn one for variations. */
  readonly personaType: string | null;
  readonly gender: string | null;
  readonly customPrompt: string | null;
  /** 0 is the persona of the scenario as it stands; every other number is another person, the same for the same seed. */
  readonly variation: number;
}

/** Who it is before any model is asked. */
export interface BasePersona {
  readonly name: string;
  readonly age: number;
  readonly gender: string;
  readonly role: string;
  readonly type: string;
  readonly description: string;
  readonly location: PersonaLocation;
  /** Fields of the scenario's persona that are not base fields. */
  readonly given: Readonly<Record<string, unknown>>;
}

export interface PersonaLocation {
  readonly country: string;
  readonly state: string | null;
  readonly city: string;
  readonly region: string | null;
  readonly specific_area: string | null;
  readonly pincode: string | null;
  readonly current_physical_location: string;
  readonly location_type: string;
  readonly location_characteristics: string | null;
  readonly neighborhood_type: string | null;
  readonly nearby_landmarks: string | null;
  readonly accessibility: string | null;
  readonly regional_culture: string | null;
  readonly languages_spoken: readonly string[];
  readonly local_customs: string | null;
}

/** The base persona of a request; what the scenario leaves open is drawn, and no two variations have the same name. */
export function basePersona(request: PersonaRequest, locale: Locale, seed: number): BasePersona {
  const { scenario, mode, variation } = request;
  const place = `${seed}/${scenario.template_id}/${mode}`;
  const random = seededRandom(`${place}/${variation}`);
  const definition = definitionOf(scenario, mode);
  const isOther = variation > 0 || (request.personaType !== null && request.personaType !== definition.role);
  const types = scenario.persona_types;
  const kind = isOther
    ? (types.find(({ type }) => type === request.personaType) ?? types[variation % types.length])
    : undefined;
  const type = request.personaType ?? kind?.type ?? definition.role;
  const known = kind?.gender ?? (isOther ? undefined : definition.gender);
  const gender = request.gender ?? known ?? pick(['Female', 'Male'], random) ?? '';
  const keepsName = !isOther && request.gender === null && definition.name !== definition.role;
  const name = (keepsName ? definition.name : undefined) ?? drawName(gender, locale, place, variation);
  const age =
    (isOther ? undefined : definition.age) ??
    drawAge(kind?.age_range ?? scenario.age_range, definition, random);
  const location = drawLocation(definition, isOther, locale, random);
  const role = isOther ? type : definition.role;
  const isWhole = !isOther && keepsName && definition.description !== '';
  return {
    name,
    age,
    gender,
    role,
    type,
    description: isWhole
      ? definition.description
      : describe({ name, age, role, location }, scenario, definition),
    location,
    given: isOther ? (kind?.data ?? {}) : strangers(definition),
  };
}

export function pick<T>(items: readonly T[], random: () => number): T | undefined {
  return items[Math.floor(random() * items.length)];
}

/** Walks through all pairs of names in a step that has no common factor with their number, from a place that the seed decides. */
function drawName(
  gender: string,
  { names, family_names: families }: Locale,
  place: string,
  variation: number,
): string {
  const given = /^[fw]/i.test(gender)
    ? names.female
    : /^m/i.test(gender)
      ? names.male
      : [...names.female, ...names.male];
  const pairs = given.length * families.length;
  const start = Math.floor(seededRandom(`${place}/names`)() * pairs);
  const index = (start + variation * coprimeStep(pairs)) % pairs;
  // Where all pairs are used up, initials tell the people apart.
  const round = Math.floor(variation / pairs);
  const initial = round === 0 ? '' : `${String.fromCharCode(64 + ((round - 1) % 26) + 1)}. `;
  return `${given[index % given.length] ?? ''} ${initial}${families[Math.floor(index / given.length)] ?? ''}`;
}

/** About 0.38 of the whole, so that neighbours differ in both names. */
function coprimeStep(whole: number): number {
  let step = Math.max(1, Math.floor(whole * 0.38));
  while (commonFactor(step, whole) > 1) step++;
  return step;
}

function commonFactor(a: number, b: number): number {
  return b === 0 ? a : commonFactor(b, a % b);
}

function drawAge(
  range: readonly [number, number] | undefined,
  { age }: PersonaDefinition,
  random: () => number,
): number {
  const [from, to] = range ?? [Math.max(20, (age ?? 38) - 8), (age ?? 38) + 8];
  return from + Math.floor(random() * (to - from + 1));
}

function drawLocation(
  definition: PersonaDefinition,
  isOther: boolean,
  locale: Locale,
  random: () => number,
): PersonaLocation {
  const named = isOther ? undefined : definition.location;
  const parts = named?.split(',').map((part) => part.trim()) ?? [];
  const wanted = parts[0]?.toLowerCase();
  const drawn = pick(locale.cities, random);
  const known =
    wanted === undefined ? drawn : locale.cities.find(({ city }) => city.toLowerCase() === wanted);
  const last = parts.length > 1 ? parts.at(-1) : undefined;
  // "Mumbai, India": the second part is the country, not a state.
  const isCountry = parts.length > 2 || last?.toLowerCase() === locale.country.toLowerCase();
  const area = known ? pick(known.areas, random) : undefined;
  return {
    country: isCountry && last !== undefined ? last : locale.country,
    state: (parts.length > 2 || !isCountry ? parts[1] : undefined) ?? known?.state ?? null,
    city: known?.city ?? parts[0] ?? drawn?.city ?? '',
    region: known?.region ?? null,
    specific_area: area ?? null,
    pincode: known ? (pick(known.pincodes, random) ?? null) : null,
    current_physical_location: definition.current_situation ?? 'At the place where the conversation happens',
    location_type: definition.context ?? 'General',
    location_characteristics: null,
    neighborhood_type: null,
    nearby_landmarks: known ? (pick(known.landmarks, random) ?? null) : null,
    accessibility: null,
    regional_culture: known?.culture ?? null,
    languages_spoken: known?.languages ?? locale.cities[0]?.languages ?? [],
    local_customs: known?.customs ?? null,
  };
}

function describe(
  who: {
    readonly name: string;
    readonly age: number;
    readonly role: string;
    readonly location: PersonaLocation;
  },
  scenario: Scenario,
  { current_situation }: PersonaDefinition,
): string {
  const { situation } = scenario.context_overview;
  const purpose =
    typeof situation === 'string' ? situation : (scenario.title ?? scenario.general_info.domain);
  const where = current_situation === undefined ? '' : ` Right now: ${lowerFirst(current_situation)}.`;
  return `${who.name}, ${who.age}, is ${article(who.role)} in ${who.location.city}.${where} ${purpose}`.trim();
}

/** What a definition holds besides the base fields: fields of its archetype. */
function strangers(definition: PersonaDefinition): Record<string, unknown> {
  const base = ['role', 'name', 'age', 'gender', 'description', 'location', 'current_situation', 'context'];
  return Object.fromEntries(Object.entries(definition).filter(([key]) => !base.includes(key)));
}

function article(noun: string): string {
  const name = lowerFirst(noun);
  return `${/^[aeiou]/i.test(name) ? 'an' : 'a'} ${name}`;
}

function lowerFirst(text: string): string {
  return /^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}
