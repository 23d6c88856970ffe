import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { openExport } from '../../../src/run/extract/open-export.ts';
import { parseExport } from '../../../src/run/extract/parse-stage.ts';
import { openExtractSource } from '../../../src/run/lora/extract-source.ts';
import { prepareLora } from '../../../src/run/lora/prep.ts';
import { findExtracted, readExtracted } from '../../../src/run/lora/read-extract.ts';
import { openTextCounter } from '../../../src/run/lora/text-counter.ts';
import { loadTaxonomy } from '../../../taggers/index.ts';
import { writeExtractFolder } from '../../support/extract-folder.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'read-extract-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A conversation in which the person begins and both speak in turn. */
function conversation(id: string, said: readonly string[]) {
  const nodes = said.map((text, turn) => {
    const author = { role: turn % 2 === 0 ? 'user' : 'assistant' };
    const parent = turn === 0 ? null : `${id}-${turn - 1}`;
    return [
      `${id}-${turn}`,
      { parent, message: { id: `${id}-${turn}`, author, content: { content_type: 'text', parts: [text] } } },
    ] as const;
  });
  return { id, title: id, mapping: Object.fromEntries(nodes), current_node: `${id}-${said.length - 1}` };
}

const shortDispute = conversation('short', [
  'Please refactor this function so that it returns early.',
  'This is the answer that the person disputes in a word.',
  'Wrong.',
  'This is the answer that makes up for it, and nobody disputes it.',
]);
const laterDispute = conversation('later', [
  'Please refactor this class so that it has one task.',
  'This is the answer that the person is thankful for.',
  'thanks!',
  'You are welcome, and the capital of Australia is Sydney.',
  "That's not correct, the capital of Australia is Canberra.",
  'This is the answer that says it is Canberra after all.',
]);

/** What `extract` leaves of conversations of one persona, without the stages that tell personas apart. */
async function extractFolder(name: string, branches: 'active' | 'all'): Promise<string> {
  const out = join(folder, name);
  const path = join(folder, `${name}.json`);
  await writeFile(path, JSON.stringify([shortDispute, laterDispute]));
  await using opened = await openExport(path);
  for (const each of ['extracted', 'clusters', 'prompts']) await mkdir(join(out, each), { recursive: true });
  await parseExport(opened, { path, out, branches, signal: undefined, clear: async () => {} });
  const messages = await readFile(join(out, 'extracted', 'all_messages.jsonl'));
  await writeFile(join(out, 'clusters', 'persona_builder.jsonl'), messages);
  const personas = [{ id: 'builder', system_prompt: 'You are the builder.' }];
  await writeFile(join(out, 'prompts', 'generated_prompts.json'), JSON.stringify({ personas }));
  return out;
}

test.each(['active', 'all'] as const)(
  'lora prep leaves out the replies that the next message disputes, and no others (--branches %s)',
  async (branches) => {
    const extract = await extractFolder(branches, branches);
    const { id, ...source } = await openExtractSource(extract, 'builder', {
      card: null,
      taxonomy: await loadTaxonomy(),
    });
    const { summary } = await prepareLora({
      source,
      name: id,
      target: 'assistant',
      mode: '16GB',
      level: null,
      counter: await openTextCounter(null),
      seed: 42,
      out: join(extract, 'lora_training'),
      toolVersion: 'test',
    });
    expect(summary.counts.left_out).toEqual({ disputed: 1 });
    const train = await readFile(join(extract, 'lora_training', 'builder_train.jsonl'), 'utf8');
    const held = await readFile(join(extract, 'lora_training', 'builder_val.jsonl'), 'utf8');
    expect(train + held).toContain('the answer that the person is thankful for');
    expect(train + held).toContain('it is Canberra after all');
    expect(train + held).not.toContain('disputes in a word');
  },
);

test('replies of an earlier version, which do not say what was disputed, are refused', async () => {
  const extract = join(folder, 'earlier');
  await writeExtractFolder(extract);
  const path = join(extract, 'extracted', 'replies.jsonl');
  const replies = (await readFile(path, 'utf8')).replaceAll('"disputed":false,', '');
  await writeFile(path, replies);
  const persona = await findExtracted(extract, 'architect');
  await expect(readExtracted(extract, persona, 'assistant')).rejects.toMatchObject({
    code: 'replies-outdated',
  });
  expect(await readExtracted(extract, persona, 'self')).toHaveLength(100);
});
