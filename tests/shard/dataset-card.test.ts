import { expect, test } from 'vitest';
import { parse } from 'yaml';

import { type DatasetCardOptions, renderDatasetCard } from '../../src/shard/dataset-card.ts';
import { emptyAdapter, foundation, mixed, techAdapter } from './support/groups.ts';

const options: DatasetCardOptions = {
  title: 'A corpus',
  toolVersion: '1.2.3',
  format: 'messages',
  groups: [foundation, mixed, techAdapter, emptyAdapter],
  sources: [
    { name: 'one', licence: 'MIT', rows: 200 },
    { name: 'two', licence: 'apache-2.0', rows: 90 },
    { name: 'unused', licence: 'gpl-3.0', rows: 0 },
  ],
  personas: [
    { id: 'code_expert', rows: 150, share: 0.5, target: 0.5 },
    { id: 'poet', rows: 0, share: 0, target: null },
  ],
  traits: [{ id: 'brief', rows: 100, share: 1 / 3, target: 0.35 }],
  controlToken: 'prefix',
  tokenFormat: '<persona:{persona_name}>',
  defaultPersona: 'general_assistant',
  temperatures: { poet: 0.9, code_expert: 0.2 },
};

function frontMatter(change: Partial<DatasetCardOptions> = {}): unknown {
  const card = renderDatasetCard({ ...options, ...change });
  return parse(/^---\n([\s\S]*?)\n---\n/.exec(card)?.[1] ?? '');
}

test('every phase and adapter with rows is a configuration with the splits it has', () => {
  expect(frontMatter()).toEqual({
    license: ['apache-2.0', 'mit'],
    task_categories: ['text-generation'],
    tags: ['persona', 'instruction-tuning', 'tag-datasets'],
    configs: [
      {
        config_name: 'foundation',
        data_files: [
          { split: 'train', path: 'phases/1-foundation/train-*.parquet' },
          { split: 'validation', path: 'phases/1-foundation/validation-*.parquet' },
        ],
      },
      {
        config_name: 'mixed',
        default: true,
        data_files: [{ split: 'train', path: 'phases/2-mixed/train-*.parquet' }],
      },
      {
        config_name: 'tech_expert',
        data_files: [
          { split: 'train', path: 'adapters/tech_expert/train-*.parquet' },
          { split: 'validation', path: 'adapters/tech_expert/validation-*.parquet' },
        ],
      },
    ],
  });
});

test('a source without a licence makes the licence unknown, beside the known ones', () => {
  const sources = [...options.sources, { name: 'three', licence: null, rows: 1 }];
  expect(frontMatter({ sources })).toMatchObject({ license: ['apache-2.0', 'mit', 'unknown'] });
});

test('the tables hold shares and targets, and leave out labels nobody has or wants', () => {
  const card = renderDatasetCard(options);
  expect(card).toContain('| code_expert | 150 | 50.00 % | 50.00 % |');
  expect(card).toContain('| brief | 100 | 33.33 % | 35.00 % |');
  expect(card).not.toContain('| poet | 0 |');
  expect(card).toContain('| `mixed` | phase | all | 200 | 0 | 0.000005 | 0.03 | 2 |');
  expect(card).toContain('`<persona:general_assistant>`');
  expect(card).toContain('| one | MIT | 200 |');
});

test('the columns are those of the format', () => {
  expect(renderDatasetCard(options)).toContain('| `messages` |');
  const alpaca = renderDatasetCard({ ...options, format: 'alpaca', controlToken: 'none' });
  expect(alpaca).toContain('| `instruction` |');
  expect(alpaca).not.toContain('| `messages` |');
  expect(alpaca).toContain('The rows carry no control token.');
});
