import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

import { loadTaxonomy } from '../../../taggers/index.ts';
import { requiredPackages } from '../../../src/lora/environment.ts';
import { openLoraSource } from '../../../src/run/lora/open-source.ts';
import { prepareLora } from '../../../src/run/lora/prep.ts';
import { probePython } from '../../../src/run/lora/probe-python.ts';
import { writeScripts } from '../../../src/run/lora/script.ts';
import { openTextCounter } from '../../../src/run/lora/text-counter.ts';
import { writeExtractFolder } from '../../support/extract-folder.ts';
import { temporaryFolder } from '../../support/run-cli.ts';

/** A Python with torch, transformers, datasets, peft and trl; the test is skipped without one. */
const python = process.env['TAG_DATASETS_PYTHON'] ?? 'python3';
const found = await probePython(python);
const canTrain = found !== null && requiredPackages.every((name) => found.packages[name] != null);
if (!canTrain)
  console.log(
    `skipped: ${python} lacks ${requiredPackages.join(', ')}; name another with TAG_DATASETS_PYTHON`,
  );

test.skipIf(!canTrain)(
  'a tiny model takes ten LoRA steps on the written files with the written script',
  async () => {
    const folder = await temporaryFolder();
    const extract = join(folder, 'extract');
    await writeExtractFolder(extract);
    const { source, name } = await openLoraSource(
      { from: extract, persona: 'architect' },
      await loadTaxonomy(),
    );
    const data = join(folder, 'lora_training');
    const counter = await openTextCounter(null);
    await prepareLora({
      source,
      name,
      target: 'self',
      mode: '16GB',
      level: null,
      counter,
      seed: 42,
      out: data,
      toolVersion: 'test',
    });
    const { files } = await writeScripts({
      subject: { kind: 'persona', name, data },
      kinds: ['trl'],
      mode: '16GB',
      baseModel: null,
      out: folder,
      seed: 42,
    });
    const { stdout } = await promisify(execFile)(python, [files[0] ?? '', '--tiny', '--max-steps', '10'], {
      maxBuffer: 16 << 20,
      env: { ...process.env, HF_HUB_OFFLINE: '1', HF_HOME: join(folder, 'hub') },
    });
    const losses = [...stdout.matchAll(/'loss': '?([\d.]+)/g)].map(([, loss]) => Number(loss));
    expect(losses).toHaveLength(10);
    expect(losses.at(-1)).toBeLessThan(losses[0] ?? 0);
    expect(stdout).toMatch(/architect: 10 steps on \d+ rows, training loss [\d.]+; adapter in /);
  },
  600_000,
);
