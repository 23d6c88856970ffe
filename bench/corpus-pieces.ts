import { type Flavour, flavours } from './corpus-flavours.ts';
import {
  adjectives,
  adverbs,
  foreignSentences,
  nouns,
  properName,
  properNameCount,
  verbs,
} from './corpus-words.ts';

/** Uniform in [0, 1). */
export interface Random {
  next(): number;
}

/** Sentences and longer pieces, already escaped for a JSON string, from which rows are put together. */
export interface Pieces {
  readonly flavours: readonly {
    readonly asks: readonly string[];
    readonly openers: readonly string[];
    readonly sentences: readonly string[];
    readonly blocks: readonly string[];
  }[];
  readonly foreign: readonly string[];
  drawFlavour(random: Random): number;
  /** Characters of an answer: log-normal. */
  drawLength(random: Random): number;
}

/** sfc32 (Chris Doty-Humphrey, PractRand): 32-bit integer steps only, so the same on every machine. */
export function createRandom(seed: number): Random {
  let a = 0x9e3779b9;
  let b = 0x243f6a88;
  let c = seed | 0;
  let counter = 1;
  const random = {
    next(): number {
      const sum = (((a + b) | 0) + counter) | 0;
      counter = (counter + 1) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = (c << 21) | (c >>> 11);
      c = (c + sum) | 0;
      return (sum >>> 0) / 4294967296;
    },
  };
  for (let i = 0; i < 15; i++) random.next();
  return random;
}

export function pick(random: Random, items: readonly string[]): string {
  return items[(random.next() * items.length) | 0] ?? '';
}

export function buildPieces(random: Random): Pieces {
  const drawWord = createWordDraw(random);
  const cumulative = flavours.map((_, i) =>
    flavours.slice(0, i + 1).reduce((sum, { weight }) => sum + weight, 0),
  );
  const total = cumulative.at(-1) ?? 0;
  const flavourTable = Uint8Array.from({ length: 1024 }, (_, i) =>
    cumulative.findIndex((bound) => bound > (i / 1024) * total),
  );
  const lengths = Int32Array.from({ length: 65_536 }, () => logNormalLength(random));
  return {
    flavours: flavours.map((flavour) => ({
      asks: fillMany(flavour, flavour.asks, 2500, drawWord),
      openers: fillMany(flavour, flavour.openers, flavour.openers.length, drawWord),
      sentences: fillMany(flavour, flavour.sentences, 5000, drawWord),
      blocks: fillMany(flavour, flavour.blocks, 600, drawWord),
    })),
    foreign: foreignSentences.map(escapeJson),
    drawFlavour: (source) => flavourTable[(source.next() * 1024) | 0] ?? 0,
    drawLength: (source) => lengths[(source.next() * 65_536) | 0] ?? 0,
  };
}

type WordDraw = (kind: string, flavour: Flavour) => string;

function createWordDraw(random: Random): WordDraw {
  const names = Array.from({ length: 4000 }, () => properName((random.next() * properNameCount) | 0));
  const drawNoun = zipf(random, nouns);
  const drawVerb = zipf(random, verbs);
  const drawAdjective = zipf(random, adjectives);
  const drawAdverb = zipf(random, adverbs);
  const drawName = zipf(random, names);
  return (kind, flavour) => {
    if (kind === 'n') return random.next() < 0.5 ? pick(random, flavour.nouns) : drawNoun();
    if (kind === 'v') return drawVerb();
    if (kind === 'a') return drawAdjective();
    if (kind === 'r') return drawAdverb();
    if (kind === 'P') return drawName();
    return String(1 + ((random.next() * random.next() * 2000) | 0));
  };
}

/** Words by rank with probability proportional to 1 / (rank + 2.7) (Mandelbrot's form of Zipf's law). */
function zipf(random: Random, words: readonly string[]): () => string {
  const size = 1 << 14;
  const table = new Uint16Array(size);
  let total = 0;
  for (let rank = 0; rank < words.length; rank++) total += 1 / (rank + 2.7);
  let word = 0;
  let reached = 1 / 2.7;
  for (let i = 0; i < size; i++) {
    while (word < words.length - 1 && reached < (i / size) * total) reached += 1 / (++word + 2.7);
    table[i] = word;
  }
  return () => words[table[(random.next() * size) | 0] ?? 0] ?? '';
}

function fillMany(
  flavour: Flavour,
  templates: readonly string[],
  count: number,
  drawWord: WordDraw,
): string[] {
  const parts = templates.map((template) => template.split(/\{([nvarPd])\}/));
  return Array.from({ length: count }, (_, i) => {
    const template = parts[i % parts.length] ?? [];
    return escapeJson(template.map((part, at) => (at % 2 === 0 ? part : drawWord(part, flavour))).join(''));
  });
}

function escapeJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** The middle half lies between 160 and 790 characters, one in 400 is above 10,000; cut at 26,000. The normal deviate is a sum of twelve uniforms. */
function logNormalLength(random: Random): number {
  let deviate = -6;
  for (let i = 0; i < 12; i++) deviate += random.next();
  return Math.min(26_000, Math.round(medianLength * Math.exp(lengthSigma * deviate)));
}

const medianLength = 330;
const lengthSigma = 1.15;
