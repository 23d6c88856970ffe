import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { runCli, temporaryFolder } from '../support/run-cli.ts';

test('a list of a document that no shape fits is warned of and in the report, by a run, the same run again and tag', async () => {
  const folder = await temporaryFolder();
  const data = Array.from({ length: 20 }, (_, i) => ({
    question: `What is ${i} + 1?`,
    answer: `It is ${i + 1}.`,
  }));
  const document = { data, authors: [{ name: 'a' }, { name: 'b' }] };
  await writeFile(join(folder, 'set.json'), JSON.stringify(document));
  await writeFile(join(folder, 'config.yaml'), 'sources: [{name: s, path: set.json, licence: mit}]\n');
  const said =
    /set\.json: the list "authors" is left out: no known shape fits the records, which have the columns name \(2 records\)/u;
  const out = join(folder, 'out');
  for (let time = 0; time < 2; time++) {
    const result = await runCli(['--config', join(folder, 'config.yaml'), '--out', out]);
    expect([result.code, result.stderr]).toEqual([0, expect.stringMatching(said)]);
  }
  const report = JSON.parse(await readFile(join(out, 'report', 'report.json'), 'utf8'));
  expect(report.accounting).toMatchObject({ input: 20, unrecognisedRecords: 2 });
  expect(report.skippedFiles).toMatchObject([{ source: 's', code: 'shape-unknown', records: 2 }]);
  const tagged = await runCli(['tag', join(folder, 'set.json'), join(folder, 'tagged')]);
  expect([tagged.code, tagged.stderr]).toEqual([0, expect.stringMatching(said)]);
});
