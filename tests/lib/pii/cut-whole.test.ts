import fc from 'fast-check';
import { expect, test } from 'vitest';

import { cutWhole } from '../../../src/lib/pii/cut-whole.ts';
import { findPii } from '../../../src/lib/pii/find-pii.ts';

test.each([
  ['short enough', 20, 'short enough'],
  ['two words here', 9, 'two words'],
  ['two words here', 8, 'two '],
  ['write to jane.roe@mail.example now', 20, 'write to '],
  ['call +49 30 901820 at noon', 12, 'call '],
  ['call +49 30 901820 at noon', 18, 'call +49 30 901820'],
  ['pay 4111 1111 1111 1111 by noon', 14, 'pay '],
  ['one 😀😀', 5, 'one '],
  ['x'.repeat(40), 20, ''],
])('%j has at most %i characters, nothing by half: %j', (text, limit, cut) => {
  expect(cutWhole(text, limit)).toBe(cut);
});

test('where words have no blanks between them, a text is cut at the limit, never through a character', () => {
  expect(cutWhole('它是堪培拉而不是悉尼', 5)).toBe('它是堪培拉');
  expect(cutWhole('𠮷𠮷𠮷𠮷', 5)).toBe('𠮷𠮷');
});

test('a private key that begins before the limit is left out, however long it is', () => {
  const block = ['-----BEGIN RSA ', 'PRIVATE KEY-----\n', 'MIIEpAIB AAKC\n'.repeat(200)].join('');
  expect(cutWhole(`key:\n${block}`, 300)).toBe('key:\n');
});

test('what is found in the whole text is in its beginning whole or not at all', () => {
  const values = ['+49 30 901820', 'jane@mail.org', '4111 1111 1111 1111', '742 Evergreen Terrace', 'and so'];
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...values), { maxLength: 6 }),
      fc.integer({ min: 0, max: 80 }),
      (parts, limit) => {
        const text = parts.join('; ');
        const cut = cutWhole(text, limit);
        expect(cut.length).toBeLessThanOrEqual(limit);
        expect(text.startsWith(cut)).toBe(true);
        for (const { start, end } of findPii(text))
          expect(start >= cut.length || end <= cut.length).toBe(true);
      },
    ),
  );
});
