import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

import { ConfigError } from '../core/errors.ts';
import { temporaryBeside } from '../lib/atomic-file.ts';

/** Who holds a run folder. */
interface Owner {
  readonly pid: number;
  /** When the process started, in the words of its system; tells it from a later process with the same number. */
  readonly started: string | null;
}

/**
 * Takes the run folder for this process: the lock appears whole or not at all, so of two processes that start in the same
 * moment one is refused. A lock left by a process that no longer lives is taken over.
 * @throws ConfigError `run-locked`
 */
export async function lockRun(path: string, out: string): Promise<AsyncDisposable> {
  await mkdir(dirname(path), { recursive: true });
  const own = JSON.stringify({ pid: process.pid, started: await startOf(process.pid) } satisfies Owner);
  for (let attempt = 0; attempt < 5; attempt++) {
    if (await tryLock(path, own)) return { [Symbol.asyncDispose]: () => rm(path, { force: true }) };
    const owner = await readOwner(path);
    if (owner && (await isAlive(owner))) throw locked(out, ` (process ${owner.pid})`);
    await removeStale(path, owner);
  }
  throw locked(out, '');
}

/** Number of the living process that holds the folder. */
export async function lockHolder(path: string): Promise<number | null> {
  const owner = await readOwner(path);
  return owner && (await isAlive(owner)) ? owner.pid : null;
}

function locked(out: string, who: string): ConfigError {
  return new ConfigError(`${out}: another run${who} is writing there`, {
    code: 'run-locked',
    hint: 'wait for it, stop it, or choose another --out',
  });
}

async function tryLock(path: string, own: string): Promise<boolean> {
  const temporary = temporaryBeside(path);
  await writeFile(temporary, own, { flag: 'wx' });
  try {
    await link(temporary, path);
    return true;
  } catch (error) {
    // EEXIST: held. ENOENT: the holder swept our temporary file. Both end with a look at the holder.
    if (error instanceof Error && 'code' in error && (error.code === 'EEXIST' || error.code === 'ENOENT'))
      return false;
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Takes the lock away, and puts it back should it by now be the lock of a process that came first. */
async function removeStale(path: string, stale: Owner | undefined): Promise<void> {
  const aside = temporaryBeside(path);
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  const taken = await readOwner(aside);
  if (JSON.stringify(taken) !== JSON.stringify(stale)) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}

async function readOwner(path: string): Promise<Owner | undefined> {
  try {
    const owner = JSON.parse(await readFile(path, 'utf8')) as Partial<Owner> | number; // what tryLock wrote, or a bare number
    if (typeof owner === 'number') return { pid: owner, started: null };
    return typeof owner.pid === 'number' ? { pid: owner.pid, started: owner.started ?? null } : undefined;
  } catch {
    return undefined;
  }
}

async function isAlive({ pid, started }: Owner): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  if (started !== null) return started === (await startOf(pid));
  return pid !== process.pid;
}

/** Start time of a process in clock ticks since boot, with the boot's id: process numbers come again. null off Linux. */
async function startOf(pid: number): Promise<string | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
    // The name in field 2 may hold blanks and brackets; field 22 is the start time.
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return `${boot.trim()}/${ticks}`;
  } catch {
    return null;
  }
}
