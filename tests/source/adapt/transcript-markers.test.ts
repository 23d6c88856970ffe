import { expect, test } from 'vitest';

import { splitTranscript } from '../../../src/source/adapt/transcript-markers.ts';

const blanks = ' '.repeat(100_000);

test('runs of blanks and open marks in a transcript take time in proportion to their length', () => {
  const texts = [
    `[INST] hi [/INST] yo${blanks}end`,
    `[INST] hi [/INST] yo</s>${blanks}end`,
    `[/INST] ${'<<SYS>>'.repeat(20_000)} [INST] ${'<<SYS>>'.repeat(20_000)}`,
    `{'Instruction': a, 'Output': b${blanks}end`,
    `{'Instruction': ${"a, 'Output': ".repeat(5000)}${blanks}end`,
    `<|user|>a${blanks}end<|assistant|>${blanks}`,
    `${blanks}|EOM|${blanks}`,
    `${'\n'.repeat(100_000)}Human`,
    `${blanks}\n${'* '.repeat(50_000)}\nUser: a\n${blanks}User`,
    `### Input:${blanks}\n### Input:${blanks}`,
  ];
  for (const text of texts) {
    const start = performance.now();
    splitTranscript(text);
    expect([text.slice(0, 30), performance.now() - start < 5000]).toEqual([text.slice(0, 30), true]);
  }
});

test('[INST] marks with and without <s>, blanks and system prompts', () => {
  const turns = splitTranscript(
    '<s>[INST] <<SYS>>\ns\n<</SYS>>\n\na [/INST] b </s><s> [INST] c [/INST] d<s>\n[INST]e[/INST]f',
  );
  expect(turns?.map(({ speaker, text }) => `${speaker}: ${text}`)).toEqual([
    'system: s',
    'user: a',
    'assistant: b',
    'user: c',
    'assistant: d',
    'user: e',
    'assistant: f',
  ]);
});

test('a printed dictionary of Instruction and Output, with and without quotes and its end', () => {
  for (const text of [
    `{'Instruction': 'a', 'Output': 'b, 'Output': c'}\n`,
    `{'Instruction': a, 'Output':b, 'Output': c  `,
  ])
    expect(splitTranscript(text)).toEqual([
      { speaker: 'user', text: 'a' },
      { speaker: 'assistant', text: "b, 'Output': c" },
    ]);
  expect(splitTranscript(`{'Instruction': a, 'Output':`)).toBeUndefined();
});
