import { beforeAll, describe, expect, test } from 'vitest';

import { checkConversations, turnRulesFor } from '../../src/check/conversations/check-conversations.ts';
import { checkTurns } from '../../src/check/conversations/turn-rules.ts';
import type { Conversation, Turn } from '../../src/core/conversation.ts';
import { seededRandom } from '../../src/lib/seeded-random.ts';
import { conversationAsk } from '../../src/make/conversations/conversation-ask.ts';
import { parseScenarioSet } from '../../src/make/conversations/scenario-set.ts';
import { generateSystemPrompt, mixedLevel } from '../../src/make/conversations/system-prompt.ts';
import { loadShipped, type Shipped, templateConversations } from '../support/scenarios.ts';

let shipped: Shipped;
let made: Conversation[] = [];

beforeAll(async () => {
  shipped = await loadShipped();
  made = templateConversations(shipped);
});

const rulesOf = ({ set, cards }: Shipped): Parameters<typeof checkConversations>[1] => ({
  scenarios: set.scenarios.map(({ name }) => name),
  topic: set.topic,
  range: set.turns,
  typeRanges: set.type_turns,
  cards: new Map(cards.map((card) => [card.id, card])),
});

describe('scenarios', () => {
  test('are the ten of the guide, in its order, with its three situation sentences', () => {
    expect(shipped.set.scenarios.map(({ name }) => name)).toEqual([
      'Morning rush hour, long line behind customer',
      'Quiet afternoon, barista has time to chat',
      'Mobile order pickup, drink may not be ready',
      'First-time visit to this specific cafe',
      'Regular visit, same order as always',
      'Special request (dietary restriction)',
      'Drink remake needed (wrong order)',
      'Trying a new drink from the menu',
      'Ordering for a group/coworkers',
      'Closing time, limited options available',
    ]);
    expect(shipped.set.scenarios.slice(0, 3).map(({ situation }) => situation)).toEqual([
      "You're in a hurry and there's a long line behind you. You need your order quickly.",
      "You have time to chat and aren't rushed.",
      "You ordered ahead on mobile but your drink isn't ready yet.",
    ]);
    expect(shipped.set.scenarios.every(({ situation }) => situation !== '')).toBe(true);
  });

  test('ranges of types lie inside that of all, and what is wrong with a file is named', () => {
    for (const [least, most] of Object.values(shipped.set.type_turns)) {
      expect([least >= 15, most <= 25, least <= most]).toEqual([true, true, true]);
    }
    const valid = {
      schema: 'scenarios/1',
      domain: 'd',
      scenarios: [{ id: 'a', name: 'A' }],
      topic: { words: ['a'] },
    };
    expect(parseScenarioSet({ ...valid, type_turns: { angry: [13, 18] } }, 'x').type_turns).toEqual({
      angry: [15, 18],
    });
    expect(() => parseScenarioSet({ ...valid, scenarios: [] }, 'x.yaml')).toThrow('x.yaml: scenarios');
    const twice = [
      { id: 'a', name: 'A' },
      { id: 'b', name: 'A' },
    ];
    expect(() => parseScenarioSet({ ...valid, scenarios: twice }, 'x.yaml')).toThrow(
      'two scenarios have the name "A"',
    );
  });
});

describe('system prompts', () => {
  const levels = ['minimal', 'standard', 'full'] as const;

  test('the standard one is the format of the guide word for word', () => {
    const [alex] = shipped.cards;
    const situation = shipped.set.scenarios[2]?.situation ?? '';
    expect(alex && generateSystemPrompt(alex, situation, { domain: 'coffee shop', level: 'standard' })).toBe(
      "<system> You are Angry Alex. Frequent customer at Morning Grind cafe. Lactose intolerant but often receives wrong milk. Short temper, interrupts often with phrases like 'Just fix it!' Escalates quickly but calms down if issue is resolved promptly. You ordered ahead on mobile but your drink isn't ready yet. Interrupts mid-sentence, Uses phrases like 'This is unacceptable', 'I've been waiting...', Minimal pause before responding (80-240ms gaps) Stay focused on coffee shop topics only. </system>",
    );
  });

  test('the levels differ in length, an unknown situation is left out, and the same input gives the same text', () => {
    for (const card of shipped.cards) {
      const prompts = levels.map((level) =>
        generateSystemPrompt(card, 'It rains.', { domain: 'tea house', level }),
      );
      const lengths = prompts.map(({ length }) => length);
      expect(lengths).toEqual(lengths.toSorted((a, b) => a - b));
      expect(new Set(lengths).size).toBe(3);
      for (const [index, prompt] of prompts.entries()) {
        expect(prompt).toMatch(/^<system> You are .+ Stay focused on tea house topics only\. <\/system>$/s);
        const level = levels[index] ?? 'full';
        expect(generateSystemPrompt(card, 'It rains.', { domain: 'tea house', level })).toBe(prompt);
        expect(generateSystemPrompt(card, '', { domain: 'tea house', level })).not.toMatch(/ {2}|It rains/);
      }
    }
  });

  test('mixed levels are even over personas and over scenarios', () => {
    const all = Array.from({ length: 20 }, (_row, p) =>
      Array.from({ length: 10 }, (_, s) => mixedLevel(p, s)),
    );
    for (const row of all)
      for (const level of levels) expect(row.filter((one) => one === level).length).toBeGreaterThanOrEqual(3);
    for (const level of levels)
      expect(all.flat().filter((one) => one === level).length).toBeGreaterThanOrEqual(66);
  });
});

describe('the grammar of the template provider', () => {
  test.each(['42', '1', '7', '1234'])(
    'makes all 200 cells without a finding of any kind, whatever the seed: %s',
    (seed) => {
      const { findings, conversations } = checkConversations(
        templateConversations(shipped, seed),
        rulesOf(shipped),
      );
      expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
      expect(conversations).toHaveLength(200);
      expect(findings.filter(({ code }) => code !== 'speech-patterns-few')).toEqual([]);
    },
  );

  test('the situation shows in every conversation, and no two conversations are the same', () => {
    for (const { scenario, turns } of made) {
      const { marks = [] } = shipped.set.scenarios.find(({ name }) => name === scenario) ?? {};
      const text = turns.map((turn) => turn.text.toLowerCase()).join(' ');
      expect(
        marks.some((mark) => text.includes(mark)),
        scenario,
      ).toBe(true);
    }
    expect(new Set(made.map(({ turns }) => JSON.stringify(turns))).size).toBe(200);
  });

  test('no slot, choice or doubled article is left in a sentence', () => {
    const texts = made.flatMap(({ turns }) => turns.map(({ text }) => text));
    expect(
      texts.filter((text) =>
        /[{}[\]|]|\ba [aeio]\w|\ban (?!hour)[^aeiou\W]|\(n\)|  |^\p{Ll}|undefined|null/u.test(text),
      ),
    ).toEqual([]);
  });

  test('every phrase of a card is said in one of its conversations, and one at least in each of them', () => {
    for (const card of shipped.cards) {
      const own = made.filter(({ persona_id: id }) => id === card.id).map(({ turns }) => plain(turns));
      const phrases = card.voice.phrases.map((phrase) => plainText(phrase.replace(/\b[XY]\b.*$/u, '')));
      for (const text of own)
        expect(
          phrases.some((phrase) => text.includes(phrase)),
          card.id,
        ).toBe(true);
      for (const phrase of phrases)
        expect(
          own.some((text) => text.includes(phrase)),
          `${card.id} ${phrase}`,
        ).toBe(true);
    }
  });

  test('who is off dairy never orders dairy', () => {
    const alex = made.filter(({ persona_id: id }) => id === 'persona_001').flatMap(({ turns }) => turns);
    const orders = alex
      .filter(({ role, text }) => role === 'agent' && /latte/.test(text))
      .map(({ text }) => text);
    expect(orders.join(' ')).toContain('oat latte');
    expect(orders.join(' ')).not.toMatch(/(?:whole|skim) (?:milk )?latte/);
  });
});

const plainText = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}']+/gu, ' ')
    .trim();
const plain = (turns: readonly Turn[]): string =>
  plainText(
    turns
      .filter(({ role }) => role === 'agent')
      .map(({ text }) => text)
      .join(' '),
  );

describe('the ask of a cell', () => {
  const askOf = (): ReturnType<typeof conversationAsk> => {
    const { cards, set } = shipped;
    const [card, scenario] = [cards[0], set.scenarios[0]];
    if (!card || !scenario) throw new TypeError('no card');
    const rules = turnRulesFor(card, { range: set.turns, typeRanges: set.type_turns, topic: set.topic });
    return conversationAsk({
      cell: { card, scenario, scenarioIndex: 0 },
      set,
      check: (turns) => checkTurns(turns, rules, 'persona_001/01'),
      template: () => made[0]?.turns ?? [],
    });
  };

  test('is the guide’s: temperature, length, expert message, the card and the scenario; neither id nor prompt is asked for', () => {
    const ask = askOf();
    expect([ask.cell, ask.temperature, ask.maxTokens]).toEqual(['persona_001/01', 0.8, 4000]);
    expect(ask.messages[0]?.content).toContain('expert at generating realistic conversational dialogue');
    expect(ask.messages[1]?.content).toContain('"name": "Angry Alex"');
    expect(ask.messages[1]?.content).toContain('Morning rush hour, long line behind customer');
    expect(ask.messages[1]?.content).toContain('15-18 total turns');
    expect(JSON.stringify(ask.schema)).not.toMatch(/system_prompt|conversation_id/);
    expect(ask.accept(ask.template(seededRandom('x')))).toMatchObject({ value: made[0]?.turns });
  });

  test.each([
    ['prose', 'Sure! Here is a conversation.', 'answer-shape'],
    ['nothing', null, 'answer-shape'],
    ['no turns', { turns: [] }, 'missing-turns'],
    ['a foreign role', { turns: [{ role: 'narrator', text: 'It rains.' }] }, 'role-unknown'],
    [
      'two turns',
      {
        turns: [
          { role: 'agent', text: 'Coffee.' },
          { role: 'user', text: 'Here.' },
        ],
      },
      'turns-below-floor',
    ],
  ])('refuses %s with a finding', (_name, answer, code) => {
    const result = askOf().accept(answer);
    expect('value' in result).toBe(false);
    expect(result.findings?.map((finding) => finding.code)).toContain(code);
  });

  test('takes customer and barista for what they mean, and drops what was not asked for', () => {
    const turns = (made[0]?.turns ?? []).map(({ role, text }) => ({
      role: role === 'agent' ? 'Customer' : 'barista',
      text: ` ${text} `,
      mood: 'cross',
    }));
    expect(askOf().accept({ turns, system_prompt: '<system> mine </system>' })).toMatchObject({
      value: made[0]?.turns,
    });
  });
});
