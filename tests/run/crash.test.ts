import { join } from 'node:path';
import { expect, test } from 'vitest';

import { expectSameAfterRestart, outcomeOf, writeFaultCorpus } from '../support/fault-corpus.ts';
import { runCli, temporaryFolder } from '../support/run-cli.ts';

// The fast part of the fault suite; tests/faults holds every crash point of every stage.
test('killed between output and marker, in the middle of a publication, and before the report, everything is the same bytes', async () => {
  const folder = await temporaryFolder();
  const config = await writeFaultCorpus(folder, { rows: 250 });
  const [reference, out] = [join(folder, 'reference'), join(folder, 'killed')];
  expect((await runCli(['--config', config, '--out', reference])).code).toBe(0);
  for (const point of [
    'before-marker:state/tag:2',
    'after-temp:dataset/:2',
    'after-rename:manifest.json:1',
  ]) {
    const killed = await runCli(['--config', config, '--out', out], {
      env: { TAG_DATASETS_CRASH_AT: point },
    });
    expect([point, killed.signal]).toEqual([point, 'SIGKILL']);
  }
  await expectSameAfterRestart(config, out, await outcomeOf(reference), 1);
});
