import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { featuriserVersion } from '../../src/onnx/featurise.ts';
import { floatValue, node, tensor } from '../../src/onnx/onnx-proto.ts';
import { describeTagger, loadTaxonomy, openTagger, taggersRoot } from '../../taggers/index.ts';
import { extendedModel } from '../support/tiny-encoder.ts';

const tiny = join(import.meta.dirname, 'fixtures/tiny-bert');
const taxonomy = await loadTaxonomy();
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tagger-'));
  await cp(tiny, folder, { recursive: true });
});
afterEach(() => rm(folder, { recursive: true }));

async function change(edit: (json: Record<string, unknown>) => void): Promise<void> {
  const path = join(folder, 'tagger.json');
  const json = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
  edit(json);
  await writeFile(path, JSON.stringify(json));
}

test('a folder without tagger.json, or with a broken one, is refused', async () => {
  await writeFile(join(folder, 'tagger.json'), '{');
  await expect(openTagger(folder, taxonomy)).rejects.toMatchObject({
    name: 'ConfigError',
    code: 'tagger-json-invalid',
  });
  await rm(join(folder, 'tagger.json'));
  await expect(openTagger(folder, taxonomy)).rejects.toMatchObject({ code: 'tagger-missing' });
});

test('an unknown key and an unknown kind are refused', async () => {
  await change((json) => (json['treshold'] = 0.4));
  await expect(openTagger(folder, taxonomy)).rejects.toMatchObject({
    code: 'tagger-json-invalid',
    message: expect.stringContaining('treshold') as string,
  });
  await change((json) => (json['kind'] = 'oracle'));
  await expect(openTagger(folder, taxonomy)).rejects.toMatchObject({ code: 'tagger-json-invalid' });
});

test('a label that is not in the taxonomy is named with the nearest one', async () => {
  await change((json) => (json['labels'] = (json['labels'] as string[]).with(0, 'code_expart')));
  await expect(openTagger(folder, taxonomy)).rejects.toMatchObject({
    code: 'tagger-unknown-label',
    message: expect.stringContaining('"code_expart"') as string,
    hint: 'did you mean "code_expert"?',
  });
  await change((json) => (json['labels'] = (json['labels'] as string[]).with(0, 'poet')));
  await expect(openTagger(folder, taxonomy)).rejects.toMatchObject({ code: 'tagger-duplicate-label' });
});

test('a missing file and a changed file are found before the model is opened', async () => {
  await writeFile(join(folder, 'tokenizer.json'), '{}');
  await expect(describeTagger(folder, taxonomy)).rejects.toMatchObject({
    code: 'tagger-file-changed',
    message: expect.stringContaining('tokenizer.json') as string,
  });
  await rm(join(folder, 'model.onnx'));
  await expect(describeTagger(folder, taxonomy)).rejects.toMatchObject({ code: 'tagger-file-missing' });
});

test('fewer labels than the model has columns are refused', async () => {
  await change((json) => (json['labels'] = (json['labels'] as string[]).slice(0, 10)));
  await expect(openTagger(folder, taxonomy)).rejects.toMatchObject({
    code: 'onnx-wrong-shape',
    message: expect.stringContaining('57 columns; expected 10') as string,
  });
});

test('a transformer declared as a hashed bag has the wrong inputs', async () => {
  await change((json) => {
    json['kind'] = 'hashed-bag';
    json['featuriser'] = featuriserVersion;
    for (const key of ['tokenizer', 'output', 'activation', 'maximumTokens']) delete json[key];
  });
  await expect(openTagger(folder, taxonomy)).rejects.toMatchObject({ code: 'onnx-wrong-inputs' });
});

test('a threshold for a label that the tagger lacks is named', async () => {
  await change((json) => (json['threshold'] = { code_exprt: 0.9 }));
  await expect(openTagger(folder, taxonomy)).rejects.toMatchObject({
    code: 'tagger-unknown-label',
    message: expect.stringContaining('"code_exprt"') as string,
    hint: 'did you mean "code_expert"?',
  });
});

test('a model whose free dimensions hide another width, or that runs on no row, is found when it is opened', async () => {
  const loose = [node('Cast', ['input_ids'], 'loose', { to: 1 })];
  const stuck = [node('Reshape', ['first_token', 'into'], 'loose')];
  const initializers = [tensor('into', [2], BigInt64Array.from([1n, 57n]))];
  for (const [nodes, code, words] of [
    [loose, 'onnx-wrong-shape', 'gives 3 numbers for 1 rows; expected 57 a row'],
    [stuck, 'onnx-not-runnable', 'does not run on a row'],
  ] as const) {
    const model = await extendedModel({
      nodes,
      initializers: nodes === stuck ? initializers : [],
      output: floatValue('loose', ['rows', 'n']),
    });
    await writeFile(join(folder, 'model.onnx'), model);
    await change((json) => {
      json['output'] = 'loose';
      (json['files'] as Record<string, string>)['model.onnx'] = createHash('sha256')
        .update(model)
        .digest('hex');
    });
    await expect(openTagger(folder, taxonomy)).rejects.toMatchObject({
      name: 'ConfigError',
      code,
      message: expect.stringContaining(words) as string,
    });
  }
});

test('a model made for another featuriser is refused', async () => {
  await cp(join(taggersRoot, 'persona-v1'), folder, { recursive: true });
  await change((json) => (json['featuriser'] = 'hashed-sides-v0'));
  await expect(openTagger(folder, taxonomy)).rejects.toMatchObject({ code: 'tagger-other-featuriser' });
});

test('a mark that the vocabulary lacks is refused when the folder is opened', async () => {
  await change((json) => (json['copyMark'] = '[copied]'));
  await expect(openTagger(folder, taxonomy)).rejects.toMatchObject({
    code: 'tokenizer-invalid',
    message: expect.stringContaining('"[copied]"') as string,
  });
});

test('the bag model beside an encoder is one of its files', async () => {
  await cp(join(taggersRoot, 'minilm-v1'), folder, { recursive: true });
  await rm(join(folder, 'bag.onnx'));
  await expect(describeTagger(folder, taxonomy)).rejects.toMatchObject({
    code: 'tagger-file-missing',
    message: expect.stringContaining('bag.onnx') as string,
  });
  await change((json) => (json['bag'] = { model: 'other.onnx', weight: 0.5 }));
  await expect(describeTagger(folder, taxonomy)).rejects.toMatchObject({
    code: 'tagger-json-invalid',
    message: expect.stringContaining('"other.onnx"') as string,
  });
});

test('the sha256 of a tagger changes with its description', async () => {
  const before = await describeTagger(folder, taxonomy);
  await change((json) => (json['threshold'] = 0.5));
  expect((await describeTagger(folder, taxonomy)).sha256).not.toBe(before.sha256);
});
