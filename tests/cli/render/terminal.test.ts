import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { sanitize } from '../../../src/cli/render/terminal.ts';

test.each([
  ['\u001b[2J\u001b]0;title\u0007', '␛[2J␛]0;title␇'],
  ['a\r\nb\tc\u007f', 'a␍␊b␉c␡'],
  ['\u009b31m', '⟨U+009B⟩31m'],
  ['abc\u202Efdp.exe\u2066', 'abc⟨U+202E⟩fdp.exe⟨U+2066⟩'],
  ['zero\u200Bwidth\uFEFF', 'zero⟨U+200B⟩width⟨U+FEFF⟩'],
  ['\u{E0041}tag', '⟨U+E0041⟩tag'],
  ['half \uD83D pair', 'half \uFFFD pair'],
  ['שלום, 世界, naïve, 👩\u200D💻', 'שלום, 世界, naïve, 👩\u200D💻'],
])('%j is shown as %j', (text, expected) => {
  expect(sanitize(text)).toBe(expected);
});

test('no control character is left in any text, and doing it again changes nothing', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const safe = sanitize(text);
      expect(safe).not.toMatch(/[\p{Cc}\p{Cs}\u202A-\u202E\u2066-\u2069]/u);
      expect(sanitize(safe)).toBe(safe);
    }),
  );
});
