import fc from 'fast-check';
import { expect, test } from 'vitest';

import { createRedactor } from '../../../src/lib/pii/redactor.ts';

test('a value has one placeholder in all texts of a redactor, however it is written', () => {
  const redactor = createRedactor();
  expect(redactor.redact('I am Jane@Mail.org, not bob@mail.org').text).toBe('I am [EMAIL_1], not [EMAIL_2]');
  expect(redactor.redact('jane@mail.org: +49 30 901820, +49-30-901820').text).toBe(
    '[EMAIL_1]: [PHONE_1], [PHONE_1]',
  );
});

test('an IBAN in small letters is the same account', () => {
  const { text } = createRedactor().redact('DE89 3704 0044 0532 0130 00, de89370400440532013000');
  expect(text).toBe('[IBAN_1], [IBAN_1]');
});

test('another redactor starts anew', () => {
  createRedactor().redact('bob@mail.org');
  expect(createRedactor().redact('jane@mail.org').text).toBe('[EMAIL_1]');
});

test('a placeholder of an earlier redaction keeps its number', () => {
  expect(createRedactor().redact('[EMAIL_3] wrote to jane@mail.org').text).toBe(
    '[EMAIL_3] wrote to [EMAIL_4]',
  );
});

test('what is around a find stays as it is', () => {
  expect(createRedactor().redact('db at postgres://root:pa55word@db.example:5432/x?y=1').text).toBe(
    'db at postgres://[CREDENTIALS_1]@db.example:5432/x?y=1',
  );
});

const pieces = fc.constantFrom(
  'jane@mail.org',
  '+49 30 901820',
  '(415) 555-2671',
  '4111 1111 1111 1111',
  'DE89 3704 0044 0532 0130 00',
  '84.17.52.201',
  '742 Evergreen Terrace',
  'ftp://me:pa55word@host.example',
  'password: Tr0ub4dor3',
  "PASSWORD='My$ecret99'",
  'passwort lautet: "Sommer2024!"',
  'Authorization: Basic dXNlcjpzZWNyZXRwYXNzd29yZDEyMw==',
  'redis://:pa$$word1@cache',
  '2001:4860::8888',
  'CC:4111111111111111',
  'Tel.: +49 170 / 123 45 67',
  '00 49 170 1234567',
  'de89370400440532013000',
  '/',
  'and then',
  '2024-01-15',
  'call',
  '12',
  'Oak',
);

test('a redacted text holds nothing to redact, and redacting it again changes nothing', () => {
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 8 }), fc.constantFrom(' ', '\n', ', '), (parts, separator) => {
      const once = createRedactor().redact(parts.join(separator)).text;
      const again = createRedactor().redact(once);
      expect(again.matches).toEqual([]);
      expect(again.text).toBe(once);
    }),
    { numRuns: 2000 },
  );
});
