import { expect, test } from 'vitest';

import type { AxisCounts } from '../../src/shard/axis-counts.ts';
import { buildManifest, type ManifestOptions, renderManifest } from '../../src/shard/manifest.ts';
import { foundation, mixed } from './support/groups.ts';

const counts: AxisCounts = {
  persona: { code_expert: 2, problem_solver: 1 },
  tagger: { 'persona-v1': 3 },
  trait: { brief: 2 },
  source: { one: 3 },
  phase: { foundation: 3 },
  adapter: {},
  synthetic: 1,
  copies: 0,
};
const options: ManifestOptions = {
  toolVersion: '1.2.3',
  configHash: 'c0ffee',
  seed: 42,
  output: {
    format: 'messages',
    writer: 'hyparquet',
    codec: 'codec 1',
    controlToken: 'prefix',
    tokenFormat: '<persona:{persona_name}>',
  },
  inputs: [
    { source: 'two', file: 'a.jsonl', revision: null, bytes: 5, fingerprint: 'f2', rows: 2, licence: null },
    { source: 'one', file: 'b.jsonl', revision: null, bytes: 5, fingerprint: 'f1', rows: 2, licence: 'mit' },
  ],
  taggers: [
    { id: 'traits-v1', task: 'traits', sha256: 'bb' },
    { id: 'persona-v1', task: 'persona', sha256: 'aa' },
  ],
  groups: [foundation, mixed],
  files: [1, 0].map((i) => ({
    path: `phases/1-foundation/train-0000${i}-of-00002.parquet`,
    group: 'foundation',
    split: 'train' as const,
    rows: 3,
    bytes: 100 + i,
    sha256: `sha${i}`,
    counts: i === 0 ? counts : { ...counts, persona: { code_expert: 3 }, copies: 2 },
  })),
};

test('a split is the sum of its files, and a group without files has none', () => {
  expect(buildManifest(options).splits).toEqual([
    {
      group: 'foundation',
      split: 'train',
      files: 2,
      rows: 6,
      bytes: 201,
      counts: {
        persona: { code_expert: 5, problem_solver: 1 },
        tagger: { 'persona-v1': 6 },
        trait: { brief: 4 },
        source: { one: 6 },
        phase: { foundation: 6 },
        adapter: {},
        synthetic: 2,
        copies: 2,
      },
    },
  ]);
});

test('the order in which things were read and written does not show', () => {
  const turned = {
    ...options,
    inputs: options.inputs.toReversed(),
    files: options.files.toReversed(),
    taggers: options.taggers.toReversed(),
  };
  expect(renderManifest(buildManifest(turned))).toBe(renderManifest(buildManifest(options)));
  expect(buildManifest(options).files.map((file) => file.sha256)).toEqual(['sha0', 'sha1']);
});

test('it carries provenance and the schedule of every phase', () => {
  const manifest = JSON.parse(renderManifest(buildManifest(options))) as unknown;
  expect(manifest).toMatchObject({
    schema: 'tag-datasets/manifest-1',
    tool: { name: 'tag-datasets', version: '1.2.3' },
    configSha256: 'c0ffee',
    output: { codec: 'codec 1' },
    inputs: [{ source: 'one', licence: 'mit' }, { source: 'two' }],
    taggers: [{ id: 'persona-v1', sha256: 'aa' }, { id: 'traits-v1' }],
    groups: [
      { name: 'foundation', learningRate: 2e-5, warmupRatio: 0.1, epochs: 1 },
      { name: 'mixed', learningRate: 5e-6, warmupRatio: 0.03, epochs: 2 },
    ],
  });
});

test('keys are written in order, whatever order they were given in', () => {
  const text = renderManifest(buildManifest(options));
  const keys = [...text.matchAll(/^ {2}"(\w+)":/gm)].map((match) => match[1]);
  expect(keys).toEqual(keys.toSorted((a = '', b = '') => (a < b ? -1 : 1)));
  expect(text.endsWith('}\n')).toBe(true);
});
