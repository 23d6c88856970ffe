import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';

import { annotateAsk } from '../../src/make/annotate/annotate-ask.ts';
import { annotatedPrompts, type Annotation } from '../../src/make/annotate/annotation.ts';
import { describedSpeaker, speechOfSpeaker } from '../../src/make/annotate/described-speaker.ts';
import { annotateByCounting } from '../../src/make/annotate/text-features.ts';
import { readTranscripts, type Transcript } from '../../src/make/annotate/transcript.ts';
import { runCli } from '../support/run-cli.ts';
import { loadShipped, type Shipped, templateConversations } from '../support/scenarios.ts';

let shipped: Shipped;
let folder = '';
beforeAll(async () => {
  shipped = await loadShipped();
  folder = await mkdtemp(join(tmpdir(), 'tag-datasets-annotate-'));
});

describe('transcripts', () => {
  const turns = [
    { speaker: 'A', text: 'Um, hi. Sorry, is this the line?' },
    { speaker: 'B', text: 'It is, come closer.' },
  ];

  test.each([
    ['calls.txt', 'A: Um, hi. Sorry, is this\n the line?\nB: It is, come closer.\n\nA: Next.\n'],
    [
      'calls.csv',
      'speaker,text,call_id\nA,"Um, hi. Sorry, is this the line?",1\nB,"It is, come closer.",1\nA,Next.,2\n',
    ],
    [
      'calls.jsonl',
      `${JSON.stringify({ turns: turns.map(({ speaker: role, text }) => ({ role, text })) })}\n{"messages":[{"role":"A","content":"Next."}]}\n`,
    ],
    [
      'calls.json',
      JSON.stringify([
        { id: 'one', conversations: turns.map(({ speaker: from, text: value }) => ({ from, value })) },
        { id: 'two', turns: [{ speaker: 'A', text: 'Next.' }] },
      ]),
    ],
  ])('%s is read', (name, text) => {
    const { transcripts, problems } = readTranscripts(text, name);
    expect(problems).toEqual([]);
    expect(transcripts.map((one) => one.turns)).toEqual([turns, [{ speaker: 'A', text: 'Next.' }]]);
  });

  test.each([
    ['noise.txt', 'nobody speaks here'],
    ['noise.json', '{"turns": [{'],
    ['noise.jsonl', '{"a": 1}'],
    ['noise.csv', 'a,b\n1,2\n'],
  ])('%s is a problem with its place', (name, text) => {
    const { transcripts, problems } = readTranscripts(text, name);
    expect([transcripts, problems.length, problems[0]?.place.startsWith(name)]).toEqual([[], 1, true]);
  });

  test('quoted cells hold commas, quotes and line breaks', () => {
    const [one] = readTranscripts('role,utterance\nA,"He said ""no"",\nand left."\n', 'x.csv').transcripts;
    expect(one?.turns[0]?.text).toBe('He said "no",\nand left.');
  });

  test('the described one is who was named, else agent or customer, else the first', () => {
    expect(describedSpeaker(turns, null)).toBe('A');
    expect(describedSpeaker(turns, 'b')).toBe('B');
    expect(describedSpeaker(turns, 'C')).toBeUndefined();
    expect(describedSpeaker([...turns, { speaker: 'Customer', text: 'x' }], null)).toBe('Customer');
  });
});

const contextOf = ({ set }: Shipped, speaker: string): Parameters<typeof annotateByCounting>[2] => ({
  speaker,
  scenarios: set.scenarios,
  topicWords: set.topic.words,
  agent: set.agent,
  domain: set.domain,
});

const askFor = (transcript: Transcript, speaker = 'agent'): ReturnType<typeof annotateAsk> => {
  const speech = speechOfSpeaker(transcript.turns, speaker);
  return annotateAsk(
    { transcript, speaker, speech, domain: 'coffee shop', agent: 'customer', user: 'barista' },
    () => annotateByCounting(transcript.turns, speech, contextOf(shipped, speaker)),
  );
};

describe('annotation by counting', () => {
  test('of the 200 template conversations is accepted, names the persona, and nearly always tells its type', () => {
    let [types, names, situations] = [0, 0, 0];
    for (const { persona_id: id, conversation_id, scenario, turns } of templateConversations(shipped)) {
      const transcript = {
        id: conversation_id,
        turns: turns.map(({ role, text }) => ({ speaker: role, text })),
      };
      const ask = askFor(transcript);
      const accepted = ask.accept(ask.template(() => 0));
      expect(accepted.findings).toEqual([]);
      const { value } = accepted as { value: Annotation };
      const card = shipped.cards.find((one) => one.id === id);
      if (value.type === card?.identity.type) types++;
      if (value.name !== '' && card?.name.endsWith(value.name)) names++;
      if (value.situation === shipped.set.scenarios.find(({ name }) => name === scenario)?.situation)
        situations++;
    }
    expect(types).toBeGreaterThanOrEqual(160);
    expect(names).toBeGreaterThanOrEqual(160);
    expect(situations).toBeGreaterThanOrEqual(120);
  });

  test('claims only what was said', () => {
    const transcript: Transcript = {
      id: 'x',
      turns: [
        { speaker: 'A', text: 'Um, sorry. Uh, could I get a tea?' },
        { speaker: 'B', text: 'Of course.' },
        { speaker: 'A', text: 'Sorry, um, is that one mine?' },
      ],
    };
    const found = annotateByCounting(
      transcript.turns,
      speechOfSpeaker(transcript.turns, 'A'),
      contextOf(shipped, 'A'),
    );
    expect(found).toMatchObject({ type: 'nervous', name: '' });
    expect(found.speech_patterns).toContain("Filler words: 'um', 'uh'");
    expect(found.speech_patterns).toContain("Apologizes: 'sorry'");
    expect(found.speech_patterns.join()).not.toMatch(/Technical|Complains|loudly|Positive/);
  });
});

describe('the ask of a transcript', () => {
  const transcript: Transcript = {
    id: 'call 1',
    turns: [
      { speaker: 'A', text: 'I have been waiting. Just fix it!' },
      { speaker: 'B', text: 'Right away, Alex.' },
    ],
  };
  const good = {
    type: 'Angry',
    name: 'Alex',
    traits: 'Short-tempered',
    background: 'Regular customer',
    speech_patterns: ["Uses phrases like 'Just fix it!'"],
    situation: "You're waiting.",
  };

  test('is at the guide’s temperature, holds the transcript, and takes a whole annotation', () => {
    const ask = askFor(transcript, 'A');
    expect(ask.temperature).toBe(0.7);
    expect(ask.messages[0]?.content).toContain('A: I have been waiting. Just fix it!');
    expect(ask.accept(good)).toEqual({ value: { ...good, type: 'angry' }, findings: [] });
  });

  test.each([
    ['prose', '<system> You are Alex. </system>', 'answer-shape'],
    ['another type', { ...good, type: 'bored' }, 'type-unknown'],
    ['no traits', { ...good, traits: ' ' }, 'traits-missing'],
    ['no background', { ...good, background: '' }, 'background-missing'],
    ['no situation', { ...good, situation: '' }, 'situation-missing'],
    ['no manner of speech', { ...good, speech_patterns: [] }, 'speech-missing'],
    ['words that were never said', { ...good, speech_patterns: ["Says 'my good sir'"] }, 'phrase-not-said'],
    ['a placeholder', { ...good, background: 'Works at [COMPANY]' }, 'placeholder-text'],
    ['a refusal', { ...good, traits: 'I cannot help with that' }, 'refusal-text'],
  ])('refuses %s', (_what, answer, code) => {
    const result = askFor(transcript, 'A').accept(answer);
    expect('value' in result).toBe(false);
    expect(result.findings?.map((finding) => finding.code)).toEqual([code]);
  });

  test('leaves out a name that nobody says, and warns of a habit that does not show', () => {
    const result = askFor(transcript, 'A').accept({
      ...good,
      name: 'Bob',
      speech_patterns: ['Apologizes all the time'],
    });
    expect(result).toMatchObject({ value: { name: '' } });
    expect(result.findings?.map(({ code, severity }) => [code, severity])).toEqual([
      ['pattern-not-shown', 'warning'],
      ['name-invented', 'warning'],
    ]);
  });

  test('gives prompts at three levels in the guide’s form', () => {
    const prompts = annotatedPrompts(
      { ...good, type: 'angry' },
      { domain: 'coffee shop', agent: 'customer' },
    );
    expect(prompts.minimal).toBe(
      "<system> You are Alex. You're waiting. Stay focused on coffee shop topics only. </system>",
    );
    expect(prompts.standard).toBe(
      "<system> You are Alex. Short-tempered. Regular customer. You're waiting. Uses phrases like 'Just fix it!'. Stay focused on coffee shop topics only. </system>",
    );
    expect(prompts.full).toContain('Your type is angry.');
  });
});

test('make annotate reads what lies in a folder, tells what it cannot read, and leaves out who does not speak', async () => {
  await writeFile(
    join(folder, 'calls.txt'),
    'A: Um, hi. Sorry, a latte?\nB: Sure.\nA: Sorry, um, thank you.\n\nB: Only me.\n',
  );
  await writeFile(join(folder, 'calls.csv'), 'who,what\nA,hello\n');
  const out = join(folder, 'out');
  const made = await runCli(['make', 'annotate', folder, '--speaker', 'A', '--out', out]);
  expect(made.code).toBe(2);
  const rows = JSON.parse(await readFile(join(out, 'annotated.json'), 'utf8'));
  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatchObject({
    conversation_id: 'calls.txt 1',
    type: 'nervous',
    provenance: { provider: 'template' },
    turns: [{ role: 'agent' }, { role: 'user' }, { role: 'agent' }],
  });
  expect(rows[0].system_prompt).toMatch(
    /^<system> You are a customer\. .*Filler words: 'um'.* Stay focused on coffee shop topics only\. <\/system>$/,
  );
  expect(Object.keys(rows[0].prompts)).toEqual(['minimal', 'standard', 'full']);
  const findings = (await readFile(join(out, 'findings.jsonl'), 'utf8'))
    .trim()
    .split('\n')
    .map((line): string => JSON.parse(line).code);
  expect(new Set(findings)).toEqual(new Set(['speaker-missing', 'transcript-unreadable']));
  const none = await runCli(['make', 'annotate', join(folder, 'calls.csv'), '--out', join(folder, 'never')]);
  expect([none.code, none.stderr]).toEqual([
    1,
    expect.stringContaining('no columns speaker and text; it has: who, what'),
  ]);
});
