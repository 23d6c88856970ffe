import { expect, test } from 'vitest';

import { renderJson } from '../../src/report/json.ts';
import { sampleModel } from './support/sample-model.ts';

test('JSON of the same model is the same bytes, whatever the order of keys', () => {
  const model = sampleModel();
  const { schema, run, ...rest } = model;
  expect(renderJson({ ...rest, run, schema })).toBe(renderJson(model));
});

test('what was written can be read again', () => {
  const model = sampleModel({ hostile: '\u2028"\\' });
  expect(JSON.parse(renderJson(model))).toEqual(model);
});
