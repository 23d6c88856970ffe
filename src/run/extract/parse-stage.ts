import { join } from 'node:path';

import { ConfigError, throwIfInterrupted } from '../../core/errors.ts';
import { isRecord, textOrNull } from '../../extract/conversation-tree.ts';
import { type ConversationMessages, messagesOf, type UnjudgedReply } from '../../extract/messages-of.ts';
import { kindOf, readConversation } from '../../extract/read-conversation.ts';
import type { AssistantReply } from '../../extract/records.ts';
import { disputesReply } from '../../lora/good-reply.ts';
import { messagesFile, repliesFile } from './extract-paths.ts';
import { JsonlWriter } from './jsonl-file.ts';
import { type ExportDocument, notAnExport, type OpenedExport } from './open-export.ts';
import { readConversations } from './read-export.ts';
import type { StageWork } from './stage.ts';

/** What was met while reading; every message that was left out is counted under a reason. */
export interface ParseCounts {
  readonly conversations: number;
  readonly conversationsSkipped: Record<string, number>;
  /** Messages of anybody, on all branches. */
  readonly messages: number;
  readonly fromPerson: number;
  readonly extracted: number;
  readonly skipped: Record<string, number>;
  /** What else was met: `content:thoughts`, `hidden`, `no-current-node`, … */
  readonly notes: Record<string, number>;
  readonly replies: number;
}

type Counts = { -readonly [Name in keyof ParseCounts]: ParseCounts[Name] };

/**
 * Reads the export conversation by conversation and writes the person's messages, and the answers to them. Both files appear
 * only when the whole export was read. Holds one conversation, the ids of messages and the ratings.
 * @throws ConfigError `not-an-export`, `export-empty`, `export-truncated`, `export-shard-missing`, …
 */
export async function parseExport(
  opened: OpenedExport,
  params: {
    readonly path: string;
    readonly out: string;
    readonly branches: 'active' | 'all';
    readonly signal: AbortSignal | undefined;
    /** Awaited before the files appear. */
    readonly clear: () => Promise<void>;
  },
): Promise<StageWork<ParseCounts>> {
  await checkManifest(opened, params.path);
  const ratings = await readRatings(opened.feedback);
  await using messages = await JsonlWriter.open(join(params.out, messagesFile));
  await using replies = await JsonlWriter.open(join(params.out, repliesFile));
  const counts = emptyCounts();
  const seen = { conversations: new Set<string>(), messages: new Set<string>(), known: 0 };
  for (const document of opened.documents) {
    for await (const read of readConversations(document)) {
      throwIfInterrupted(params.signal, 'interrupted while the export was read');
      const found = take(read, counts, { seen, branches: params.branches });
      if (!found) continue;
      const kept = new Set<string>();
      for (const message of found.messages) {
        if (seen.messages.has(message.id)) {
          add(counts.skipped, 'repeated');
          continue;
        }
        seen.messages.add(ownText(message.id));
        kept.add(message.id);
        await messages.write(message);
      }
      for (const reply of found.replies) if (kept.has(reply.id)) await replies.write(judge(reply, ratings));
    }
  }
  checkCounts(params.path, counts, seen.known);
  counts.extracted = messages.rows;
  counts.replies = replies.rows;
  await params.clear();
  await messages.publish();
  await replies.publish();
  return { outputs: [messagesFile, repliesFile], counts };
}

/** What the person thought of an answer: by the rating, and by the next turn. */
function judge(
  { reply_id: replyId, next_text: next, ...reply }: UnjudgedReply,
  ratings: ReadonlyMap<string, 'up' | 'down'>,
): AssistantReply {
  return { ...reply, rating: ratings.get(replyId) ?? null, disputed: next !== null && disputesReply(next) };
}

function emptyCounts(): Counts {
  return {
    conversations: 0,
    conversationsSkipped: {},
    messages: 0,
    fromPerson: 0,
    extracted: 0,
    skipped: {},
    notes: {},
    replies: 0,
  };
}

/** One conversation counted; undefined where it is skipped. */
function take(
  read: { readonly value: unknown } | { readonly tooLarge: true } | { readonly broken: true },
  counts: Counts,
  known: {
    readonly seen: { readonly conversations: Set<string>; known: number };
    readonly branches: 'active' | 'all';
  },
): ConversationMessages | undefined {
  counts.conversations++;
  const skip = (reason: string): undefined => {
    add(counts.conversationsSkipped, reason);
  };
  if ('tooLarge' in read) return skip('too-large');
  if ('broken' in read) return skip('broken-line');
  if (kindOf(read.value)) known.seen.known++;
  const tree = readConversation(read.value, counts.conversations - 1);
  if ('broken' in tree) return skip(tree.broken);
  if (known.seen.conversations.has(tree.id)) return skip('repeated');
  known.seen.conversations.add(ownText(tree.id));
  const found = messagesOf(tree, known.branches);
  if ('broken' in found) return skip(found.broken);
  counts.messages += found.seen;
  counts.fromPerson += found.fromPerson;
  for (const [name, count] of Object.entries(found.skipped)) add(counts.skipped, name, count);
  for (const [name, count] of Object.entries(found.notes)) add(counts.notes, name, count);
  return found;
}

/** A copy: a piece of a longer text keeps all of it in memory, and the pieces of the file with it. */
function ownText(text: string): string {
  return Buffer.from(text).toString();
}

function add(counts: Record<string, number>, name: string, count = 1): void {
  counts[name] = (counts[name] ?? 0) + count;
}

function checkCounts(path: string, counts: Counts, known: number): void {
  if (counts.conversations === 0) {
    throw new ConfigError(`${path}: the export is empty: it holds no conversation`, {
      code: 'export-empty',
      hint: 'export an account that has conversations',
    });
  }
  if (known === 0 && counts.conversationsSkipped['too-large'] !== counts.conversations) {
    throw notAnExport(path, 'none of its records has "mapping" or "chat_messages"');
  }
}

/** Every shard that the manifest names must be there: a part of an export looks like a whole one. */
async function checkManifest(opened: OpenedExport, path: string): Promise<void> {
  if (!opened.manifest) return;
  const text = await readAll(opened.manifest);
  const named = new Set(text.match(/\bconversations(?:-\d+)?\.jsonl?\b/g));
  const there = new Set(opened.documents.map(({ name }) => name.split('/').at(-1)));
  const missing = [...named].filter((name) => !there.has(name)).toSorted();
  if (missing.length === 0) return;
  throw new ConfigError(`${path}: the manifest names ${missing.join(', ')}, and it is not there`, {
    code: 'export-shard-missing',
    hint: 'download the export again, or unpack all of it',
  });
}

const mostReadBytes = 32 * 2 ** 20;

async function readAll(document: ExportDocument): Promise<string> {
  if (document.bytes > mostReadBytes) return '';
  const blocks: Buffer[] = [];
  for await (const block of await document.open()) blocks.push(block);
  return Buffer.concat(blocks).toString('utf8');
}

/** `up` or `down` by the id of the answer. A feedback file that cannot be read costs the ratings, nothing else. */
async function readRatings(document: ExportDocument | null): Promise<ReadonlyMap<string, 'up' | 'down'>> {
  const ratings = new Map<string, 'up' | 'down'>();
  if (!document) return ratings;
  let list: unknown;
  try {
    list = JSON.parse(await readAll(document));
  } catch {
    return ratings;
  }
  for (const entry of Array.isArray(list) ? (list as readonly unknown[]) : []) {
    if (!isRecord(entry)) continue;
    const id = textOrNull(entry['message_id']) ?? textOrNull(entry['id']);
    const rating = textOrNull(entry['rating']) ?? '';
    if (id && /up$/i.test(rating)) ratings.set(id, 'up');
    if (id && /down$/i.test(rating)) ratings.set(id, 'down');
  }
  return ratings;
}
