import { Readable, pipeline } from 'node:stream';
import { parser } from 'stream-json/parser.js';
import { pick } from 'stream-json/filters/pick.js';
import { streamArray } from 'stream-json/streamers/stream-array.js';
import { streamObject } from 'stream-json/streamers/stream-object.js';
import { FatalError } from '../core/errors.ts';
import type { FormatPlan } from '../core/unit.ts';

/** What a JSON document that is one object holds. */
export interface JsonOutline {
  /** Members of the top level, and how many of them are objects. */
  readonly members: number;
  readonly objectMembers: number;
  readonly lists: readonly JsonList[];
  /** Where other bytes than UTF-8 stand, in words; the parser reads over them. */
  readonly notUtf8?: string;
}

/** A list at depth 1 to 3 with an object in it. */
export interface JsonList {
  /** The keys that lead there. */
  readonly path: readonly string[];
  /** All its elements: each is a row or a reject with a number of its own. */
  readonly records: number;
}

type OpenList = { path: string[]; records: number };

const maxPathDepth = 3;
const tokenOptions = { packValues: true, streamValues: false };
/** Tokens that a value begins with. */
const valueTokens = new Set([
  'startObject',
  'startArray',
  'stringValue',
  'numberValue',
  'nullValue',
  'trueValue',
  'falseValue',
]);

/** Looks through a whole document, token by token; FatalError `corrupt` when it is no JSON. Bounded memory. */
export async function outlineJson(blocks: AsyncIterable<Buffer>, name: string): Promise<JsonOutline> {
  const lists = new Set<OpenList>();
  const stack: { list?: OpenList; isArray: boolean }[] = [];
  const path: string[] = [];
  let members = 0;
  let objectMembers = 0;
  const encoding: { notUtf8?: string } = {};
  for await (const token of throughParser(checkUtf8(blocks, encoding), name)) {
    const parent = stack.at(-1);
    if (parent?.list && valueTokens.has(token.name)) parent.list.records++;
    switch (token.name) {
      case 'keyValue':
        path.length = stack.length - 1;
        path.push(token.value ?? '');
        if (stack.length === 1) members++;
        break;
      case 'startObject':
        if (stack.length === 1 && !parent?.isArray) objectMembers++;
        if (parent?.list) lists.add(parent.list);
        stack.push({ isArray: false });
        break;
      case 'startArray': {
        const reachable =
          stack.length >= 1 && stack.length <= maxPathDepth && stack.every((level) => !level.isArray);
        const dotted = path.slice(0, stack.length).some((key) => key.includes('.'));
        stack.push({
          isArray: true,
          ...(reachable && !dotted && { list: { path: path.slice(0, stack.length), records: 0 } }),
        });
        break;
      }
      case 'endObject':
      case 'endArray':
        stack.pop();
        break;
      default:
    }
  }
  return { members, objectMembers, lists: [...lists], ...encoding };
}

/** Passes blocks on and notes the first that is no UTF-8. */
async function* checkUtf8(
  blocks: AsyncIterable<Buffer>,
  found: { notUtf8?: string },
): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let at = 0;
  for await (const block of blocks) {
    yield block;
    if (found.notUtf8 !== undefined) continue;
    try {
      decoder.decode(block, { stream: true });
    } catch {
      found.notUtf8 = `bytes ${at} to ${at + block.length}`;
    }
    at += block.length;
  }
}

/**
 * Records of a document by layout: elements of the list under `path`, or the members of the top level with their key as
 * `_key`. One value is held at a time. stream-json assembles them at about 60,000 a second (measurements, section 1).
 */
export async function* readDocument(
  blocks: AsyncIterable<Buffer>,
  json: NonNullable<FormatPlan['json']>,
  name: string,
): AsyncGenerator {
  const source = Readable.from(blocks, { objectMode: false });
  const stages =
    json.layout === 'path'
      ? pipeline(
          source,
          parser.asStream(tokenOptions),
          pick.asStream({ filter: (json.path ?? []).join('.'), once: true }),
          streamArray.asStream(),
          () => undefined,
        )
      : pipeline(source, parser.asStream(tokenOptions), streamObject.asStream(), () => undefined);
  try {
    for await (const item of stages) {
      const { key, value }: { key: unknown; value: unknown } = item; // what both streamers emit
      yield json.layout === 'object' && typeof value === 'object' && value !== null && !Array.isArray(value)
        ? { _key: key, ...value }
        : value;
    }
  } catch (error) {
    throw corruptJson(error, name);
  }
}

interface Token {
  readonly name: string;
  readonly value?: string;
}

async function* throughParser(blocks: AsyncIterable<Buffer>, name: string): AsyncGenerator<Token> {
  const stream = pipeline(
    Readable.from(blocks, { objectMode: false }),
    parser.asStream(tokenOptions),
    () => undefined,
  );
  try {
    yield* stream; // the parser's protocol
  } catch (error) {
    throw corruptJson(error, name);
  }
}

function corruptJson(error: unknown, name: string): unknown {
  if (error instanceof FatalError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new FatalError(`${name}: the JSON document breaks off or is damaged: ${reason}`, {
    code: 'corrupt',
    hint: 'write one record a line (JSON Lines) to lose only the damaged ones',
    cause: error,
  });
}
