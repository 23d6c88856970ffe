import { expect, test } from 'vitest';

import { createContext } from '../../../src/run/context.ts';
import { scanSources } from '../../../src/run/scan/scan-pass.ts';
import type { ResolvedSource } from '../../../src/run/scan/sources.ts';
import type { WorkerPool } from '../../../src/tag/pool.ts';
import { temporaryFolder } from '../../support/run-cli.ts';

const idle: WorkerPool = {
  workers: 1,
  runAll: async () => undefined,
  [Symbol.asyncDispose]: async () => undefined,
};

test('two files with one name in one source are refused before either is read', async () => {
  const file = (path: string) =>
    ({ source: 's', name: 'x.jsonl', bytes: 1, location: { kind: 'file', path } }) as const;
  const source: ResolvedSource = {
    name: 's',
    files: [file('/p/x.jsonl'), file('/q/x.jsonl')],
    options: {},
    persona: null,
    priorStrength: 0,
    limit: null,
    licence: null,
    synthetic: false,
    revision: null,
  };
  const settings = {
    out: await temporaryFolder(),
    toolVersion: 'test',
    unitBytes: 1,
    onBadFile: 'error',
  } as const;
  const context = createContext({ emit: () => undefined, clock: () => 0 });
  await expect(scanSources(idle, [source], settings, context)).rejects.toMatchObject({
    code: 'input-name-twice',
    message: 'two input files of source "s" are called x.jsonl',
  });
});
