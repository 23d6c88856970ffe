import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';

import { crashPoints } from '../support/crash-points.ts';
import { expectSameAfterRestart, outcomeOf, writeFaultCorpus } from '../support/fault-corpus.ts';
import { runCli, temporaryFolder } from '../support/run-cli.ts';

let folder = '';
let config = '';
let reference: Record<string, string> = {};

beforeAll(async () => {
  folder = await temporaryFolder();
  config = await writeFaultCorpus(folder, { rows: 700 });
  const first = await runCli(['--config', config, '--out', join(folder, 'reference'), '--workers', '2']);
  expect(first.code).toBe(0);
  reference = await outcomeOf(join(folder, 'reference'));
});

const workerCounts = [1, 2, 4];

// One folder a stage: killed at its first point, started again, killed at the next, …, and at last let through.
test.each(
  Object.entries(crashPoints).map(([stage, points], i) => [stage, points, workerCounts[i % 3] ?? 1] as const),
)(
  'killed at every crash point of %s and started again each time, everything is the same bytes',
  async (stage, points, workers) => {
    const out = join(folder, stage);
    const args = ['--config', config, '--out', out, '--workers', String(workers)];
    for (const point of points) {
      const killed = await runCli(args, { env: { TAG_DATASETS_CRASH_AT: point } });
      expect([point, killed.signal]).toEqual([point, 'SIGKILL']);
    }
    await expectSameAfterRestart(config, out, reference, workers);
  },
);
