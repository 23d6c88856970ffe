import { open, readdir, stat } from 'node:fs/promises';
import { basename, extname, join, relative, resolve, sep } from 'node:path';

import { ConfigError } from '../../core/errors.ts';
import type { CheckTarget } from './check-kind.ts';

/** Bytes of a file that its first record is looked for in. */
const headBytes = 1 << 20;

/** @throws ConfigError `check-not-found` */
export async function lookAt(path: string): Promise<CheckTarget> {
  const full = resolve(path);
  const info = await stat(full).catch(() => undefined);
  if (!info)
    throw new ConfigError(`${path}: no such file or folder`, {
      code: 'check-not-found',
      hint: 'give what make has written, or any file of rows',
    });
  if (info.isFile())
    return { path: full, isFolder: false, files: [basename(full)], sample: await firstRecord(full) };
  const files = (await readdir(full, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => relative(full, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter(
      (name) => !/(?:^|\/)(?:state|check)\/|(?:^|\/)(?:make\.json|findings\.jsonl)$|\.lock$/u.test(name),
    )
    .toSorted();
  const data = files.find((name) => /\.(?:json|jsonl|ndjson)$/u.test(name));
  return {
    path: full,
    isFolder: true,
    files,
    sample: data === undefined ? null : await firstRecord(join(full, data)),
  };
}

/** The first record of a JSON list or of JSON Lines, as far as the first MiB tells; null where it does not. */
async function firstRecord(path: string): Promise<unknown> {
  const extension = extname(path).toLowerCase();
  if (!['.json', '.jsonl', '.ndjson'].includes(extension)) return null;
  await using file = await open(path);
  const buffer = Buffer.alloc(headBytes);
  const { bytesRead } = await file.read(buffer, 0, headBytes, 0);
  const text = buffer
    .toString('utf8', 0, bytesRead)
    .replace(/^\uFEFF/u, '')
    .trim();
  const line = text.split('\n', 1)[0] ?? '';
  return parsed(line) ?? parsed(text) ?? firstOfList(text) ?? null;
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value[0] : value;
  } catch {
    return undefined;
  }
}

/** The first object of a list that is longer than what was read: the shortest beginning that parses. */
function firstOfList(text: string): unknown {
  if (!text.startsWith('[')) return undefined;
  for (
    let end = text.indexOf('}'), tries = 0;
    end >= 0 && tries < 2000;
    end = text.indexOf('}', end + 1), tries++
  ) {
    const value = parsed(text.slice(1, end + 1));
    if (value !== undefined) return value;
  }
  return undefined;
}
