import { seededRandom } from '../../src/lib/seeded-random.ts';
import { commonSentences, type PlantedPersona, plantedPersonas } from './planted-personas.ts';

export interface PlantedOptions {
  readonly kind: 'chatgpt' | 'claude';
  /** The first so many of `plantedPersonas`. */
  readonly personas: number;
  readonly conversations: number;
  /** Of the person. */
  readonly userMessages: number;
  /** Of anybody. */
  readonly messages: number;
  readonly seed: number;
  /** UTF-16 units a message of the person is filled up to; 0: as short as the persona is. */
  readonly userChars?: number;
  readonly assistantChars?: number;
}

export const smallExport: PlantedOptions = {
  kind: 'chatgpt',
  personas: 4,
  conversations: 60,
  userMessages: 480,
  messages: 1100,
  seed: 1,
};

/** The size of the document's own export: 1,066 conversations, 27,885 messages, 9,779 of the person, about 111 MB. */
export const fullExport: PlantedOptions = {
  kind: 'chatgpt',
  personas: 4,
  conversations: 1066,
  userMessages: 9779,
  messages: 27_885,
  seed: 1,
  userChars: 1550,
  assistantChars: 8650,
};

type Json = Readonly<Record<string, unknown>>;

/**
 * Conversations of a planted export, one after the other. A message of the person has an id `<persona>-<number>`, which tells
 * who was planted. Every third conversation has an abandoned branch, each begins with a hidden message, many hold tool messages.
 */
export function* plantedConversations(options: PlantedOptions): Generator<Json> {
  let id = 0;
  for (let index = 0; index < options.conversations; index++) {
    const random = seededRandom(`${options.seed}/${index}`);
    const persona = plantedPersonas[index % options.personas];
    if (!persona) throw new RangeError(`no ${options.personas} personas are planted`);
    const users = shareOf(options.userMessages, options.conversations, index);
    const others = shareOf(options.messages - options.userMessages, options.conversations, index);
    const texts = Array.from({ length: users }, () => ({
      id: `${persona.name}-${id++}`,
      text: personText(persona, random, options.userChars ?? 0),
    }));
    const conversation = {
      id: `conversation-${index}`,
      title: `About ${persona.name} ${index}`,
      texts,
      others,
      random,
    };
    yield options.kind === 'chatgpt' ? chatGpt(conversation, options) : claude(conversation, options);
  }
}

/** A part of `total` so that all parts add up to it. */
function shareOf(total: number, parts: number, index: number): number {
  return Math.floor((total * (index + 1)) / parts) - Math.floor((total * index) / parts);
}

interface Planned {
  readonly id: string;
  readonly title: string;
  readonly texts: readonly { readonly id: string; readonly text: string }[];
  /** Messages that are not the person's. */
  readonly others: number;
  readonly random: () => number;
}

function chatGpt(plan: Planned, options: PlantedOptions): Json {
  const mapping: Record<
    string,
    { id: string; parent: string | null; children: string[]; message: Json | null }
  > = {};
  const add = (id: string, parent: string | null, message: Json | null): string => {
    mapping[id] = { id, parent, children: [], message };
    if (parent !== null) mapping[parent]?.children.push(id);
    return id;
  };
  let others = plan.others;
  let time = 1_700_000_000;
  const say = (id: string, role: string, content: Json, more: Json = {}): Json => ({
    id,
    author: { role, name: null, metadata: {} },
    create_time: (time += 30),
    update_time: null,
    content,
    status: 'finished_successfully',
    weight: 1,
    metadata: role === 'assistant' ? { model_slug: 'gpt-4o', finish_details: { type: 'stop' } } : {},
    recipient: 'all',
    channel: role === 'assistant' ? 'final' : null,
    ...more,
  });
  const text = (value: string): Json => ({ content_type: 'text', parts: [value] });
  let at = add(`${plan.id}/root`, null, null);
  if (others > 0) {
    const id = `${plan.id}/system`;
    at = add(id, at, say(id, 'system', text(''), { weight: 0 }));
    others--;
  }
  const abandoned = plan.texts.length > 3 && Number(plan.id.split('-')[1]) % 3 === 0 ? 1 : -1;
  for (const [turn, message] of plan.texts.entries()) {
    const before = at;
    const content =
      turn % 9 === 4
        ? {
            content_type: 'multimodal_text',
            parts: [{ content_type: 'image_asset_pointer', asset_pointer: 'file-service://x' }, message.text],
          }
        : text(message.text);
    at = add(`node-${message.id}`, before, say(message.id, 'user', content));
    const turnsLeft = plan.texts.length - turn;
    const replies = Math.floor(others / turnsLeft);
    for (let i = 0; i < replies; i++) {
      const id = `${plan.id}/${turn}/${i}`;
      const isLast = i === replies - 1;
      const reply = isLast
        ? say(id, 'assistant', text(assistantText(plan.random, options.assistantChars ?? 200)))
        : i % 2 === 0
          ? say(
              id,
              'assistant',
              { content_type: 'code', language: 'json', text: '{"query":"x"}' },
              { recipient: 'browser' },
            )
          : say(id, 'tool', {
              content_type: 'execution_output',
              text: assistantText(plan.random, options.assistantChars ?? 200),
            });
      at = add(id, at, reply);
    }
    others -= replies;
    // The person went back and said it in other words; the first way is left behind.
    if (turn === abandoned) at = before;
  }
  return {
    id: plan.id,
    conversation_id: plan.id,
    title: plan.title,
    create_time: 1_700_000_000,
    update_time: time,
    default_model_slug: 'gpt-4o',
    mapping,
    current_node: at,
  };
}

function claude(plan: Planned, options: PlantedOptions): Json {
  const messages: Json[] = [];
  let others = plan.others;
  const say = (uuid: string, sender: string, text: string): void => {
    const created = new Date(Date.UTC(2025, 0, 1) + messages.length * 60_000).toISOString();
    messages.push({
      uuid,
      sender,
      text,
      content: [{ type: 'text', text }],
      created_at: created,
      updated_at: created,
      attachments: [],
      files: [],
    });
  };
  for (const [turn, message] of plan.texts.entries()) {
    say(message.id, 'human', message.text);
    const replies = Math.floor(others / (plan.texts.length - turn));
    for (let i = 0; i < replies; i++)
      say(`${plan.id}/${turn}/${i}`, 'assistant', assistantText(plan.random, options.assistantChars ?? 200));
    others -= replies;
  }
  return {
    uuid: plan.id,
    name: plan.title,
    created_at: '2025-01-01T00:00:00Z',
    updated_at: '2025-01-01T00:00:00Z',
    chat_messages: messages,
  };
}

function personText(persona: PlantedPersona, random: () => number, chars: number): string {
  const [least, most] = persona.length;
  const wanted = least + Math.floor(random() * (most - least + 1));
  const parts = [fill(pick(persona.openings, random), persona, random)];
  let length = parts[0]?.length ?? 0;
  while (parts.length < wanted || length < chars * (0.6 + 0.8 * random())) {
    const sentence =
      random() < 0.15
        ? pick(commonSentences, random)
        : fill(pick(persona.sentences, random), persona, random);
    parts.push(persona.lowerCase ? sentence.replace(/^\p{Lu}/u, (letter) => letter.toLowerCase()) : sentence);
    length += sentence.length + 1;
  }
  return parts.join(parts.some((part) => part.includes('```')) ? '\n' : ' ');
}

function fill(text: string, persona: PlantedPersona, random: () => number): string {
  return text.replace(/\{(\w+)\}/g, (_, slot: string) => pick(persona.slots[slot] ?? [slot], random));
}

const replyWords =
  'the answer depends on what you want to reach and there are several ways to go about it so here is one that works in most cases with a note on what may go wrong'.split(
    ' ',
  );

function assistantText(random: () => number, chars: number): string {
  const words: string[] = [];
  for (let length = 0; length < chars;) {
    const word = pick(replyWords, random);
    words.push(word);
    length += word.length + 1;
  }
  return `${words.join(' ')}.`;
}

function pick<Item>(items: readonly Item[], random: () => number): Item {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new RangeError('nothing to pick from');
  return item;
}
