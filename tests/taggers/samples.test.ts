import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadTaxonomy, taggersRoot } from '../../taggers/index.ts';

interface Sample {
  persona: string;
  place: string;
  /** Words of all turns, and of the first reply. */
  words: string[];
  reply: string[];
}

const folder = join(taggersRoot, '..', 'datasets', 'samples');
const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}']+/gu) ?? [];

function sampleOf(line: string, place: string): Sample {
  const row = JSON.parse(line) as {
    persona: string;
    messages?: { role: string; content: string }[];
    instruction?: string;
    input?: string;
    output?: string;
  };
  const messages = row.messages ?? [
    { role: 'user', content: `${row.instruction ?? ''}\n${row.input ?? ''}` },
    { role: 'assistant', content: row.output ?? '' },
  ];
  const reply = messages.find((message) => message.role === 'assistant')?.content ?? '';
  const all = messages.map((message) => message.content).join('\n');
  return { persona: row.persona, place, words: wordsOf(all), reply: wordsOf(reply) };
}

const samples = readdirSync(folder)
  .filter((name) => name.endsWith('.jsonl'))
  .sort()
  .flatMap((name) =>
    readFileSync(join(folder, name), 'utf8')
      .trim()
      .split('\n')
      .map((line, i) => sampleOf(line, `${name}:${i + 1}`)),
  );

function countBy<T>(values: readonly T[], keyOf: (value: T) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) {
    counts.set(keyOf(value), (counts.get(keyOf(value)) ?? 0) + 1);
  }
  return counts;
}

function shinglesOf(words: readonly string[]): Set<string> {
  const last = Math.max(0, words.length - 5);
  return new Set(Array.from({ length: last + 1 }, (_, i) => words.slice(i, i + 5).join(' ')));
}

/** Pairs of rows with a Jaccard similarity of their 5-word runs above `limit`, as their places. */
function nearPairs(rows: readonly Sample[], limit: number): string[] {
  const shingles = rows.map((row) => shinglesOf(row.words));
  const holders = new Map<string, number[]>();
  const shared = new Map<string, number>();
  shingles.forEach((own, row) => {
    for (const shingle of own) {
      const earlier = holders.get(shingle) ?? [];
      for (const other of earlier) {
        const pair = `${other} ${row}`;
        shared.set(pair, (shared.get(pair) ?? 0) + 1);
      }
      holders.set(shingle, [...earlier, row]);
    }
  });
  const pairs: string[] = [];
  for (const [pair, both] of shared) {
    const [first = 0, second = 0] = pair.split(' ').map(Number);
    const either = (shingles[first]?.size ?? 0) + (shingles[second]?.size ?? 0) - both;
    if (both / either > limit) {
      pairs.push(`${rows[first]?.place} ~ ${rows[second]?.place}`);
    }
  }
  return pairs;
}

// Personas that no public corpus stands for: the tagger knows them from these rows alone.
const writtenByHand = [
  'step_by_step_explainer',
  'data_analyst',
  'business_strategist',
  'pragmatist',
  'instruction_follower',
  'casual_companion',
  'customer_service_agent',
  'creative_writer',
  'poet',
  'worldbuilder',
  'humorist',
  'explorer',
  'factual_informant',
  'research_assistant',
  'summarizer',
  'esoteric_scholar',
  'legal_informant',
  'supportive',
  'active_listener',
  'motivational_coach',
  'conflict_mediator',
  'wellness_coach',
  'grief_companion',
  'archetypal_analyst',
  'mystical_guide',
  'problem_solver',
  'code_reviewer',
  'python_specialist',
  'technical_instructor',
  'architect',
  'security_analyst',
  'search_orchestrator',
  'workflow_automator',
  'meeting_organizer',
];

test('every persona of the taxonomy has sample rows, and no row names another', async () => {
  const { personas } = await loadTaxonomy();
  const ids = personas.map((persona) => persona.id).sort();
  expect([...new Set(samples.map((sample) => sample.persona))].sort()).toEqual(ids);
});

test('personas that live on the samples have at least forty different rows', () => {
  for (const persona of writtenByHand) {
    const own = samples.filter((sample) => sample.persona === persona);
    const distinct = new Set(own.map((sample) => sample.words.join(' '))).size;
    expect(distinct, persona).toBeGreaterThanOrEqual(40);
  }
});

test('at most two replies of a persona open with the same three words', () => {
  const openings = countBy(samples, (sample) => `${sample.persona}: ${sample.reply.slice(0, 3).join(' ')}`);
  expect([...openings].filter(([, count]) => count > 2)).toEqual([]);
});

test('no two sample rows are nearly the same', () => {
  expect(nearPairs(samples, 0.6)).toEqual([]);
});

test('nearly equal rows are found', () => {
  const row = (place: string, text: string): Sample => ({
    persona: 'poet',
    place,
    words: wordsOf(text),
    reply: wordsOf(text),
  });
  const text = 'the quick brown fox jumps over the lazy dog and runs far away from here';
  expect(nearPairs([row('a', text), row('b', `${text} now`), row('c', 'something else')], 0.6)).toEqual([
    'a ~ b',
  ]);
});
