import { expect, test } from 'vitest';

import { globMatcher } from '../../src/lib/glob-match.ts';

test.each([
  ['data/*.parquet', ['data/a.parquet'], ['data/x/a.parquet', 'a.parquet', 'data/aXparquet']],
  ['**/*.jsonl', ['a.jsonl', 'x/a.jsonl', 'x/y/a.jsonl'], ['a.json', 'x/a.jsonl.gz']],
  ['data/**', ['data/a', 'data/x/y'], ['data', 'other/a']],
  ['{train,test}-?.json', ['train-1.json', 'test-a.json'], ['dev-1.json', 'train-10.json']],
  ['part-[0-2].csv', ['part-0.csv', 'part-2.csv'], ['part-3.csv']],
  ['part-[!0-2].csv', ['part-3.csv'], ['part-0.csv']],
  ['a+b (1).csv', ['a+b (1).csv'], ['aab 1.csv']],
])('%s matches whole paths only', (pattern, matching, others) => {
  const matches = globMatcher(pattern);
  expect(matching.filter(matches)).toEqual(matching);
  expect(others.filter(matches)).toEqual([]);
});
