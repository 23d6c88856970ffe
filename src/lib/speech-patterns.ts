import { plainQuotes, plainWords, wordsOf } from './words.ts';

/** What a persona's turns are measured by: its texts, and the pauses where they are noted. */
export interface Speech {
  readonly texts: readonly string[];
  /** Texts of the other side that the persona's turns follow; empty where it opens. */
  readonly before: readonly string[];
  readonly gapsMs: readonly number[];
}

export interface Voice {
  readonly speech_patterns: readonly string[];
  readonly phrases: readonly string[];
  readonly gap_ms: readonly [number, number] | null;
}

/** One habit that a card names. `hit` is null where text cannot show it ("rising intonation" is heard, not read). */
export interface SpeechPattern {
  readonly name: string;
  readonly hit: ((speech: Speech) => boolean) | null;
}

/**
 * The speech patterns of a card as tests on what was said: a pattern holds where one of the phrases it quotes is said, or where
 * what it describes (interruptions, fillers, apologies, …) can be counted. The card's phrases are one more pattern together.
 */
export function readSpeechPatterns(voice: Voice): SpeechPattern[] {
  const patterns = voice.speech_patterns.map((name) => ({ name, hit: testOf(name, voice) }));
  const { phrases } = voice;
  if (phrases.length === 0) return patterns;
  return [...patterns, { name: 'phrases of the card', hit: (speech) => saysOne(phrases, speech.texts) }];
}

/** 'quoted' or "quoted" pieces of a description, without a closing ellipsis; apostrophes inside words are no quotes. */
export function quotedPhrases(description: string): string[] {
  const text = plainQuotes(description);
  const found = [...text.matchAll(/(?<=^|[\s(:,/])(?:'(.+?)'|"(.+?)")(?=$|[\s,.;:)/])/gu)];
  return found.map((match) => (match[1] ?? match[2] ?? '').trim()).filter((phrase) => phrase !== '');
}

/** Words of a phrase up to where it is open: "Which is better, X or Y?" is looked for as "which is better". */
function phraseCore(phrase: string): string {
  const closed = plainQuotes(phrase).replace(/\b[XYZ]\b.*$/u, '');
  return plainWords(closed);
}

export function saysOne(phrases: readonly string[], texts: readonly string[]): boolean {
  const cores = phrases.map(phraseCore).filter((core) => core.trim() !== '');
  return texts.some((text) => {
    const said = plainWords(text);
    return cores.some((core) => said.includes(core));
  });
}

function testOf(name: string, voice: Voice): SpeechPattern['hit'] {
  const phrases = quotedPhrases(name);
  const habits = habitTests.filter(({ named }) => named.test(name)).map(({ holds }) => holds);
  const hasPauses = /\d\s*ms\b|pause|pacing|gap/iu.test(name) && voice.gap_ms !== null;
  if (phrases.length === 0 && habits.length === 0 && !hasPauses) return null;
  return (speech) =>
    saysOne(phrases, speech.texts) ||
    habits.some((holds) => holds(speech)) ||
    (hasPauses && keepsPauses(speech, voice.gap_ms));
}

function keepsPauses({ gapsMs }: Speech, range: Voice['gap_ms']): boolean {
  if (!range || gapsMs.length === 0) return false;
  return gapsMs.every((gap) => gap >= range[0] && gap <= range[1]);
}

interface Habit {
  /** Descriptions that speak of it. */
  readonly named: RegExp;
  readonly holds: (speech: Speech) => boolean;
}

const habitTests: readonly Habit[] = [
  {
    named: /interrupt|cuts? (?:in|off)|talks over/iu,
    holds: ({ texts, before }) =>
      before.some((text) => /[—–-]$/u.test(text.trim())) || texts.some((text) => /^[—–-]/u.test(text.trim())),
  },
  {
    named: /filler|hesita|stammer/iu,
    holds: says(/\b(?:um+|uh+|er+|erm|hmm+|i mean|you know|kind of|sort of)\b/iu),
  },
  { named: /apolog|sorry/iu, holds: says(/\b(?:sorry|apolog\w+|excuse me|my bad|pardon)\b/iu) },
  {
    named: /question|\basks?\b|clarif|rising intonation/iu,
    holds: sharesOf(0.25, (text) => text.includes('?')),
  },
  { named: /clipped|short sentences|terse|curt|few words|monosyllab/iu, holds: isClipped },
  { named: /loud|shout|exclaim|excited/iu, holds: says(/!/u) },
  {
    named: /thank|positive|polite|appreciat|compliment|grateful/iu,
    holds: says(/\b(?:thank\w*|great|perfect|wonderful|lovely|excellent|appreciate\w*|awesome|please)\b/iu),
  },
  { named: /greet|\bhello\b/iu, holds: says(/\b(?:hi|hey|hello|(?:good )?morning|evening|what's up)\b/iu) },
  {
    named: /barista(?:'s|s'?)? names?|by name|first names?/iu,
    holds: says(/\b(?:hey|hi|hello|morning|thanks|thank you|evening|see you|cheers),? (?!I\b)\p{Lu}\p{Ll}+/u),
  },
  { named: /stor(?:y|ies)|anecdot|rambl|long-winded|chatty|conversational/iu, holds: hasLongTurn },
  {
    named: /changes? (?:\w+ )?mind|mid-sentence|changes? (?:the )?order|second.guess/iu,
    holds: says(/\b(?:actually|wait|instead|on second thought|scratch that|never mind|no, )\b/iu),
  },
  {
    named: /recommend|suggest|advice|opinion/iu,
    holds: says(
      /\b(?:recommend\w*|suggest\w*|what would you|what's good|which would you|your favou?rite|what do you think)\b/iu,
    ),
  },
  {
    named: /compar|options|weighs/iu,
    holds: says(/\b(?:better|difference|versus|compare[ds]?|or the)\b|\bor\b[^.!?]*\?/iu),
  },
  {
    named: /think|ponder|muses|unsure|uncertain/iu,
    holds: says(/\b(?:hmm+|let me think|maybe|not sure|i guess|perhaps)\b/iu),
  },
  {
    named: /technical|terminolog|jargon|flavou?r|origins?\b|brew|roast/iu,
    holds: says(
      /\b(?:single-origin|pour-over|extract\w*|bloom|crema|roast\w*|grind\w*|ratio|notes of|washed|natural|acidity|espresso shot|micro-?lot|varietal|shots?)\b|°/iu,
    ),
  },
  {
    named: /specific|precise|exact|measure/iu,
    holds: says(/\d|\b(?:exactly|precisely|degrees|grams|ounces|seconds)\b/iu),
  },
  {
    named: /repeat/iu,
    holds: says(/\b(?:again|like i said|as i said|i said|once more|just to be sure|so that's)\b/iu),
  },
  {
    named: /sarcas|dry humou?r/iu,
    holds: says(/\b(?:great job|wonderful|lovely|fantastic|brilliant|of course)\b/iu),
  },
];

function says(pattern: RegExp): (speech: Speech) => boolean {
  return ({ texts }) => texts.some((text) => pattern.test(plainQuotes(text)));
}

function sharesOf(least: number, test: (text: string) => boolean): (speech: Speech) => boolean {
  return ({ texts }) => texts.filter(test).length >= least * Math.max(1, texts.length);
}

/** At most eight words a sentence on average. */
function isClipped({ texts }: Speech): boolean {
  const sentences = texts
    .flatMap((text) => text.split(/[.!?…—]+/u))
    .map((sentence) => wordsOf(sentence).length);
  const spoken = sentences.filter((words) => words > 0);
  return spoken.length > 0 && spoken.reduce((sum, words) => sum + words, 0) / spoken.length <= 8;
}

function hasLongTurn({ texts }: Speech): boolean {
  return texts.some((text) => wordsOf(text).length >= 18);
}
