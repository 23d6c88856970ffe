import { expect, test } from 'vitest';
import { textBatchOf } from '../../scripts/training/text-batch.ts';
import { copiedShare } from '../../src/onnx/copied-lines.ts';

const share = (...messages: (readonly [role: string, content: string])[]) =>
  copiedShare(textBatchOf([messages.map(([role, content]) => ({ role, content }))]), 0);

const broken =
  'def total(rows):\n    sum_ = 0\n    for row in rows:\n        sum_ = row.price\n    return sum_';

test('a repair is mostly lines of the request, whatever stands before them and however far they are indented', () => {
  const repaired = broken.replace('sum_ = row', 'sum_ += row');
  expect(share(['user', `The total is wrong:\n${broken}`], ['assistant', repaired])).toBe(4 / 5);
  expect(share(['user', broken], ['assistant', `\`\`\`python\n  ${repaired}\n\`\`\``])).toBe(4 / 6);
});

test('code written anew is no copy, nor are lines too short to mean anything', () => {
  expect(share(['user', 'Write a sum over the prices.'], ['assistant', broken])).toBe(0);
  expect(share(['user', '{\n}\nend'], ['assistant', '{\n}\nend'])).toBe(0);
  expect(share(['user', `Explain:\n${broken}`], ['assistant', 'It keeps the last price only.'])).toBe(0);
});

test('one line alone is a quotation', () => {
  expect(share(['user', `What does\nreturn sum_\nmean?`], ['assistant', 'You ask of\nreturn sum_'])).toBe(0);
});

test('all turns of a side count, and rows do not see their neighbours', () => {
  const batch = textBatchOf([
    [
      { role: 'user', content: 'alpha beta\ngamma delta' },
      { role: 'assistant', content: 'What of it?' },
      { role: 'user', content: 'Turn it round.' },
      { role: 'assistant', content: 'gamma delta\r\nalpha beta' },
    ],
    [{ role: 'assistant', content: 'gamma delta\nalpha beta' }],
  ]);
  expect([copiedShare(batch, 0), copiedShare(batch, 1)]).toEqual([1, 0]);
});

test('a line of many blanks between two words takes no time to speak of', () => {
  const wide = `alpha${' '.repeat(400_000)}beta\ngamma delta`;
  expect(share(['user', wide], ['assistant', wide])).toBe(1);
}, 2_000);
