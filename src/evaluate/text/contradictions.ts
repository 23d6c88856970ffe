import { plainQuotes } from '../../lib/words.ts';

/** What a speaker says in two ways that cannot both hold. */
export interface Contradiction {
  readonly kind: 'name' | 'milk' | 'number';
  /** Index of the turn that contradicts. */
  readonly turn: number;
  readonly said: string;
  readonly against: string;
}

export interface SpeakerFacts {
  /** Words of the speaker's name, lower case. */
  readonly names: readonly string[];
  /** The speaker takes no dairy. */
  readonly noDairy: boolean;
}

const dairyRequest =
  /\b(?:with|in|add|some|make it with|splash of)\s+(?:a bit of\s+|some\s+)?(?:(?:whole|skim|regular|two percent|2%|cow'?s?|normal)\s+milk|(?:heavy |half and |whipped )?cream\b)/iu;
const denied =
  /\b(?:no|not|never|without|isn't|don't|can't|instead of|wrong|tastes like|got|gave me|this is)\b/iu;
const takenBack = /\b(?:actually|wait|instead|or maybe|on second thought|scratch that|no,|hmm)\b/iu;
const milkChoice =
  /\b(oat|soy|almond|coconut|whole|skim)\s+(?:milk|latte|cappuccino|flat white|mocha|cortado|macchiato)\b/giu;
const introduced = /\b(?:my name is|my name's|it's for|name's|under)\s+(\p{Lu}\p{Ll}+)\b/gu;
const counted =
  /\b(\d+|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\s+(drinks|cups|coffees|people|coworkers|colleagues)\b/giu;

/**
 * Rules for what can be told without understanding: another name than the speaker's own, dairy in the cup of somebody who takes
 * none, two kinds of milk for oneself, two counts of the same thing. What is taken back in the same turn ("actually, …") is no
 * contradiction, nor is a choice of milk of somebody who keeps changing the order.
 */
export function findContradictions(turns: readonly string[], facts: SpeakerFacts): Contradiction[] {
  const plain = turns.map(plainQuotes);
  return [...nameConflicts(plain, facts), ...milkConflicts(plain, facts), ...numberConflicts(plain)];
}

function nameConflicts(turns: readonly string[], { names }: SpeakerFacts): Contradiction[] {
  if (names.length === 0) return [];
  return turns.flatMap((text, turn) =>
    [...text.matchAll(introduced)].flatMap((match): Contradiction[] => {
      const said = match[1] ?? '';
      return names.includes(said.toLowerCase())
        ? []
        : [{ kind: 'name', turn, said, against: names.join(' ') }];
    }),
  );
}

function milkConflicts(turns: readonly string[], { noDairy }: SpeakerFacts): Contradiction[] {
  const found: Contradiction[] = [];
  const [first] = turns.flatMap((text) =>
    [...text.matchAll(milkChoice)].map((match) => match[1]?.toLowerCase() ?? ''),
  );
  const changes = turns.some((text) => takenBack.test(text));
  for (const [turn, text] of turns.entries()) {
    const request = dairyRequest.exec(text)?.[0];
    if (noDairy && request !== undefined && !denied.test(text))
      found.push({ kind: 'milk', turn, said: request, against: 'no dairy' });
    for (const match of text.matchAll(milkChoice)) {
      const milk = match[1]?.toLowerCase() ?? '';
      if (!changes && first !== undefined && milk !== first && !denied.test(text) && !text.includes('?'))
        found.push({ kind: 'milk', turn, said: match[0], against: first });
    }
  }
  return found;
}

function numberConflicts(turns: readonly string[]): Contradiction[] {
  const known = new Map<string, string>();
  const found: Contradiction[] = [];
  for (const [turn, text] of turns.entries())
    for (const match of text.matchAll(counted)) {
      const [said, number = '', thing = ''] = match;
      const before = known.get(thing.toLowerCase());
      if (before === undefined) known.set(thing.toLowerCase(), number.toLowerCase());
      else if (before !== number.toLowerCase() && !takenBack.test(text))
        found.push({ kind: 'number', turn, said, against: `${before} ${thing}` });
    }
  return found;
}
