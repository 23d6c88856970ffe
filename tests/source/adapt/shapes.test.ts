import { expect, test } from 'vitest';
import type { Row } from '../../../src/core/row.ts';
import { compileShape } from '../../../src/source/adapt/compile-shape.ts';
import { detectShape } from '../../../src/source/adapt/detect-shape.ts';
import type { ReadOptions } from '../../../src/source/read-options.ts';

/** `u: text` lines of the row that a record becomes on its own sample, after the shape's name. */
function adapt(record: unknown, options: ReadOptions = {}): string[] {
  const detected = detectShape([record], options);
  if ('unknown' in detected) return ['unknown', ...detected.unknown];
  const row = compileShape(detected.plan, false)(record);
  return [detected.plan.kind, ...('messages' in row ? linesOf(row) : [`reject ${row.code}`])];
}

function linesOf(row: Row): string[] {
  const lines = row.messages.map(({ role, content, name, toolCalls }) => {
    const calls = (toolCalls ?? []).map((call) => ` ${call.name}(${call.arguments})`).join('');
    return `${role[0]}${name === undefined ? '' : ` ${name}`}: ${content}${calls}`;
  });
  return row.tools === undefined ? lines : [...lines, `tools: ${row.tools}`];
}

const shapes: [title: string, record: unknown, expected: string[]][] = [
  [
    'instruction, input, output',
    { instruction: 'Add', input: '1 2', output: '3' },
    ['instruction', 'u: Add\n\n1 2', 'a: 3'],
  ],
  [
    'output before response',
    { instruction: 'Add', response: 'r', output: 'o' },
    ['instruction', 'u: Add', 'a: o'],
  ],
  ['response alone', { instruction: 'Add', input: '', response: 'r' }, ['instruction', 'u: Add', 'a: r']],
  [
    'names without case and separators',
    { 'User-Prompt': 'q', Model_Response: 'r' },
    ['instruction', 'u: q', 'a: r'],
  ],
  ['prompt and completion', { prompt: 'q', completion: 'r' }, ['instruction', 'u: q', 'a: r']],
  ['question and answer', { id: 1, question: 'q', answer: 42 }, ['instruction', 'u: q', 'a: 42']],
  [
    'the first of several answers',
    { question: 'q', answer: ['', 'one', 'two'] },
    ['instruction', 'u: q', 'a: one'],
  ],
  [
    'SQuAD answers',
    { context: 'c', question: 'q', answers: { text: ['t'], answer_start: [3] } },
    ['instruction', 'u: c\n\nq', 'a: t'],
  ],
  ['a boolean answer', { question: 'q', answer: true }, ['instruction', 'u: q', 'a: yes']],
  [
    'an answer by letter',
    { question: 'q', options: ['A. red', 'B. blue'], answer: 'b' },
    ['instruction', 'u: q\n\nA. red\nB. blue', 'a: B. blue'],
  ],
  [
    'an answer that is the text of an option, though it could be an index',
    { question: 'q', options: ['1', '2', '3', '4'], answer: '2' },
    ['instruction', 'u: q\n\n1\n2\n3\n4', 'a: 2'],
  ],
  [
    'an answer by index',
    { question: 'q', options: ['1', '2', '3', '4'], answer: 2 },
    ['instruction', 'u: q\n\n1\n2\n3\n4', 'a: 3'],
  ],
  [
    'options and rationale',
    { question: 'q', options: ['A)1'], rationale: 'because', correct: 'A' },
    ['instruction', 'u: q\n\nA)1', 'a: because'],
  ],
  [
    'stem and choices',
    {
      question: {
        stem: 's',
        choices: [
          { label: 'A', text: 'x' },
          { label: 'B', text: 'y' },
        ],
      },
      answerKey: 'B',
    },
    ['choices', 'u: s\n\nA. x\nB. y', 'a: y'],
  ],
  [
    'premise and two hypotheses',
    { premise: 'p', 'ask-for': 'cause', hypothesis1: 'x', hypothesis2: 'y', label: 1 },
    ['instruction', 'u: p\n\ncause\n\nx\ny', 'a: y'],
  ],
  [
    'premises and conclusion',
    { premises: ['a', 'b'], conclusion: 'c', label: 'True' },
    ['instruction', 'u: a\nb\n\nc', 'a: True'],
  ],
  [
    'a rewritten intent',
    { intent: 'i', rewritten_intent: 'w', snippet: 's' },
    ['instruction', 'u: w', 'a: s'],
  ],
  ['an answer that is missing', { question: 'q', answer: null }, ['instruction', 'u: q']],
  [
    'code with a bug',
    { description: 'd', buggy_code: 'b', explanations: 'e', oracle_code: 'o' },
    ['instruction', 'u: d\n\nb', 'a: e\n\no'],
  ],
  [
    'title, question and answer of a forum',
    { questionTitle: 't', questionText: 'q', answerText: 'r' },
    ['instruction', 'u: t\n\nq', 'a: r'],
  ],
  ['title and text', { title: 't', text: 'x' }, ['instruction', 'u: t', 'a: x']],
  [
    'a request without an answer',
    { id: '7', user_request: 'do it', domain: 'd' },
    ['instruction', 'u: do it'],
  ],
  ['plain text', { text: 'x', label: 3 }, ['text', 'a: x']],
  [
    'a control token stays',
    { instruction: '<persona:x>\nhello', output: 'hi' },
    ['instruction', 'u: <persona:x>\nhello', 'a: hi'],
  ],
  [
    'alpaca with system and history',
    { system: 's', history: [['a', 'b']], instruction: 'c', output: 'd' },
    ['instruction', 's: s', 'u: a', 'a: b', 'u: c', 'a: d'],
  ],
  [
    'messages',
    {
      messages: [
        { role: 'developer', content: 's' },
        { role: 'user', content: 'q' },
        { role: 'assistant', content: 'r' },
      ],
    },
    ['messages', 's: s', 'u: q', 'a: r'],
  ],
  ['messages as JSON text', { messages: '[{"role":"user","content":"q"}]' }, ['messages', 'u: q']],
  [
    'lists of messages',
    { question: [[{ role: 'user', content: 'a' }], [{ role: 'user', content: 'b' }]] },
    ['messages', 'u: a', 'u: b'],
  ],
  [
    'typed parts, calls and tools',
    {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', value: 'q' },
            { type: 'text', text: 'more' },
          ],
        },
        {
          role: 'assistant',
          content: [
            { type: 'reasoning', value: 'hm' },
            { type: 'tool_call', value: '{"name":"f","arguments":{"a":1}}' },
          ],
        },
        { role: 'tool', content: '2' },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'c1', function: { name: 'g', arguments: '{}' } }],
        },
      ],
      tools: [{ name: 'f' }],
    },
    [
      'messages',
      'u: q\nmore',
      'a: <think>\nhm\n</think> f({"a":1})',
      't: 2',
      'a:  g({})',
      'tools: [{"name":"f"}]',
    ],
  ],
  [
    'ShareGPT with calls',
    {
      conversations: [
        { from: 'human', value: 'q' },
        { from: 'function_call', value: '{"name": "f", "arguments": {"a": 1}}' },
        { from: 'observation', value: '2' },
        { from: 'gpt', value: 'r' },
      ],
      tools: '[{"name": "f"}]',
    },
    ['messages', 'u: q', 'a:  f({"a":1})', 't: 2', 'a: r', 'tools: [{"name": "f"}]'],
  ],
  [
    'pairs, the last without a reply',
    {
      dialogue: [
        ['a', 'b'],
        ['c', {}],
      ],
    },
    ['pairs', 'u: a', 'a: b', 'u: c'],
  ],
  ['pairs about a passage', { meta: 'p', dialogue: [['a', 'b']] }, ['pairs', 's: p', 'u: a', 'a: b']],
  [
    'turns of user and system',
    {
      turns: [
        { speaker: 'USER', utterance: 'a' },
        { speaker: 'SYSTEM', utterance: 'b' },
      ],
    },
    ['turns', 'u: a', 'a: b'],
  ],
  [
    'turns of agent and user with a system prompt beside them',
    {
      persona_id: 'p',
      system_prompt: 's',
      turns: [
        { role: 'agent', text: 'a', gap_ms: 100 },
        { role: 'user', text: 'b' },
      ],
    },
    ['turns', 's: s', 'a: a', 'u: b'],
  ],
  [
    'turns of two named agents',
    {
      content: [
        { agent: 'agent_1', message: 'a' },
        { agent: 'agent_2', message: 'b' },
      ],
    },
    ['turns', 'u: a', 'a: b'],
  ],
  [
    'who helps is the assistant though first',
    {
      dialog: [
        { speaker: 'supporter', content: 'a' },
        { speaker: 'seeker', content: 'b' },
      ],
    },
    ['turns', 'a: a', 'u: b'],
  ],
  [
    'more than two speakers keep their names',
    {
      turns: [
        { names: ['ANN'], text: 'a' },
        { names: ['BEA'], text: 'b' },
        { names: ['CY'], text: 'c' },
      ],
    },
    ['turns', 'u ANN: a', 'a BEA: b', 'u CY: c'],
  ],
  [
    'history and response',
    { history: [{ role: 'seeker', text: 'a' }], response: { role: 'supporter', text: 'b' } },
    ['history', 'u: a', 'a: b'],
  ],
  [
    'instances',
    { instruction: 'i', instances: [{ input: 'x', output: 'y' }] },
    ['instances', 'u: i\n\nx', 'a: y'],
  ],
  [
    'chosen transcript',
    { chosen: '\n\nHuman: a\n\nAssistant: b\n\nc', rejected: '\n\nHuman: a\n\nAssistant: z' },
    ['preference', 'u: a', 'a: b\n\nc'],
  ],
  [
    'chosen reply to a prompt',
    { prompt: 'q', chosen: 'good', rejected: 'bad' },
    ['preference', 'u: q', 'a: good'],
  ],
  [
    'chosen messages',
    {
      chosen: [
        { role: 'user', content: 'a' },
        { role: 'assistant', content: 'b' },
      ],
      rejected: [{ role: 'user', content: 'a' }],
    },
    ['preference', 'u: a', 'a: b'],
  ],
  [
    'lines of User 1 and User 2',
    { 'Best Conversation': 'User 1: a\nUser 2: b\nmore' },
    ['transcript', 'u: a', 'a: b\nmore'],
  ],
  ['marks in stars', { conversation: '* * *\n*User 1:* a\n\n*User 2:* b' }, ['transcript', 'u: a', 'a: b']],
  [
    'a teacher and a student',
    { question: 'p', conversation: 'Teacher: (focus)a|EOM|Student: b' },
    ['transcript', 's: p', 'a: a', 'u: b'],
  ],
  ['### Human and ### Assistant', { text: '### Human: a\n### Assistant: b' }, ['transcript', 'u: a', 'a: b']],
  [
    'an instruction template',
    { code: '###Instruction: a\n###Input: x\n###Output: b' },
    ['transcript', 'u: a\n\nx', 'a: b'],
  ],
  [
    'im_start marks',
    { text: '<|im_start|>user\na<|im_end|>\n<|im_start|>assistant\nb<|im_end|>' },
    ['transcript', 'u: a', 'a: b'],
  ],
  [
    '[INST] marks',
    { text: '<s>[INST] <<SYS>>s<</SYS>> a [/INST] b </s>' },
    ['transcript', 's: s', 'u: a', 'a: b'],
  ],
  [
    'text that mentions a speaker is text',
    { text: 'Note: the user: nobody.' },
    ['text', 'a: Note: the user: nobody.'],
  ],
  [
    'an issue and its comments',
    {
      title: 't',
      body: 'b',
      author: 'ann',
      comments: [
        { user: 'bob', body: 'x' },
        { user: 'ann', body: 'y' },
      ],
    },
    ['thread', 'u: t\n\nb', 'a: x', 'u: y'],
  ],
  [
    'a debate',
    {
      claim_title: 'c',
      perspectives_for: [{ perspective_title: 'p', argument: { description: ['x', 'y'] } }],
      perspectives_against: ['z'],
    },
    ['debate', 'u: c', 'a: p\n\nx\ny\n\nz'],
  ],
  [
    'lists of two words are no dialogue beside a request',
    { query: 'q', 'relevant APIs': [['a', 'b']] },
    ['instruction', 'u: q'],
  ],
  ['nothing known', { alpha: 1, beta: { gamma: 2 } }, ['unknown', 'alpha', 'beta']],
];

test.each(shapes)('shape: %s', (_, record, expected) => {
  expect(adapt(record)).toEqual(expected);
});

test('columns of the configuration are binding, by name or by number, with and without a shape', () => {
  const record = { '1': 'x', '2': 'y', question: 'q', answer: 'a' };
  expect(adapt(record, { columns: { user: '1', assistant: '2' } })).toEqual(['instruction', 'u: x', 'a: y']);
  expect(adapt(record, { shape: 'text', columns: { text: '2' } })).toEqual(['text', 'a: y']);
  expect(adapt(record, { columns: { text: 'Question' } })).toEqual(['text', 'a: q']);
  expect(adapt(record, { columns: { output: '2' } })).toEqual(['instruction', 'u: q', 'a: y']);
});

test('utterances are put together by dialogue, wherever they stand, in turn order', () => {
  const records = ['a1', 'b1', 'a2', 'b2'].map((text, index) => ({
    Dialogue_ID: text[0],
    Utterance: text,
    Speaker: `s${text[1]}`,
    Utterance_ID: index,
  }));
  const detected = detectShape(records, {});
  expect(detected).toMatchObject({ plan: { kind: 'utterances', grouped: true } });
  if ('unknown' in detected) return;
  const row = compileShape(detected.plan, true)([records[2], records[0]]);
  expect('messages' in row ? linesOf(row) : row).toEqual(['u: a1', 'a: a2']);
});

test('a message of an unknown role is rejected, and the record is shown', () => {
  const adaptRow = compileShape({ kind: 'messages', columns: { messages: 'messages' } }, false);
  expect(adaptRow({ messages: [{ role: 'narrator', content: 'x' }] })).toMatchObject({
    code: 'role-unknown',
    excerpt: '{"messages":[{"role":"narrator","content":"x"}]}',
  });
});
