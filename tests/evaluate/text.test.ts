import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';

import type { Conversation } from '../../src/core/conversation.ts';
import { findContradictions } from '../../src/evaluate/text/contradictions.ts';
import { distinctShare, movingTypeShare } from '../../src/evaluate/text/distinct.ts';
import { identifiability } from '../../src/evaluate/text/identifiability.ts';
import { compressionRatio, selfRepetition, sharedShare } from '../../src/evaluate/text/repetition.ts';
import { selfBleu } from '../../src/evaluate/text/self-bleu.ts';
import { styleVectors } from '../../src/evaluate/text/style-vector.ts';
import { dispersion, vendiScore } from '../../src/evaluate/text/vendi.ts';
import { seededRandom } from '../../src/lib/seeded-random.ts';
import { loadShipped, templateConversations } from '../support/scenarios.ts';

const words = (text: string): string[] => text.split(' ');

describe('distinct n-grams and types', () => {
  test('are shares of what there is', () => {
    const texts = [words('a b a b'), words('a b c')];
    expect(distinctShare(texts, 1)).toBeCloseTo(3 / 7);
    expect(distinctShare(texts, 2)).toBeCloseTo(3 / 5);
    expect(distinctShare(texts, 5)).toBeNull();
  });

  test('the type share does not fall because there is more of the same kind of text', () => {
    const random = seededRandom('types');
    const draw = (count: number): string[] =>
      Array.from({ length: count }, () => `w${Math.floor(random() * 500)}`);
    const [short, long] = [movingTypeShare([draw(400)]) ?? 0, movingTypeShare([draw(20_000)]) ?? 0];
    expect(Math.abs(short - long)).toBeLessThan(0.05);
    expect(movingTypeShare([words('a a a a')])).toBe(0.25);
    expect(movingTypeShare([])).toBeNull();
  });
});

describe('repetition', () => {
  test('compression tells noise from copies', () => {
    const random = seededRandom('noise');
    const noise = Array.from({ length: 50 }, () =>
      Array.from({ length: 60 }, () => String.fromCharCode(97 + Math.floor(random() * 26))).join(''),
    );
    expect(compressionRatio(noise)).toBeLessThan(2);
    expect(compressionRatio(Array.from({ length: 50 }, () => 'the same line again'))).toBeGreaterThan(10);
    expect(compressionRatio([])).toBeNull();
  });

  test('n-grams count only where another text has them', () => {
    expect(selfRepetition([words('a b c d a b c d')])).toBe(0);
    expect(selfRepetition([words('a b c d'), words('a b c d'), words('p q r s')])).toBeCloseTo(
      (2 * Math.log(2)) / 3,
    );
    expect(sharedShare([words('a b c'), words('a b d')], 2)).toBe(0.5);
  });
});

/** BLEU-4 of one text against the others, the long way round. */
function bleuAgainst(text: string[], others: string[][]): number {
  let log = 0;
  for (let n = 1; n <= 4; n++) {
    const gramsOf = (from: string[]): string[] =>
      from.slice(0, Math.max(0, from.length - n + 1)).map((_word, i) => from.slice(i, i + n).join(' '));
    const own = gramsOf(text);
    let clipped = 0;
    for (const gram of new Set(own)) {
      const most = Math.max(...others.map((other) => gramsOf(other).filter((one) => one === gram).length));
      clipped += Math.min(own.filter((one) => one === gram).length, most);
    }
    log += Math.log(Math.max(clipped, 0.1) / Math.max(own.length, 1)) / 4;
  }
  const lengths = others
    .map(({ length }) => length)
    .toSorted((a, b) => Math.abs(a - text.length) - Math.abs(b - text.length) || a - b);
  const closest = lengths[0] ?? text.length;
  return (text.length >= closest ? 1 : Math.exp(1 - closest / text.length)) * Math.exp(log);
}

describe('self-BLEU', () => {
  test('is what comparing every text with all others gives', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(fc.array(text, { minLength: 2, maxLength: 6 }), (texts) => {
        const wanted = texts.map((own, i) =>
          bleuAgainst(
            own,
            texts.filter((_other, j) => j !== i),
          ),
        );
        expect(selfBleu(texts)).toBeCloseTo(wanted.reduce((sum, one) => sum + one, 0) / texts.length, 10);
      }),
    );
  });

  test('is 1 for copies and near 0 for texts that share nothing', () => {
    const text = words('one two three four five six');
    expect(selfBleu([text, text, text])).toBeCloseTo(1);
    expect(selfBleu([text, words('p q r s t u')])).toBeLessThan(0.05);
    expect(selfBleu([text])).toBeNull();
  });
});

describe('Vendi score', () => {
  const rows = (...values: number[][]): Float32Array => Float32Array.from(values.flat());

  test('counts texts that have nothing in common, and copies once', () => {
    const apart = rows([1, 0, 0], [0, 2, 0], [0, 0, 3]);
    expect(vendiScore(apart, 3)).toBeCloseTo(3);
    expect(dispersion(apart, 3)).toBeCloseTo(1);
    expect(vendiScore(rows([1, 1], [2, 2], [5, 5]), 2)).toBeCloseTo(1);
    expect(dispersion(rows([1, 1], [2, 2]), 2)).toBeCloseTo(0);
    expect(vendiScore(rows([0, 0]), 2)).toBeNull();
  });

  test('the smaller matrix gives what the larger one gives', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: -9, max: 9 })), {
          minLength: 3,
          maxLength: 8,
        }),
        (points) => {
          const padded = points.map((point) => [...point, ...Array.from({ length: 10 }, () => 0)]);
          expect(vendiScore(rows(...points), 2)).toBeCloseTo(
            vendiScore(rows(...padded), 12) ?? Number.NaN,
            6,
          );
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('identifiability', () => {
  let made: Conversation[] = [];
  let names = new Set<string>();
  beforeAll(async () => {
    const shipped = await loadShipped();
    made = templateConversations(shipped);
    names = new Set(shipped.cards.flatMap(({ name }) => name.toLowerCase().split(/[\s-]+/u)));
  });

  const vectorsOf = (conversations: readonly Conversation[]): Float64Array[] =>
    styleVectors(
      conversations.map(({ turns }) => turns.filter(({ role }) => role === 'agent').map(({ text }) => text)),
      names,
    );

  test('the twenty personas are told apart by style alone, far above chance, and each is closer to itself', () => {
    const found = identifiability(
      vectorsOf(made),
      made.map(({ persona_id: id }) => id),
    );
    expect(found).toMatchObject({ speakers: 20, texts: 200, chance: 0.05 });
    expect(found?.accuracy).toBeGreaterThan(0.9);
    expect(found?.within_between).toBeLessThan(0.8);
    expect(Math.min(...Object.values(found?.per_speaker ?? {}))).toBeGreaterThanOrEqual(0.5);
  });

  test('shuffled personas give chance', () => {
    const vectors = vectorsOf(made);
    const accuracies = Array.from({ length: 10 }, (_run, run) => {
      const random = seededRandom(`shuffle ${run}`);
      const shuffled = made
        .map(({ persona_id: id }) => ({ id, key: random() }))
        .toSorted((a, b) => a.key - b.key);
      return (
        identifiability(
          vectors,
          shuffled.map(({ id }) => id),
        )?.accuracy ?? 1
      );
    });
    const mean = accuracies.reduce((sum, one) => sum + one, 0) / accuracies.length;
    expect(mean).toBeGreaterThan(0.01);
    expect(mean).toBeLessThan(0.1);
  });

  test('the barista, who is the same for all, does not give them away as much', () => {
    const baristas = styleVectors(
      made.map(({ turns }) => turns.filter(({ role }) => role === 'user').map(({ text }) => text)),
      names,
    );
    const found = identifiability(
      baristas,
      made.map(({ persona_id: id }) => id),
    );
    expect(found?.accuracy).toBeLessThan(0.7);
  });

  test('one speaker, or one text each, cannot be told', () => {
    const vectors = [Float64Array.of(1, 0), Float64Array.of(0, 1)];
    expect(identifiability(vectors, ['a', 'a'])).toBeNull();
    expect(identifiability(vectors, ['a', 'b'])).toBeNull();
  });
});

describe('contradictions', () => {
  const alex = { names: ['angry', 'alex'], noDairy: true };
  test.each([
    ['name', ['It is for Alex.', "My name's Bob, by the way."]],
    ['milk', ['A latte, and put it with regular milk.']],
    ['milk', ['One oat latte.', 'One soy latte, as I said.']],
    ['number', ['I need six drinks.', 'So that is seven drinks.']],
  ])('of %s are found', (kind, turns) => {
    expect(findContradictions(turns, alex).map((found) => found.kind)).toEqual([kind]);
  });

  test('what is denied, taken back, or somebody else’s is none', () => {
    const turns = [
      "My name's Alex.",
      'I said no whole milk. This is one with regular milk.',
      'One oat latte. Actually, wait, a soy latte.',
      'Six drinks. Wait, no, seven drinks.',
      'Fine.',
    ];
    expect(findContradictions(turns, alex)).toEqual([]);
  });
});
