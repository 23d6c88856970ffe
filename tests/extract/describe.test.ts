import { expect, test } from 'vitest';

import { createExamplePicker, excerptOf } from '../../src/extract/choose-examples.ts';
import type { ClusterProfile } from '../../src/extract/cluster-profile.ts';
import { type NameRules, nameClusters } from '../../src/extract/name-clusters.ts';
import { createPhraseCounter } from '../../src/extract/phrases.ts';
import { measureSeparation, type WordSample } from '../../src/extract/separation.ts';
import { createTermCounter } from '../../src/extract/terms.ts';
import { writePrompts } from '../../src/extract/write-prompts.ts';
import { configsFolder } from '../../src/cli/tools.ts';
import { findPii } from '../../src/lib/pii/find-pii.ts';
import { loadExtractRules } from '../../src/run/extract/extract-rules.ts';

const { names } = await loadExtractRules(configsFolder);
const isPrivate = (text: string): boolean => findPii(text).length > 0;

function profile(more: Partial<ClusterProfile>): ClusterProfile {
  return {
    size: 100,
    words: 3000,
    topics: {},
    tones: {},
    reasonings: {},
    lengths: {},
    questions: {},
    markers: {},
    withCode: 0,
    conversations: 10,
    signWords: [],
    ...more,
  };
}

test('names follow what a cluster has more of than the others', () => {
  const found = nameClusters(
    [
      profile({ topics: { coding: 90 }, withCode: 80, tones: { technical: 90 } }),
      profile({ topics: { business: 95 }, tones: { formal: 80 } }),
      profile({ topics: { creative: 90 }, tones: { casual: 10 } }),
    ],
    names,
  );
  expect(found.map(({ name }) => name)).toEqual(['Builder', 'Strategist', 'Storyteller']);
});

test('equal clusters get different names', () => {
  const equal = Array.from({ length: 8 }, () => profile({ topics: { coding: 90 } }));
  const found = nameClusters(equal, names);
  expect(new Set(found.map(({ id }) => id)).size).toBe(8);
});

test('a noun that is taken gets an adjective where the next noun fits less than half as well', () => {
  const [coder, talker] = [names.nouns.find(({ name }) => name === 'Builder'), names.nouns.at(-1)];
  if (!coder || !talker) throw new Error('no such nouns');
  const rules: NameRules = { nouns: [coder, talker], adjectives: names.adjectives };
  const found = nameClusters(
    [
      profile({ topics: { coding: 90 }, withCode: 90, tones: { technical: 80 } }),
      profile({ topics: { coding: 85 }, withCode: 85, lengths: { short: 95 }, tones: { technical: 70 } }),
      profile({ topics: { general: 90 }, reasonings: { causal: 90 } }),
    ],
    rules,
  );
  expect(found.map(({ id }) => id)).toEqual(['builder', 'direct_builder', 'thinker']);
});

test('terms set a cluster apart, and what only one conversation speaks of is none', () => {
  const counter = createTermCounter(2, new Set(['the', 'and']));
  for (let i = 0; i < 6; i++) {
    counter.add(0, 'the compiler and the borrow checker', `a${i}`);
    counter.add(1, 'the garden and the compiler', `b${i}`);
    counter.add(1, 'Rumpelstilzchen', 'b0');
  }
  const [code, garden] = counter.terms(3).map((terms) => terms.map(({ term }) => term));
  expect(code).toEqual(['borrow', 'borrow checker', 'compiler']);
  expect(garden).toEqual(['garden', 'compiler']);
});

test('phrases are beginnings of sentences that one cluster repeats', () => {
  const counter = createPhraseCounter(2);
  for (let i = 0; i < 5; i++) {
    counter.add(0, `How should I structure the part ${i}? Thanks for all.`, `a${i}`);
    counter.add(1, `Give me a poem about ${i}. Thanks for all.`, `b${i}`);
  }
  expect(counter.phrases(5)).toEqual([['how should i structure the'], ['give me a poem about']]);
});

test('examples hold no personal data, neither in the message nor in what it answers', () => {
  const picker = createExamplePicker(3, isPrivate);
  const offer = (id: string, text: string, context: string | null, distance: number): void =>
    picker.offer({ id, text, context, distance });
  offer('mail', 'Please write to jane.doe@example.org about the broken build.', null, 0.1);
  offer('context', 'That is the address I meant, is it not the right one?', 'mail bob@example.org', 0.2);
  offer('phone', 'Call me at +49 30 901820 when the build is green again, please.', null, 0.3);
  offer('fine', 'Why does the build fail on the second run and never on the first?', null, 0.9);
  offer('again', 'Why does the build fail on the second run and never on the first?', null, 0.4);
  offer('short', 'too short', null, 0);
  expect(picker.examples.map(({ id }) => id)).toEqual(['fine']);
});

test('a long message is shown by the sentences it begins with', () => {
  const excerpt = excerptOf('This sentence is repeated many times. '.repeat(40)) ?? '';
  expect(excerpt.length).toBeLessThanOrEqual(402);
  expect(excerpt).toMatch(/times\. …$/);
  expect(excerptOf('x'.repeat(900))).toBeNull();
  const code = `\`\`\`\n${'x = 1;\n'.repeat(218)}\`\`\``;
  expect(
    excerptOf(
      `${code} That is what I have so far; now, then, ask alexandra.winterbottom@mail.example first.`,
    ),
  ).toBe('That is what I have so far; now, then, ask …');
});

test('clusters of the same words are too similar, of other words distinct', () => {
  const words = { a: ['code', 'bug', 'test'], b: ['poem', 'song', 'verse'], c: ['code', 'bug', 'test'] };
  const samples: WordSample[] = Object.values(words).flatMap((own, cluster) =>
    Array.from({ length: 40 }, (_, i) => ({ cluster, words: [own[i % 3] ?? '', 'common'], fold: i % 5 })),
  );
  const pairs = measureSeparation(samples, [
    { name: 'A', centroid: [0, 0], radius: 1 },
    { name: 'B', centroid: [3, 0], radius: 1 },
    { name: 'C', centroid: [0, 3], radius: 1 },
  ]);
  expect(pairs.map(({ a, b, verdict, advice }) => [a + b, verdict, advice])).toEqual([
    ['AB', 'distinct', 'prompt is enough'],
    ['AC', 'too similar', 'train an adapter'],
    ['BC', 'distinct', 'prompt is enough'],
  ]);
});

test('a prompt has its sections, from counts, phrases and messages', () => {
  const noun = names.nouns[1];
  if (!noun) throw new Error('no noun');
  const { minimal, standard, full } = writePrompts({
    id: 'debugger',
    name: 'Debugger',
    cluster: 0,
    noun,
    profile: profile({
      topics: { coding: 90 },
      tones: { technical: 90 },
      reasonings: { causal: 50 },
      questions: { why: 60 },
      markers: { because: 40 },
      withCode: 50,
    }),
    terms: [{ term: 'stack trace', score: 1, count: 20 }],
    phrases: ['still not working'],
    examples: [1, 2].map((n) => ({ id: `m${n}`, text: `why ${n}`, context: `before ${n}`, distance: n })),
    silhouette: 0.5,
    radius: 1,
    centroid: [],
  });
  expect(minimal).toMatch(/^You are the Debugger\./);
  expect(standard.match(/^## .+$/gm)).toEqual([
    '## Thinking style',
    '## Communication',
    '## Focus',
    '## Expressions',
    '## Example',
    '## Output format',
  ]);
  expect(standard).toContain('"still not working"');
  expect(standard).toContain('Before: before 1\nYou: why 1');
  expect(standard).not.toContain('why 2');
  expect(full).toContain('why 2');
  expect(standard).toContain('About 30 words');
});
