import { expect, test } from 'vitest';

import { messagesOf } from '../../src/extract/messages-of.ts';
import { readConversation } from '../../src/extract/read-conversation.ts';

type Node = Readonly<Record<string, unknown>>;

function message(role: string, text: string, more: Node = {}): Node {
  return { author: { role }, content: { content_type: 'text', parts: [text] }, weight: 1, ...more };
}

function conversation(
  nodes: Readonly<Record<string, readonly [string | null, Node | null]>>,
  current?: string,
) {
  return {
    id: 'c1',
    title: 'A talk',
    default_model_slug: 'gpt-x',
    current_node: current,
    mapping: Object.fromEntries(
      Object.entries(nodes).map(([id, [parent, content]]) => [
        id,
        { id, parent, children: [], message: content && { id, ...content } },
      ]),
    ),
  };
}

function read(value: unknown, branches: 'active' | 'all' = 'active') {
  const tree = readConversation(value, 0);
  if ('broken' in tree) return tree;
  return messagesOf(tree, branches);
}

function whole(value: unknown, branches: 'active' | 'all' = 'active') {
  const found = read(value, branches);
  if ('broken' in found) throw new Error(found.broken);
  return found;
}

const branched = conversation(
  {
    root: [null, null],
    s: ['root', message('system', '', { weight: 0 })],
    u1: ['s', message('user', 'What is the plan for today?', { create_time: 1_700_000_000 })],
    a1: ['u1', message('assistant', 'Swim, then rest.', { metadata: { model_slug: 'gpt-y' } })],
    old: ['a1', message('user', 'And where should I swim then?')],
    u2: ['a1', message('user', 'And when should I rest then?')],
    t: ['u2', message('tool', 'lookup', {})],
    a2: ['t', message('assistant', 'In the evening.', { status: 'finished_successfully' })],
  },
  'a2',
);

test('the active path is followed from the current node, and side branches are counted', () => {
  const found = whole(branched);
  expect(found.messages.map(({ id, branch }) => [id, branch])).toEqual([
    ['u1', 'active'],
    ['u2', 'active'],
  ]);
  expect(found.skipped).toEqual({ 'side-branch': 1 });
  expect(found.seen).toBe(7);
});

test('--branches all adds what was left behind, marked as such', () => {
  const found = whole(branched, 'all');
  expect(found.messages.map(({ id, branch }) => [id, branch])).toEqual([
    ['u1', 'active'],
    ['u2', 'active'],
    ['old', 'side'],
  ]);
});

test('a message has what it answers, the model that answered it, its time and its counts', () => {
  const [first, second] = whole(branched).messages;
  expect(first).toEqual({
    id: 'u1',
    conversation_id: 'c1',
    title: 'A talk',
    text: 'What is the plan for today?',
    context: null,
    model: 'gpt-y',
    timestamp: '2023-11-14T22:13:20.000Z',
    word_count: 6,
    char_count: 27,
    branch: 'active',
  });
  expect(second?.context).toBe('Swim, then rest.');
  expect(second?.model).toBe('gpt-y');
});

test('an answer passes tool messages, and knows how it ended', () => {
  expect(whole(branched).replies.at(-1)).toMatchObject({ id: 'u2', text: 'In the evening.', finish: 'stop' });
});

test('without a current node the newest leaf ends the path', () => {
  const { current_node: _, ...rest } = branched;
  const found = whole(rest);
  expect(found.messages.map(({ id }) => id)).toEqual(['u1', 'u2']);
  expect(found.notes['no-current-node']).toBe(1);
});

test('a cycle of parents makes a broken conversation', () => {
  const cycle = conversation({
    a: ['b', message('user', 'Who was here first of us two?')],
    b: ['a', message('assistant', 'You.')],
  });
  expect(read(cycle)).toEqual({ broken: 'cycle' });
});

test('hidden messages, short ones and unknown content are left out and counted', () => {
  const found = whole(
    conversation(
      {
        root: [null, null],
        h: ['root', message('user', 'You are a helpful person.', { weight: 0 })],
        s: ['h', message('user', 'ok thanks')],
        e: ['s', { author: { role: 'user' }, content: { content_type: 'user_editable_context', text: 'x' } }],
        m: [
          'e',
          {
            author: { role: 'user' },
            content: {
              content_type: 'multimodal_text',
              parts: [
                { content_type: 'image_asset_pointer', asset_pointer: 'x' },
                'What is on this picture?',
              ],
            },
          },
        ],
      },
      'm',
    ),
  );
  expect(found.messages.map(({ text }) => text)).toEqual(['What is on this picture?']);
  expect(found.skipped).toEqual({ hidden: 1, 'too-short': 1, 'content:user_editable_context': 1 });
  expect(found.notes['asset']).toBe(1);
});

test('tool calls and comments of the assistant are no context', () => {
  const found = whole(
    conversation(
      {
        a: [null, message('assistant', 'Here you are.')],
        call: ['a', message('assistant', 'search(x)', { recipient: 'browser' })],
        note: ['call', message('assistant', 'Thinking …', { channel: 'commentary' })],
        u: ['note', message('user', 'Is that all there is?')],
      },
      'u',
    ),
  );
  expect(found.messages[0]?.context).toBe('Here you are.');
});

test('a context is at most 500 characters, and ends before a word that would be cut', () => {
  const contextOf = (said: string): string | null | undefined => {
    const nodes = {
      a: [null, message('assistant', said)],
      u: ['a', message('user', 'A long one.')],
    } as const;
    return whole(conversation(nodes, 'u')).messages[0]?.context;
  };
  const before = 'so '.repeat(162);
  expect(contextOf(`${before}alexandra.winterbottom@clinic-rosenheim.de is it`)).toBe(before);
  expect(contextOf(`${before}${before}`)).toBe(`${'so '.repeat(166)}so`);
  expect(contextOf('x'.repeat(501))).toBeNull();
});

test('an answer has what the person says next, on the same branch and however short', () => {
  const forked = conversation(
    {
      u1: [null, message('user', 'What is the capital of Australia?')],
      a1: ['u1', message('assistant', 'It is Canberra.')],
      old: ['u1', message('assistant', 'It is Sydney.')],
      no: ['old', message('user', 'Wrong.')],
      u2: ['a1', message('user', 'And of New Zealand, please?')],
      a2: ['u2', message('assistant', 'Auckland.')],
      u3: ['a1', message('user', 'And what of New Zealand then?')],
      a3: ['u3', message('assistant', 'Wellington.')],
      u4: ['a3', message('user', 'No.')],
    },
    'a2',
  );
  expect(whole(forked, 'all').replies.map(({ id, next_text: next }) => [id, next])).toEqual([
    ['u1', 'And of New Zealand, please?'],
    ['u2', null],
    ['u3', 'No.'],
  ]);
});

test('a Claude conversation is a list, or a tree that names its leaf', () => {
  const said = (uuid: string, sender: string, text: string, parent?: string) => ({
    uuid,
    sender,
    text: 'old field',
    content: [
      { type: 'text', text },
      ...(sender === 'assistant' ? [{ type: 'thinking', thinking: 'x' }] : []),
    ],
    created_at: '2025-02-03T04:05:06.789Z',
    ...(parent === undefined ? {} : { parent_message_uuid: parent }),
  });
  const list = {
    uuid: 'k',
    name: 'Talk',
    chat_messages: [
      said('1', 'human', 'How are you today?'),
      said('2', 'assistant', 'Fine.'),
      said('3', 'human', 'Good to hear that.'),
    ],
  };
  const found = whole(list);
  expect(found.messages.map(({ text, context }) => [text, context])).toEqual([
    ['How are you today?', null],
    ['Good to hear that.', 'Fine.'],
  ]);
  expect(found.notes['content:thinking']).toBe(1);
  const tree = {
    ...list,
    current_leaf_message_uuid: '4',
    chat_messages: [
      said('1', 'human', 'How are you today?', '00000000-0000-4000-8000-000000000000'),
      said('2', 'assistant', 'Fine.', '1'),
      said('3', 'human', 'Good to hear that.', '2'),
      said('4', 'human', 'What a pity, I hoped so.', '2'),
    ],
  };
  expect(whole(tree).messages.map(({ id }) => id)).toEqual(['1', '4']);
});

test('what is no conversation says why', () => {
  expect(read(7)).toEqual({ broken: 'not-an-object' });
  expect(read({ mapping: [] })).toEqual({ broken: 'no-mapping' });
  expect(read({ mapping: { a: 1 } })).toEqual({ broken: 'broken-node' });
  expect(read({ chat_messages: [] })).toEqual({ broken: 'no-messages' });
});
