import fc from 'fast-check';
import { expect, test } from 'vitest';

import { checkRows } from '../../src/lora/check-rows.ts';
import { estimateTokens } from '../../src/lora/estimate-tokens.ts';
import { modeSettings } from '../../src/lora/lora-mode.ts';
import type { Candidate } from '../../src/lora/lora-row.ts';
import { type Preparation, prepareRows } from '../../src/lora/prepare-rows.ts';

const settings = modeSettings['16GB'];

function prepare(
  candidates: readonly Candidate[],
  more: Partial<Parameters<typeof prepareRows>[1]> = {},
): Preparation {
  return prepareFound({ candidates, total: candidates.length, unreadable: 0 }, more);
}

function prepareFound(
  found: Parameters<typeof prepareRows>[0],
  more: Partial<Parameters<typeof prepareRows>[1]> = {},
): Preparation {
  return prepareRows(found, {
    target: 'self',
    system: 'You are the builder.',
    settings,
    count: estimateTokens,
    seed: 42,
    ...more,
  });
}

function exchange(conversation: number, turn: number, more: Partial<Candidate> = {}): Candidate {
  return {
    id: `m${conversation}-${turn}`,
    conversation: `c${conversation}`,
    user: `You could move part ${turn} of plan ${conversation} to the front of the line.`,
    assistant: `Then part ${turn} of plan ${conversation} has to wait for the others, I fear.`,
    ...more,
  };
}

const corpus = Array.from({ length: 60 }, (_, i) => exchange(Math.floor(i / 4), i % 4));

test('a tenth of the rows becomes validation, and no conversation stands on both sides', () => {
  const { train, validation } = prepare(corpus);
  expect(train.length + validation.length).toBe(60);
  expect(validation.length).toBeGreaterThanOrEqual(6);
  expect(validation.length).toBeLessThanOrEqual(9);
  const trained = new Set(train.map(({ conversation }) => conversation));
  expect(validation.some(({ conversation }) => trained.has(conversation))).toBe(false);
});

test('the order of the candidates does not show', () => {
  expect(prepare(corpus.toReversed())).toEqual(prepare(corpus));
});

test('a row is system, user and assistant, and nothing else where no model was asked', () => {
  const [first] = prepare([exchange(1, 1)]).train;
  expect(first?.row).toEqual({
    messages: [
      { role: 'system', content: 'You are the builder.' },
      { role: 'user', content: 'You could move part 1 of plan 1 to the front of the line.' },
      { role: 'assistant', content: 'Then part 1 of plan 1 has to wait for the others, I fear.' },
    ],
  });
  const [asked] = prepare([exchange(1, 1, { provenance: { provider: 'openai', model: 'm' } })]).train;
  expect(asked?.row).toMatchObject({ _synthetic: true, provenance: { provider: 'openai', model: 'm' } });
});

test('what is left out is counted by its reason', () => {
  const { counts, train } = prepare([
    exchange(0, 0),
    exchange(0, 0, { id: 'again' }),
    exchange(1, 1, { user: ' ' }),
    exchange(1, 2, { assistant: '' }),
    exchange(1, 3, { assistant: '[Your response here]' }),
    exchange(1, 4, { assistant: 'a <|im_end|> b, all of it' }),
    exchange(1, 5, { assistant: 'ok' }),
    exchange(1, 6, { assistant: 'word '.repeat(900) }),
    exchange(1, 7, { assistant: 'jane@mail.example.org' }),
  ]);
  expect(train).toHaveLength(1);
  expect(counts.left_out).toEqual({
    duplicate: 1,
    'long-reply': 1,
    'no-context': 1,
    'no-reply': 1,
    'nothing-but-redacted': 1,
    placeholder: 1,
    short: 1,
    'template-token': 1,
  });
});

test('personal data is redacted in input, reply and system prompt, with one placeholder a conversation', () => {
  const { train, counts } = prepare(
    [
      exchange(1, 1, {
        user: 'Write to jane@mail.org about part 1.',
        assistant: 'I wrote to Jane@mail.org and bob@mail.org.',
      }),
    ],
    { system: 'You are jane@mail.org.' },
  );
  expect(train[0]?.row.messages.map(({ content }) => content)).toEqual([
    'You are [EMAIL_1].',
    'Write to [EMAIL_1] about part 1.',
    'I wrote to [EMAIL_1] and [EMAIL_2].',
  ]);
  expect(counts.redacted).toEqual({ email: 3 });
});

test('more rows than the mode takes are cut by hash: the same ones, whatever else there is', () => {
  const many = Array.from({ length: 700 }, (_, i) => exchange(i, 0));
  const { train, validation, counts } = prepare(many);
  expect(train.length + validation.length).toBe(500);
  expect(counts.left_out).toEqual({ 'above-cap': 200 });
});

test('a text of the validation rows that stands in training takes its row out', () => {
  const shared = { user: 'The very same question about plans, asked in every conversation.' };
  const { train, validation, counts } = prepare(Array.from({ length: 20 }, (_, i) => exchange(i, 0, shared)));
  expect(validation).toEqual([]);
  expect(train.length + (counts.left_out['also-in-training'] ?? 0)).toBe(20);
});

const text = fc.constantFrom(
  'plan',
  'part',
  'jane@mail.org',
  '+49 30 901820',
  'wait',
  'TODO',
  'order',
  'line',
  'password: Tr0ub4dor3',
);
const candidates = fc.array(
  fc.record({
    id: fc.uuid(),
    conversation: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    user: fc.array(text, { maxLength: 12 }).map((words) => words.join(' ')),
    assistant: fc.array(text, { maxLength: 12 }).map((words) => words.join(' ')),
  }),
  { maxLength: 40 },
);

test('whatever goes in, what comes out passes the checks, and every candidate is a row or counted', () => {
  fc.assert(
    fc.property(candidates, (given) => {
      const { train, validation, counts } = prepare(given);
      const left = Object.values(counts.left_out).reduce((sum, count) => sum + count, 0);
      expect(train.length + validation.length + left).toBe(given.length);
      if (train.length === 0) return;
      const files = [
        { name: 'x_train.jsonl', set: 'x', split: 'train' as const, lines: train.map(({ row }) => row) },
        {
          name: 'x_val.jsonl',
          set: 'x',
          split: 'validation' as const,
          lines: validation.map(({ row }) => row),
        },
      ];
      const errors = checkRows(files, {
        sequenceTokens: settings.sequenceTokens,
        count: estimateTokens,
      }).filter(({ severity }) => severity === 'error');
      expect(errors).toEqual([]);
    }),
  );
});

test('what the source could not read or did not draw is counted among the candidates', () => {
  const { counts } = prepareFound({ candidates: corpus, total: 70, unreadable: 3 });
  expect(counts).toMatchObject({ candidates: 73, left_out: { unreadable: 3, 'above-cap': 10 } });
});
