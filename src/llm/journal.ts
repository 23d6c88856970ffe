import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';

import { z } from 'zod';

import { makeFolder } from '../lib/make-folder.ts';
import { type Completion, type Provider, type ProviderName, providerNames, schemaModes } from './provider.ts';

/** Replies by the key of their request; the memory that makes a second run send nothing. */
export interface Journal extends AsyncDisposable {
  /** Where the replies lie, for messages. */
  readonly path: string;
  find(key: string): Promise<Completion | null>;
  /** Resolves when the line has been handed to the system, so that a kill of the process cannot lose it. */
  add(entry: JournalEntry): Promise<void>;
}

export interface JournalEntry {
  readonly key: string;
  readonly provider: ProviderName;
  readonly model: string;
  readonly cell: string;
  readonly attempt: number;
  readonly completion: Completion;
}

const lineSchema = z.object({
  key: z.string(),
  provider: z.enum(providerNames),
  model: z.string(),
  cell: z.string(),
  attempt: z.number(),
  completion: z.object({
    text: z.string(),
    finish: z.enum(['stop', 'length', 'refusal']),
    promptTokens: z.number(),
    completionTokens: z.number(),
    mode: z.enum(schemaModes),
  }),
});

/**
 * Opens a journal, one JSON line per reply, only ever appended to. A torn last line (the process was killed, the disk was
 * full) is cut off, damaged lines are passed over: what they held is asked again.
 * Memory: about 150 bytes a reply; the texts stay on disk.
 */
export async function openJournal(path: string): Promise<Journal> {
  await makeFolder(dirname(path));
  const handle = await open(path, 'a+');
  const places = await readPlaces(handle);
  let end = (await handle.stat()).size;
  let writing = Promise.resolve();
  return {
    path,
    find: (key) => readAt(handle, places.get(key)),
    add(entry) {
      const line = Buffer.from(`${JSON.stringify(entry)}\n`);
      const written = writing.then(async () => {
        await handle.appendFile(line);
        places.set(entry.key, { start: end, bytes: line.length });
        end += line.length;
      });
      writing = written.catch(() => undefined);
      return written;
    },
    async [Symbol.asyncDispose]() {
      await writing;
      await handle.datasync().catch(() => undefined);
      await handle.close();
    },
  };
}

/** A journal that is only looked at. */
export interface Recording extends AsyncDisposable {
  find(key: string): Promise<Completion | null>;
  /** Of its first reply; null where there is none. */
  readonly identity: Provider['identity'] | null;
}

/** Opens a journal without changing it: for `replay`, and for estimates. */
export async function readJournal(path: string): Promise<Recording> {
  const handle = await open(path, 'r');
  const places = await readPlaces(handle, false);
  const [first] = places.values();
  const entry = await readEntry(handle, first);
  return {
    identity: entry && { name: entry.provider, model: entry.model },
    find: (key) => readAt(handle, places.get(key)),
    [Symbol.asyncDispose]: () => handle.close(),
  };
}

interface Place {
  readonly start: number;
  readonly bytes: number;
}

async function readPlaces(handle: FileHandle, repair = true): Promise<Map<string, Place>> {
  const places = new Map<string, Place>();
  let start = 0;
  let pending = Buffer.alloc(0);
  const block = Buffer.alloc(1 << 20);
  for (let position = 0; ;) {
    const { bytesRead } = await handle.read(block, 0, block.length, position);
    if (bytesRead === 0) break;
    position += bytesRead;
    pending = Buffer.concat([pending, block.subarray(0, bytesRead)]);
    for (let newline = pending.indexOf(10); newline >= 0; newline = pending.indexOf(10)) {
      const entry = parseLine(pending.subarray(0, newline));
      if (entry) places.set(entry.key, { start, bytes: newline + 1 });
      start += newline + 1;
      pending = pending.subarray(newline + 1);
    }
  }
  if (repair && pending.length > 0) await handle.truncate(start);
  return places;
}

async function readAt(handle: FileHandle, place: Place | undefined): Promise<Completion | null> {
  return (await readEntry(handle, place))?.completion ?? null;
}

async function readEntry(handle: FileHandle, place: Place | undefined): Promise<JournalEntry | null> {
  if (!place) return null;
  const bytes = Buffer.alloc(place.bytes);
  await handle.read(bytes, 0, place.bytes, place.start);
  return parseLine(bytes) ?? null;
}

function parseLine(bytes: Buffer): JournalEntry | undefined {
  try {
    return lineSchema.parse(JSON.parse(bytes.toString('utf8')));
  } catch {
    return undefined;
  }
}
