import type { Card } from '../../core/card.ts';
import { plainWords } from '../../lib/words.ts';
import { seededRandom } from '../../lib/seeded-random.ts';
import { type Facts, pick, tidy } from './expand.ts';
import type { Grammar } from './grammar.ts';

type Diet = keyof Grammar['safe'];

/** What stays true of a persona in all its conversations: taken from the card where it says so, else chosen once per card. */
export interface PersonaFacts {
  /** What the persona is called at the counter. */
  readonly name: string;
  readonly barista: string;
  readonly size: string;
  /** Plain name of the milk; null: drinks it black. */
  readonly milk: string | null;
  /** The usual. */
  readonly drink: string;
  /** The card names the drink: it is never another one. */
  readonly isFixed: boolean;
  readonly diet: Diet;
}

export function personaFacts(card: Card, grammar: Grammar, drinks: 'any' | 'enthusiast'): PersonaFacts {
  const random = seededRandom(`facts ${card.id}`);
  const { lists } = grammar;
  const own = card.details['order'] ?? {};
  const text = plainWords([card.summary, ...card.voice.speech_patterns].join(' '));
  const allDrinks = [...lists.milk_drinks, ...lists.black_drinks, ...lists.enthusiast_drinks];
  const named = textOf(own['drink']) ?? longestIn(text, allDrinks);
  const avoids = Array.isArray(own['avoids']) ? own['avoids'].map(String) : [];
  const isDairyFree = avoids.includes('dairy') || /lactose|dairy|vegan/u.test(text);
  const isNutFree = avoids.includes('nuts') || /\bnut allerg|allergic to nuts/u.test(text);
  const drink = named ?? pick(drinksFor(grammar, drinks), random);
  const milks = (isDairyFree ? lists.plant_milks : lists.milks).filter(
    (milk) => !isNutFree || milk !== 'almond',
  );
  const milk = textOf(own['milk']) ?? longestIn(text, lists.milks) ?? pick(milks, random);
  const diets: readonly Diet[] = lists.plant_milks.includes(milk)
    ? ['dairy', 'nuts', 'gluten']
    : ['gluten', 'sugar', 'nuts'];
  const diet = isDairyFree ? 'dairy' : isNutFree ? 'nuts' : pick(diets, random);
  return {
    name: callName(card.name),
    barista: textOf(own['barista']) ?? pick(lists.baristas, random),
    size: textOf(own['size']) ?? longestIn(text, lists.sizes) ?? pick(lists.sizes, random),
    milk: milk === 'none' ? null : milk === 'almond' && diet === 'nuts' ? 'oat' : milk,
    drink,
    isFixed: named !== null,
    diet,
  };
}

/** "Angry Alex" is called Alex. */
function callName(name: string): string {
  return name.trim().split(/\s+/u).at(-1) ?? name;
}

/** All slots of one conversation. */
export function conversationFacts(
  persona: PersonaFacts,
  grammar: Grammar,
  scenario: { readonly id: string; readonly drinks: 'any' | 'enthusiast' },
  random: () => number,
): Facts {
  const { lists } = grammar;
  const isSet = persona.isFixed || scenario.id === 'regular-visit';
  const drink = isSet ? persona.drink : pick(drinksFor(grammar, scenario.drinks), random);
  const others = [...lists.milk_drinks, ...lists.black_drinks].filter((name) => name !== drink);
  const other = pick(others, random);
  const third = pick(
    others.filter((name) => name !== other),
    random,
  );
  const takesMilk = lists.milk_drinks.includes(drink) && persona.milk !== null;
  const milk = takesMilk ? persona.milk : null;
  const note = pick(lists.notes, random);
  const snacks = lists.snacks.filter((snack) => persona.diet !== 'nuts' || !snack.includes('almond'));
  return {
    name: persona.name,
    barista: persona.barista,
    size: persona.size,
    drink,
    other,
    third,
    order: orderOf(persona, { drink, milk }, grammar),
    ...(milk === null ? {} : { milk }),
    milknote: milk === null ? 'no milk' : `${milk} milk`,
    wrong:
      takesMilk && persona.diet === 'dairy' ? 'one with regular milk' : tidy(`a(n) ${other}`).toLowerCase(),
    diet: pick(lists.diets[persona.diet], random),
    safenote: grammar.safe[persona.diet],
    new: pick(
      lists.new_drinks.filter((name) => persona.diet !== 'nuts' || !/almond|hazelnut/u.test(name)),
      random,
    ),
    snack: pick(snacks, random),
    origin: pick(lists.origins, random),
    note,
    note2: pick(
      lists.notes.filter((name) => name !== note),
      random,
    ),
    method: pick(lists.methods, random),
    place: pick(lists.places, random),
    colleague: pick(lists.colleagues, random),
    appointment: pick(lists.appointments, random),
    ...numberFacts(random),
  };
}

/** Days, prices, counts and minutes: the same through one conversation. */
function numberFacts(random: () => number): Facts {
  const drinksOrdered = count(4, 7, random);
  return {
    day: pick(['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday'], random),
    price: `$${count(3, 6, random)}.${pick(['25', '40', '50', '75', '90'], random)}`,
    grouptotal: `$${drinksOrdered * 5}.${pick(['20', '45', '60', '85'], random)}`,
    count: numberWord(drinksOrdered),
    ahead: numberWord(count(4, 9, random)),
    eta: numberWord(count(3, 7, random)),
    minutes: numberWord(count(8, 20, random)),
    temp: String(count(195, 205, random)),
    grams: String(count(15, 22, random)),
  };
}

function drinksFor(grammar: Grammar, drinks: 'any' | 'enthusiast'): readonly string[] {
  const { lists } = grammar;
  return drinks === 'enthusiast' ? lists.enthusiast_drinks : [...lists.milk_drinks, ...lists.black_drinks];
}

/** `large oat latte`; whole milk is what one gets without saying so. */
function orderOf(
  persona: PersonaFacts,
  { drink, milk }: { readonly drink: string; readonly milk: string | null },
  grammar: Grammar,
): string {
  const size = grammar.sizeless.includes(drink) ? '' : persona.size;
  return [size, milk === null || milk === 'whole' ? '' : milk, drink].filter((part) => part !== '').join(' ');
}

function longestIn(text: string, names: readonly string[]): string | null {
  const found = names.filter((name) => text.includes(plainWords(name)));
  return found.toSorted((a, b) => b.length - a.length || (a < b ? -1 : 1))[0] ?? null;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function count(least: number, most: number, random: () => number): number {
  return least + Math.floor(random() * (most - least + 1));
}

const numberWords =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty'.split(
    ' ',
  );

function numberWord(value: number): string {
  return numberWords[value] ?? String(value);
}
