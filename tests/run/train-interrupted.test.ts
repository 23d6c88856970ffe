import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { describeEncoder } from '../../taggers/index.ts';
import { loadTools } from '../../src/cli/tools.ts';
import { InterruptedError } from '../../src/core/errors.ts';
import { createContext } from '../../src/run/context.ts';
import { trainTagger } from '../../src/run/train/train-pass.ts';
import { temporaryFolder } from '../support/run-cli.ts';
import { testTaxonomy } from '../support/taxonomy.ts';
import { writeTinyEncoder } from '../support/tiny-encoder.ts';

test('train stops while the head is fitted, and writes nothing', async () => {
  const folder = await temporaryFolder();
  const classes = ['poet', 'math_tutor'];
  const rows = Array.from({ length: 40 }, (_, i) =>
    JSON.stringify({ instruction: `${classes[i % 2]} ${i}`, output: `${i} it is.`, persona: classes[i % 2] }),
  );
  await writeFile(join(folder, 'labelled.jsonl'), rows.join('\n'));
  const encoder = join(folder, 'encoder');
  await writeTinyEncoder(encoder);
  const taxonomy = testTaxonomy();
  const stopped = new AbortController();
  const context = createContext({
    clock: () => 0,
    signal: stopped.signal,
    emit(event) {
      if (event.type === 'stage-start' && event.stage === 'fit') stopped.abort();
    },
  });
  const params = {
    data: join(folder, 'labelled.jsonl'),
    out: join(folder, 'mine'),
    tools: await loadTools({ persona: encoder, traits: 'traits-v1' }, taxonomy),
    encoder: await describeEncoder(encoder, taxonomy),
    precision: 0.6,
    workers: 1,
  };
  await expect(trainTagger(params, context)).rejects.toThrow(InterruptedError);
  expect(await readdir(folder)).toEqual(['encoder', 'labelled.jsonl']);
});
