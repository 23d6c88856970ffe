import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

import { ConfigError } from '../core/errors.ts';

/**
 * Takes the run folder for this process. A lock left by a process that no longer lives is taken over.
 * @throws ConfigError `run-locked`
 */
export async function lockRun(path: string, out: string): Promise<AsyncDisposable> {
  await mkdir(dirname(path), { recursive: true });
  for (let attempt = 0; attempt < 2; attempt++) {
    if (await tryLock(path)) return { [Symbol.asyncDispose]: () => rm(path, { force: true }) };
    const owner = Number(await readFile(path, 'utf8').catch(() => '0'));
    if (owner > 0 && isAlive(owner)) {
      throw new ConfigError(`${out}: another run (process ${owner}) is writing there`, {
        code: 'run-locked',
        hint: 'wait for it, stop it, or choose another --out',
      });
    }
    await rm(path, { force: true });
  }
  throw new ConfigError(`${out}: another run is writing there`, {
    code: 'run-locked',
    hint: 'wait for it or choose another --out',
  });
}

async function tryLock(path: string): Promise<boolean> {
  try {
    await using handle = await open(path, 'wx');
    await handle.writeFile(String(process.pid));
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
