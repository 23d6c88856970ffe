import fc from 'fast-check';
import { expect, test } from 'vitest';

import { createValueReader, tooLongText } from '../../src/extract/value-reader.ts';

const limits = { textChars: 1000, valueChars: 100_000 };

function readAll(text: string, piece: number, own = limits) {
  const reader = createValueReader(own);
  const values = [];
  for (let at = 0; at < text.length; at += piece) values.push(...reader.read(text.slice(at, at + piece)));
  return { values, isOpen: reader.isOpen };
}

test('the elements of an array come out as JSON.parse gives them, however the text is cut', () => {
  const objects = fc.array(
    fc.dictionary(
      fc.string().filter((key) => key !== '__proto__'),
      fc.jsonValue({ maxDepth: 3 }),
    ),
  );
  fc.assert(
    fc.property(objects, fc.integer({ min: 1, max: 40 }), (list, piece) => {
      const text = JSON.stringify(list);
      fc.pre(!text.includes('__proto__'));
      const { values, isOpen } = readAll(text, piece);
      expect(values).toEqual((JSON.parse(text) as unknown[]).map((value) => ({ value })));
      expect(isOpen).toBe(false);
    }),
  );
});

test('a sequence of values comes out one by one', () => {
  expect(readAll('{"a":1}\n{"a":[2,{}]}\n', 3).values).toEqual([
    { value: { a: 1 } },
    { value: { a: [2, {}] } },
  ]);
});

test('a document that breaks off is still open', () => {
  expect(readAll('[{"a":1},{"b":"x', 5).isOpen).toBe(true);
  expect(readAll('[{"a":1}', 5).isOpen).toBe(true);
});

test('a text that is too long is not kept, and what stands around it is', () => {
  const { values } = readAll(JSON.stringify([{ a: 'x'.repeat(5000), b: 'kept' }]), 64);
  expect(values).toEqual([{ value: { a: tooLongText, b: 'kept' } }]);
});

test('a value that is too large is read over, and the next one is whole', () => {
  const many = Array.from({ length: 300 }, () => 'y'.repeat(900));
  expect(readAll(JSON.stringify([{ many }, { b: 1 }]), 4096).values).toEqual([
    { tooLarge: true },
    { value: { b: 1 } },
  ]);
});

test('a key that would change the prototype is dropped', () => {
  const [read] = readAll('[{"__proto__":{"x":1},"y":2}]', 100).values;
  expect(read).toEqual({ value: { y: 2 } });
  expect(({} as Record<string, unknown>)['x']).toBeUndefined();
});
