import { expect, test } from 'vitest';

import { compileShape } from '../../../src/source/adapt/compile-shape.ts';
import { detectShape } from '../../../src/source/adapt/detect-shape.ts';

const chat = {
  messages: [
    { role: 'user', content: 'What is a burin?' },
    { role: 'assistant', content: 'A tool for engraving.' },
  ],
};
const flat = { instruction: 'Name a woodwind.', input: '', output: 'The oboe.' };

test('a file with rows of two shapes gives rows of both', () => {
  const records = [chat, flat, flat, chat, chat, flat];
  const detected = detectShape(records, {});
  if (!('plan' in detected)) throw new Error('no plan');
  const adapt = compileShape(detected.plan, false);
  expect(records.map((record) => ('messages' in adapt(record) ? 'row' : 'reject'))).toEqual(
    records.map(() => 'row'),
  );
  expect(adapt({ other: 1 })).toMatchObject({ code: expect.any(String) });
});

test('a shape that the user names has no alternatives', () => {
  const detected = detectShape([chat, flat, chat], { shape: 'messages' });
  expect(detected).toMatchObject({ plan: { kind: 'messages' } });
  expect('plan' in detected && detected.plan.alternatives).toBe(undefined);
});
