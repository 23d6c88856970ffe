import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const library = join(import.meta.dirname, '..', '..', 'dist', 'src', 'lib', 'atomic-file.js');

/** Writes three files in a process of its own; answers with what lies in the folder afterwards. */
function writeThree(crashAt: string | undefined): { signal: string | null; files: string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'crash-'));
  const script = `
    const { writeFileAtomic } = await import(${JSON.stringify(library)});
    for (const name of ['a', 'b', 'c']) await writeFileAtomic(${JSON.stringify(folder)} + '/' + name, name);`;
  let signal: string | null = null;
  try {
    execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      env: { ...process.env, TAG_DATASETS_CRASH_AT: crashAt },
    });
  } catch (error) {
    signal = (error as { signal: string }).signal;
  }
  return { signal, files: readdirSync(folder).map((name) => name.replace(/tmp-.*/, 'tmp')) };
}

test('without the variable nothing happens, and a crash point that is never reached does nothing', () => {
  expect(writeThree(undefined)).toEqual({ signal: null, files: ['a', 'b', 'c'] });
  expect(writeThree('after-rename:nowhere:1')).toEqual({ signal: null, files: ['a', 'b', 'c'] });
});

test('the process dies at the point, the place and the time named', () => {
  expect(writeThree('after-temp:/b:1')).toEqual({ signal: 'SIGKILL', files: ['a', 'b.tmp'] });
  expect(writeThree('after-rename::2')).toEqual({ signal: 'SIGKILL', files: ['a', 'b'] });
});
