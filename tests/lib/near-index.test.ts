import fc from 'fast-check';
import { expect, test } from 'vitest';

import { createNearIndex } from '../../src/lib/near-index.ts';

test('the most similar earlier text is named with the Jaccard similarity of word 5-grams', () => {
  const near = createNearIndex();
  near.add('a', 'one two three four five six seven');
  near.add('b', 'zero one two three four five');
  expect(near.nearest('One, two three: four FIVE six!')).toEqual({ id: 'a', similarity: 2 / 3 });
  expect(near.nearest('nothing of it')).toBeNull();
});

test('a text is its own double, and similarities lie between 0 and 1', () => {
  fc.assert(
    fc.property(fc.array(fc.lorem({ maxCount: 8 }), { minLength: 1, maxLength: 10 }), (texts) => {
      const near = createNearIndex();
      texts.forEach((text, index) => near.add(String(index), text));
      for (const text of texts) expect(near.nearest(text)?.similarity).toBe(1);
    }),
  );
});
