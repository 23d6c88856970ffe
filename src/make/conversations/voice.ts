import type { Card } from '../../core/card.ts';
import { quotedPhrases } from '../../lib/speech-patterns.ts';
import { seededRandom } from '../../lib/seeded-random.ts';
import { plainWords } from '../../lib/words.ts';
import { expand, type Facts, pick, shuffle, tidy } from './expand.ts';
import type { Grammar, TypeGrammar } from './grammar.ts';

/** How one card speaks, beyond its type: chosen once per card, the same in all its conversations. */
export interface Habits {
  readonly leads: readonly string[];
  readonly tails: readonly string[];
  /** Shares of turns with a lead and with a tail. */
  readonly leadShare: number;
  readonly tailShare: number;
  /** Shares of turns whose end becomes "!", and whose first comma becomes "…". */
  readonly exclaims: number;
  readonly trails: number;
  readonly address: string | null;
  readonly fillers: readonly string[];
  readonly interrupts: boolean;
  readonly phrases: readonly Phrase[];
}

/** Where a phrase of a card can stand. */
type PhraseKind = 'greeting' | 'term' | 'thanks' | 'sentence';
interface Phrase {
  readonly kind: PhraseKind;
  readonly text: string;
}

const knownFillers = new Set([
  'um',
  'uh',
  'er',
  'erm',
  'like',
  'i mean',
  'you know',
  'well',
  'hmm',
  'ah',
  'sort of',
  'kind of',
]);

export function habitsOf(card: Card, type: TypeGrammar): Habits {
  const random = seededRandom(`voice ${card.id}`);
  const phrases = ownPhrases(card);
  const fillers = phrases.filter((phrase) => knownFillers.has(plainWords(phrase).trim()));
  const isHesitant = type.register === 'hedged';
  return {
    leads: shuffle(type.leads, random).slice(0, 5),
    tails: shuffle(type.tails, random).slice(0, 4),
    leadShare: 0.25 + random() * 0.35,
    tailShare: 0.1 + random() * 0.3,
    exclaims:
      type.register === 'short' || type.greetings.some((line) => line.includes('!'))
        ? random() * 0.6
        : random() * 0.1,
    trails: isHesitant ? random() * 0.6 : 0,
    address: type.addresses.length > 0 && random() < 0.6 ? pick(type.addresses, random) : null,
    fillers: fillers
      .map((filler) => plainWords(filler).trim())
      .map((filler) => (filler === 'i mean' ? 'I mean' : filler)),
    interrupts: card.voice.speech_patterns.some((pattern) =>
      /interrupt|cuts? (?:in|off)|talks over/iu.test(pattern),
    ),
    phrases: phrases
      .filter((phrase) => !fillers.includes(phrase))
      .map((text) => ({ text, kind: kindOf(text, type.drinks === 'enthusiast') })),
  };
}

/** The card's phrases, and what its patterns and traits quote, each once. */
function ownPhrases({ summary, voice }: Card): string[] {
  const all = [...voice.phrases, ...[...voice.speech_patterns, summary].flatMap(quotedPhrases)];
  const seen = new Set<string>();
  return all.filter((phrase) => {
    const key = plainWords(phrase);
    if (key.trim() === '' || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** Words alone are terms in the mouth of an enthusiast, and asides of everybody else. */
function kindOf(phrase: string, hasTerms: boolean): PhraseKind {
  if (/^(?:hey|hi|hello|what's up|good morning|morning|howdy)\b/iu.test(phrase)) return 'greeting';
  if (hasTerms && /^\p{Ll}/u.test(phrase) && !/[.!?…]$/u.test(phrase) && phrase.split(' ').length <= 3)
    return 'term';
  if (
    /\b(?:thank\w*|thanks|great|perfect|love\w*|excellent|awesome|wonderful|appreciate|you're the best|cheers)\b/iu.test(
      phrase,
    )
  )
    return 'thanks';
  return 'sentence';
}

/** A phrase as a sentence of its own: an open end is gone on with where the grammar knows how. */
export function phraseSentence(phrase: Phrase, grammar: Grammar, facts: Facts, random: () => number): string {
  const { text } = phrase;
  if (phrase.kind === 'term')
    return expand(pick(grammar.terms, random), { ...facts, term: text }, random) ?? `${text}.`;
  const open = text.replace(/(?:\.{3}|…)\s*\??$/u, '').replace(/,?\s*\b[XYZ]\b.*$/u, '');
  if (open !== text) {
    const rest = grammar.completions[plainWords(open).trim()];
    const gap = rest?.startsWith(',') ? '' : ' ';
    const completed = rest === undefined ? null : expand(`${open}${gap}${rest}`, facts, random);
    return completed ?? tidy(`${open}...`);
  }
  return tidy(/[.!?…]$/u.test(text) ? text : `${text}.`);
}

/** A turn with the card's leads, tails, fillers and marks around what it says. */
export function colour(
  text: string,
  habits: Habits,
  options: { readonly lead: string | null; readonly tail: string | null; readonly random: () => number },
): string {
  const { random } = options;
  let said = text;
  if (habits.fillers.length > 0 && random() < 0.5) said = withFiller(said, pick(habits.fillers, random));
  if (random() < habits.trails) said = said.replace(/, /u, '... ');
  if (random() < habits.exclaims) said = said.replace(/\.$/u, '!');
  if (habits.address !== null && random() < 0.25) said = said.replace(/([.!?])$/u, `, ${habits.address}$1`);
  return tidy([options.lead ?? '', said, options.tail ?? ''].filter((part) => part !== '').join(' '));
}

/** Before the sentence, or after its first comma. */
function withFiller(text: string, filler: string): string {
  const comma = text.indexOf(', ');
  if (comma > 0 && comma < text.length - 12)
    return `${text.slice(0, comma)}, ${filler}, ${text.slice(comma + 2)}`;
  const isName = /^(?:I\b|\p{Lu}\p{Ll}+[,.]|\p{Lu}{2,})/u.test(text);
  const rest = isName ? text : `${text.slice(0, 1).toLowerCase()}${text.slice(1)}`;
  return `${filler.slice(0, 1).toUpperCase()}${filler.slice(1)}, ${rest}`;
}

/** What remains of a sentence that is cut off. */
export function cutOff(text: string, random: () => number): string {
  const words = text.split(' ');
  const kept = Math.max(4, Math.min(words.length - 2, 5 + Math.floor(random() * 4)));
  return `${words
    .slice(0, kept)
    .join(' ')
    .replace(/[.,!?;:]+$/u, '')}—`;
}
