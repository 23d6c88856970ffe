import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
/** Arguments of node that start the built command line. */
export const cliCommand = [join(root, 'dist', 'src', 'cli', 'bin.js')];

export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Of a process that was killed. */
  readonly signal: NodeJS.Signals | null;
}

/** Runs the built command line in a process of its own. */
export function runCli(
  args: readonly string[],
  options: {
    readonly cwd?: string;
    readonly input?: string | Uint8Array;
    readonly env?: Record<string, string>;
    /** Another built command line than this checkout's. */
    readonly entry?: string;
  } = {},
): Promise<CliResult> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [...(options.entry === undefined ? cliCommand : [options.entry]), ...args],
      {
        cwd: options.cwd ?? root,
        maxBuffer: 64 << 20,
        env: { ...process.env, NO_COLOR: '1', ...options.env },
      },
      (error, stdout, stderr) => {
        const code = error ? (typeof error.code === 'number' ? error.code : -1) : 0;
        resolve({ code, stdout, stderr, signal: error?.signal ?? null });
      },
    );
    child.stdin?.end(options.input ?? '');
  });
}

/** Starts the command line and kills it with SIGKILL after `ms`; resolves when it is gone, true when it had ended by itself. */
export function killCli(args: readonly string[], ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [...cliCommand, ...args], { cwd: root, stdio: 'ignore' });
    const timer = setTimeout(() => child.kill('SIGKILL'), ms);
    child.on('exit', (_code, signal) => {
      clearTimeout(timer);
      resolve(signal === null);
    });
  });
}

export function temporaryFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'tag-datasets-test-'));
}

/** sha256 of every file below a folder, by relative path. */
export async function treeHashes(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const hashes: Record<string, string> = {};
  for (const entry of entries.filter((candidate) => candidate.isFile())) {
    const path = join(entry.parentPath, entry.name);
    hashes[relative(folder, path)] = createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
  }
  return Object.fromEntries(Object.entries(hashes).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
