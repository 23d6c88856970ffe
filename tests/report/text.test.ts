import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { textWidth } from '../../src/lib/text-width.ts';
import { renderText } from '../../src/report/text.ts';
import { sampleModel } from './support/sample-model.ts';

test('the summary tells rows, personas, traits, infeasibility and places', () => {
  expect(renderText(sampleModel(), { width: 90, color: false })).toMatchInlineSnapshot(`
    "tag-datasets 0.2.0 · configs/persona_training_config.yaml · seed 42

    643,845 rows read = 194,132 selected + 418,348 not selected + 21,733 duplicates + 9,514
    filtered + 118 quarantined
    197,422 rows in the balanced corpus, 3,290 copies among them, 41,853,464 tokens
    (29,021,034 supervised; estimated), effective size 197,422 rows, no row more than 1 times
    persona-v1 judged 581,856 rows (95.0%), 122,496 of them (21.1%) below its thresholds.
    minilm-v1 judged 30,624 rows (5.0%), 7,656 of them (25.0%) below its thresholds.
    The accurate tier was given 30,624 rows of 612,480, those of which the fast tier was least
    sure (budget: 5.0% of the rows). Both tiers have the same best persona in 33.3% of them.

    persona               before  target   after    drift
    empathetic_counselor    2.6%   15.0%   12.4%    −2.59 ! supply  ████████████████████▋    │
    esoteric_scholar       0.26%    1.5%    1.2%    −0.26 ! supply  ██│
    code_expert            27.4%   12.0%   12.4%    +0.41           ████████████████████│
    creative_storyteller   12.6%    8.0%    8.3%    +0.27           █████████████│
    analytical_reasoner     1.1%    6.0%    6.2%    +0.20           ██████████│
    conversational_agent    6.3%    4.0%    4.1%    +0.14           ██████▉│
    problem_solver         0.70%    4.0%    4.1%    +0.14           ██████▉│
    tool_orchestrator       6.3%    4.0%    4.1%    +0.14           ██████▉│
    critical_debater        2.4%    3.0%    3.1%    +0.10           █████│
    debugging_assistant     3.7%    3.0%    3.1%    +0.10           █████│
    47 more personas in the report

    trait       before  target   after    drift
    brief        37.3%   35.0%   35.0%     0.00  █████████████████████████████│
    detailed     12.3%   30.0%   30.0%     0.00  ████████████████████████▉│
    supportive   27.9%   25.0%   25.0%     0.00  ████████████████████▊│
    casual       21.6%   20.0%   20.0%     0.00  ████████████████▋│
    nuanced      34.1%   20.0%   20.0%     0.00  ████████████████▋│
    formal        6.0%   15.0%   15.0%     0.00  ████████████│
    10 more traits in the report

    The targets cannot all hold; the nearest mix was taken. empathetic_counselor asks for
    19.5% of the corpus, but its supply reaches 15.6% even with 4 copies of every row. The
    category minima add up to 101%, so at least one band has to give way by 1 point.

    order   rows from the mix in any prefix: persona 0.8, category 1.7, trait 2.6, source 3.5
    shards  out/personas/dataset (8 shards, 251.4 MiB)
    report  out/personas/report/report.html"
  `);
});

test('a run without rows has a summary too', () => {
  const text = renderText(sampleModel({ rows: 0, personas: 1, sources: 1, feasible: true }), {
    width: 60,
    color: false,
  });
  expect(text).toMatch(/^0 rows in the balanced corpus/m);
});

test('the summary has at most 40 lines and no line wider than the terminal', () => {
  const options = fc.record({
    personas: fc.integer({ min: 1, max: 57 }),
    sources: fc.integer({ min: 1, max: 79 }),
    rows: fc.integer({ min: 0, max: 10_000_000 }),
    feasible: fc.boolean(),
    hostile: fc.string({ unit: 'binary', maxLength: 30 }),
  });
  fc.assert(
    fc.property(options, fc.integer({ min: 60, max: 200 }), (sample, width) => {
      const lines = renderText(sampleModel(sample), { width, color: false }).split('\n');
      expect(lines.length).toBeLessThanOrEqual(40);
      for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(width);
    }),
    { numRuns: 40 },
  );
});

test('escapes in names never reach the terminal, and colour adds only its own', () => {
  const model = sampleModel({ hostile: '\u001b[31m\u202Eevil\u0007\n' });
  const text = renderText(model, { width: 100, color: true });
  // eslint-disable-next-line no-control-regex
  expect(text.replace(/\u001b\[(?:1|2|22|36|33|39)m/g, '')).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u202E]/);
  expect(text).toContain('␛[31m');
});
