/**
 * What a row of the corpus may be about. `{n}` noun, `{v}` verb, `{a}` adjective, `{r}` adverb, `{P}` proper name,
 * `{d}` number; the flavour's own nouns come up in half of the cases. `weight` is its share in arbitrary units.
 */
export interface Flavour {
  readonly name: string;
  readonly weight: number;
  readonly nouns: readonly string[];
  readonly asks: readonly string[];
  readonly openers: readonly string[];
  readonly sentences: readonly string[];
  /** Verbatim pieces such as code fences; one stands in about two thirds of the longer answers. */
  readonly blocks: readonly string[];
}

const plainSentences = [
  'The {a} {n} {r} {v} the {n} near the {n}.',
  'A {n} of {d} {n}s {v} every {a} {n}, and the {n} {v} it.',
  '{P} {v} the {n} because the {n} was {a}.',
  'When the {n} {v} a {n}, the {a} {n} {r} {v} it too.',
  'In {P}, the {n} {v} {d} {n}s before the {n} ends.',
  'There is {r} a {a} {n} that {v} what the {n} left behind.',
  'It is {a}, but the {n} {v} the {n} without the {n}.',
];

export const flavours: readonly Flavour[] = [
  {
    name: 'code',
    weight: 16,
    nouns: 'function array string loop index class module parameter list buffer iterator queue'.split(' '),
    asks: [
      'Write a function that {v} a list of {n}s and returns the {a} {n}.',
      'Implement a {n} in Python that {v} {d} {n}s.',
      'How do I sort a {n} of {n}s by {n} in TypeScript?',
      'Create a class {P} with a method that {v} the {n}.',
    ],
    openers: [
      'Here is an implementation.',
      'You can do it with a single pass.',
      'This version is short and tested.',
    ],
    sentences: [
      'The function {v} the {n} in O(n) time and keeps the {n} in memory.',
      'Pass the {n} as a parameter, so the {n} stays {a}.',
      ...plainSentences,
    ],
    blocks: [
      '```python\ndef {n}_{n}(items, limit={d}):\n    seen = set()\n    for item in items:\n        if item not in seen:\n            seen.add(item)\n            yield item\n```',
      '```typescript\nexport function {n}(values: number[]): number {\n  let total = {d};\n  for (const value of values) total += value;\n  return total;\n}\n```',
      '```sql\nSELECT {n}, count(*) AS "{n} total"\nFROM {n}s\nWHERE {n} > {d}\nGROUP BY {n};\n```',
    ],
  },
  {
    name: 'debugging',
    weight: 7,
    nouns: 'error stack trace exception variable pointer thread log test breakpoint crash'.split(' '),
    asks: [
      'My {n} throws "IndexError: {n} out of range" at line {d}. What is wrong?',
      'Why does this {n} return None when the {n} is {a}?',
      'The test for {P} fails only on the second run; please find the bug.',
    ],
    openers: [
      'The cause is on the line before.',
      'The trace points at the wrong place.',
      'Let us reproduce it first.',
    ],
    sentences: [
      'The {n} is read before the {n} is set, so line {d} sees an old {n}.',
      'Add a check for the {a} {n} and run the test again.',
      ...plainSentences,
    ],
    blocks: [
      '```\nTraceback (most recent call last):\n  File "/srv/{n}.py", line {d}, in {n}\nValueError: {a} {n}: \'{n}\'\n```',
      '```diff\n- if {n} == {d}:\n+ if {n} >= {d}:\n```',
    ],
  },
  {
    name: 'counselling',
    weight: 12,
    nouns: 'feeling worry anger sleep breath trust grief hope stress comfort fear'.split(' '),
    asks: [
      'I feel {a} since my {n} left, and I cannot sleep. What should I do?',
      "My {n} doesn't listen to me any more and it hurts.",
      'How can I stop worrying about the {n} every {n}?',
    ],
    openers: [
      'I am sorry that you are going through this.',
      "That sounds really hard, and it's all right to feel this way.",
      'Thank you for telling me.',
    ],
    sentences: [
      'It makes sense that the {n} feels {a} right now, and you are not alone with it.',
      'What would it be like to tell {P} about the {n}, in one {a} sentence?',
      'You might {r} notice the {n}, and then let the {n} pass.',
      ...plainSentences,
    ],
    blocks: ['1. Name the {n}.\n2. Breathe for {d} seconds.\n3. Write one line about the {n}.'],
  },
  {
    name: 'maths',
    weight: 8,
    nouns: 'sum equation fraction triangle ratio integer prime angle product square'.split(' '),
    asks: [
      '{P} has {d} {n}s and gives away {d}. How many {n}s are left?',
      'Solve for x: {d}x + {d} = {d}.',
      'A {n} is sold for {d} dollars, {d} % more than it cost. What did it cost?',
    ],
    openers: ['Let x be the unknown number.', 'First, write down what is given.', 'Step by step:'],
    sentences: [
      'So {d} + {d} = {d}, and the {n} is {d}.',
      'Divide both sides by {d}; the {n} is then {a}.',
      ...plainSentences,
    ],
    blocks: ['$$x = \\frac{{d}}{{d}} \\approx {d}$$', 'x = {d}\ny = {d}\nx * y = {d}\n#### {d}'],
  },
  {
    name: 'reasoning',
    weight: 8,
    nouns: 'premise conclusion cause effect evidence claim assumption pattern rule'.split(' '),
    asks: [
      'If every {n} is {a} and {P} is a {n}, what follows?',
      'What is the most likely cause of the {a} {n}? (A) the {n} (B) the {n} (C) the {n}',
      'Does the {n} {r} follow from the {n}? Explain.',
    ],
    openers: [
      "Let's think step by step.",
      'Consider the premises one at a time.',
      'It depends on one assumption.',
    ],
    sentences: [
      'Therefore the {n} cannot be {a}, because the {n} {v} the {n}.',
      'If the {n} holds, then the {n} follows; if not, the {n} is open.',
      ...plainSentences,
    ],
    blocks: ['Premise: the {n} {v} the {n}.\nPremise: no {n} is {a}.\nConclusion: (B)'],
  },
  {
    name: 'stories',
    weight: 9,
    nouns: 'dragon knight moon sea ghost queen ship lighthouse wolf song dream'.split(' '),
    asks: [
      'Write a short story about a {a} {n} who {v} a {n}.',
      'Continue: "The {n} of {P} was {a}, until one {n}..."',
      'Describe a {n} at night in the voice of a {a} {n}.',
    ],
    openers: [
      'Once, in the town of bells,',
      'Nobody remembered when the light went out.',
      'It began with a letter.',
    ],
    sentences: [
      '"You are late," said {P}, and the {a} {n} {r} {v} the {n}.',
      'The {n} rose over {P} like a {a} {n}, and {d} {n}s sang.',
      ...plainSentences,
    ],
    blocks: ['*\n\nThe {n} {v} the {n},\nthe {n} is {a} and old;\nand {P} {r} {v}\nwhat the {n} was told.'],
  },
  {
    name: 'tools',
    weight: 8,
    nouns: 'endpoint request schema token response calendar invoice weather ticket'.split(' '),
    asks: [
      'Book a {n} for {d} people in {P} tomorrow at {d}:00.',
      'Which {n}s are open in {P}? Use the search tool.',
      'Send the {a} {n} to {P} and add a reminder.',
    ],
    openers: ['I will call the tool for that.', 'Let me look it up.', 'Done; here is what came back.'],
    sentences: [
      'The tool returned {d} {n}s; the first one is {a}.',
      'I used {n} with {d} as the limit.',
      ...plainSentences,
    ],
    blocks: [
      '<tool_call>\n{"name": "find_{n}", "arguments": {"city": "{P}", "limit": {d}, "tags": ["{a}", "{n}"]}}\n</tool_call>',
      '[{"name": "create_{n}", "arguments": {"title": "{a} {n}", "at": "{d}:30", "notify": true}}]',
    ],
  },
  {
    name: 'debate',
    weight: 6,
    nouns: 'argument right duty law freedom justice tax vote harm virtue'.split(' '),
    asks: [
      'Should every {n} pay for the {n}? Argue against it.',
      'Is it wrong to keep a {a} {n} that {P} lost?',
      'This house believes that the {n} {v} the {n}.',
    ],
    openers: [
      'The opposite case is stronger than it looks.',
      'I disagree, for two reasons.',
      'That claim proves too much.',
    ],
    sentences: [
      'However, the {n} ignores that a {a} {n} {v} those who never chose the {n}.',
      'One may object that the {n} is {a}; but so is the {n}.',
      ...plainSentences,
    ],
    blocks: ['For: the {n} {v} the {n}.\nAgainst: the {n} is {a}.'],
  },
  {
    name: 'facts',
    weight: 12,
    nouns: 'planet river century species metal capital temperature treaty population'.split(' '),
    asks: ['What is the {a} {n} of {P}?', 'Who first saw the {n} in {P}?', 'How many {n}s does a {n} have?'],
    openers: ['In short:', 'The usual answer is this.', 'According to most sources,'],
    sentences: [
      'The {n} of {P} is about {d} kilometres from the {n}.',
      'It was built in {d} by {P} and is still a {a} {n}.',
      ...plainSentences,
    ],
    blocks: ['| {n} | {n} |\n|---|---|\n| {P} | {d} |\n| {P} | {d} |'],
  },
  {
    name: 'dialogue',
    weight: 8,
    nouns: 'weekend dinner music movie dog coffee game trip beach concert'.split(' '),
    asks: [
      'Hi! Do you like {n}s?',
      'What did you do with the {n} at the weekend?',
      'Guess what, my {n} {v} a {n}!',
    ],
    openers: ['Oh, nice!', 'Haha, really?', "I'm good, thanks, and you?"],
    sentences: ['I love a {a} {n}, how about you?', 'My {n} {r} {v} the {n}, so funny.', ...plainSentences],
    blocks: ['A: did you see the {n}?\nB: no, was it {a}?\nA: {d} times.'],
  },
  {
    name: 'esoteric',
    weight: 3,
    nouns: 'tarot omen spirit ritual star hexagram rune oracle'.split(' '),
    asks: ['What does the {n} mean next to the {a} {n}?', 'Read the {n} for {P}.'],
    openers: ['The card speaks of change.', 'As above, so below.'],
    sentences: ['The {n} {v} the {n} when the {n} is {a} in the house of {P}.', ...plainSentences],
    blocks: ['~ {n} ~\n~ {n} ~\n~ {a} ~'],
  },
  {
    name: 'planning',
    weight: 5,
    nouns: 'budget schedule task deadline project list travel team goal'.split(' '),
    asks: [
      'Plan a {a} {n} for {d} days in {P}.',
      'Summarise the {n} in {d} points.',
      'Rewrite this {n} so it sounds {a}.',
    ],
    openers: ['Here is a plan.', 'A short version:', 'Start with the date.'],
    sentences: ['On day {d}, the {n} {v} the {n}.', 'Leave {d} minutes for the {a} {n}.', ...plainSentences],
    blocks: ['- {n}: {d}\n- {n}: {d}\n- {a} {n}\n- call {P}'],
  },
];
