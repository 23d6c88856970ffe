import fc from 'fast-check';
import { expect, test } from 'vitest';

import { findPii } from '../../../src/lib/pii/find-pii.ts';

function found(text: string): [string, string][] {
  return findPii(text).map(({ kind, start, end }) => [kind, text.slice(start, end)]);
}

/** Keys are put together here so that no scanner takes this file for a leak. */
const key = (...parts: string[]): string => parts.join('');
const letters = 'k3JvT9qLm2ZxW7bNc5RfY8sHd4PgA6uE1oQi';

test.each([
  ['write to jane.doe+news@mail.example.co.uk, please', 'email', 'jane.doe+news@mail.example.co.uk'],
  ['grüße an jürgen@müller.de!', 'email', 'jürgen@müller.de'],
  ['<mailto:a@b.io>', 'email', 'a@b.io'],
  ['call +49 30 901820 tomorrow', 'phone', '+49 30 901820'],
  ['my number is (415) 555-2671.', 'phone', '(415) 555-2671'],
  ['fax 212-664-7665 or mail', 'phone', '212-664-7665'],
  ['Telefon: 030 901820', 'phone', '030 901820'],
  ['text me at 07911 123456 ok?', 'phone', '07911 123456'],
  ['Tel.: +49 170 / 123 45 67', 'phone', '+49 170 / 123 45 67'],
  ['Telefon 0170 / 123 45 67 abends', 'phone', '0170 / 123 45 67'],
  ['dial 00 49 170 1234567 from there', 'phone', '00 49 170 1234567'],
  ['mobil: 0170 1234567 / 030 901820', 'phone', '0170 1234567'],
  ['0033 1 42 68 53 00 is the office', 'phone', '0033 1 42 68 53 00'],
  ['on 12 12 (415) 555-2671 3 times', 'phone', '(415) 555-2671'],
  ['card 4111 1111 1111 1111 exp 12/29', 'credit-card', '4111 1111 1111 1111'],
  ['amex 3782-822463-10005', 'credit-card', '3782-822463-10005'],
  ['pay with 5555555555554444', 'credit-card', '5555555555554444'],
  ['until 2029 4111 1111 1111 1111 holds', 'credit-card', '4111 1111 1111 1111'],
  ['CC:4111111111111111', 'credit-card', '4111111111111111'],
  ['konto de89370400440532013000 bitte', 'iban', 'de89370400440532013000'],
  ['auf de89 3704 0044 0532 0130 00 bitte', 'iban', 'de89 3704 0044 0532 0130 00'],
  ['a es91 2100 0418 4502 0005 1332 from there', 'iban', 'es91 2100 0418 4502 0005 1332'],
  ['IBAN DE89 3704 0044 0532 0130 00 bei', 'iban', 'DE89 3704 0044 0532 0130 00'],
  ['GB82WEST12345698765432', 'iban', 'GB82WEST12345698765432'],
  ['DE89 3704 0044 0532 0130 00 BANK', 'iban', 'DE89 3704 0044 0532 0130 00'],
  ['logged in from 84.17.52.201', 'ip-address', '84.17.52.201'],
  ['ping 8.8.8.8 fails', 'ip-address', '8.8.8.8'],
  ['host 2001:0db8:85a3::8a2e:0370:7334 up', 'ip-address', '2001:0db8:85a3::8a2e:0370:7334'],
  ['dns 2001:4860::8888 answers', 'ip-address', '2001:4860::8888'],
  ['I live at 221B Baker Street, come by', 'street-address', '221B Baker Street'],
  ['1600 Pennsylvania Avenue NW', 'street-address', '1600 Pennsylvania Avenue'],
  [
    'Ship to 742 Evergreen Terrace, Springfield, OR 97477 today',
    'street-address',
    '742 Evergreen Terrace, Springfield, OR 97477',
  ],
  ['my home at 15 Oak Dr', 'street-address', '15 Oak Dr'],
  ['wohnt Hauptstraße 12a, 10115 Berlin', 'street-address', 'Hauptstraße 12a, 10115 Berlin'],
  ['au 12 rue de la République, 69001 Lyon', 'street-address', '12 rue de la République, 69001 Lyon'],
  ['vivo en Calle de Alcalá 45', 'street-address', 'Calle de Alcalá 45'],
  ['P.O. Box 1234', 'street-address', 'P.O. Box 1234'],
  ['DATABASE=postgres://admin:hunter22@db.internal/app', 'url-credentials', 'admin:hunter22'],
  ['postgres://u:p%40ss$word1@db.example.com/x', 'url-credentials', 'u:p%40ss$word1'],
  ['mysql://root:a{b*c}1@db', 'url-credentials', 'root:a{b*c}1'],
  ['redis://:s3cr3tpass@cache:6379', 'url-credentials', ':s3cr3tpass'],
])('%s holds a %s', (text, kind, value) => {
  expect(found(text)).toEqual([[kind, value]]);
});

test.each([
  ['AWS', key('AKIA', 'IOSFODNN7EXAMPLQ')],
  ['GitHub', key('ghp_', letters)],
  ['GitLab', key('glpat-', letters.slice(0, 20))],
  ['Slack', key('xoxb-', '123456789012-', letters.slice(0, 24))],
  ['Google', key('AIza', letters.slice(0, 35))],
  ['Hugging Face', key('hf_', letters.slice(0, 34))],
  ['Stripe', key('sk_live_', letters.slice(0, 24))],
  ['OpenAI', key('sk-proj-', letters)],
  ['Anthropic', key('sk-ant-', 'api03-', letters)],
  [
    'a JSON web token',
    key('eyJ', 'hbGciOiJIUzI1NiJ9', '.eyJ', 'zdWIiOiIxMjM0NTY3ODkwIn0', '.dozjgNryP4J3jVmNHl0w5N'),
  ],
])('a key of %s is a secret', (_, value) => {
  expect(found(`it says ${value} there`)).toEqual([['secret', value]]);
});

test.each([
  ['api_key = "k3JvT9qLm2ZxW7bNc5Rf"', 'k3JvT9qLm2ZxW7bNc5Rf'],
  ['Authorization: Bearer k3JvT9qLm2ZxW7bNc5Rf', 'k3JvT9qLm2ZxW7bNc5Rf'],
  ['https://x.io/a?token=9f86d081884c7d659a2feaa0c55ad015&b=1', '9f86d081884c7d659a2feaa0c55ad015'],
  ['the password is Tr0ub4dor&3', 'Tr0ub4dor&3'],
  ["password: 'correct horse'", null],
  ['PASSWORD="s3cr3t-words"', 's3cr3t-words'],
  ["PASSWORD='My$ecret99'", 'My$ecret99'],
  ['"password": "a{b}c<d>9"', 'a{b}c<d>9'],
  ['password=pa$$w0rd123', 'pa$$w0rd123'],
  ['passwort lautet: Sommer2024!', 'Sommer2024!'],
  ['das Passwort lautet Sommer2024!', 'Sommer2024!'],
  ['the password is: Tr0ub4dor&3', 'Tr0ub4dor&3'],
  ['Authorization: Basic dXNlcjpzZWNyZXRwYXNzd29yZDEyMw==', 'dXNlcjpzZWNyZXRwYXNzd29yZDEyMw=='],
  ["curl -H 'authorization: basic dTpwYXNz'", 'dTpwYXNz'],
])('in %s the value alone is the secret', (text, value) => {
  expect(found(text)).toEqual(value === null ? [] : [['secret', value]]);
});

test('a block of a private key is found whole, and to the end of the text where it was cut off', () => {
  const begin = key('-----BEGIN RSA ', 'PRIVATE KEY-----');
  const end = key('-----END RSA ', 'PRIVATE KEY-----');
  const block = `${begin}\nMIIEpAIBAAKCAQEA\nabc=\n${end}`;
  expect(found(`key:\n${block}\nthanks`)).toEqual([['private-key', block]]);
  expect(found(`key:\n${begin}\nMIIEpAIB`)).toEqual([['private-key', `${begin}\nMIIEpAIB`]]);
});

test.each([
  'upgrade to 1.2.3.4 or v10.15.20.7, Chrome 120.0.6099.109, numpy==12.21.10.3',
  'server 192.168.1.10, 10.0.0.1, 127.0.0.1, 0.0.0.0 and the mask 255.255.255.0',
  'commit 9fceb02d0ae598e95dc970b74767f19372d61af8 and 4b825dc6 are fine',
  'sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  'uuid 550e8400-e29b-41d4-a716-446655440000',
  'on 2024-01-15 at 10:30:45, or 15.01.2024, or 01/15/2024 12:00',
  'timestamps 1700000000, 1700000000000 and 1700000000000000000',
  'ISBN 978-0-306-40615-7, order 4512-8890, part 12-34567',
  'pi is 3.14159265358979, sum 4,111,111,111 and 1234567890',
  'arr = [4111, 2222, 3333, 4444]; range(1000000, 2000000)',
  'git@github.com:owner/name.git and icon@2x.png and react@18.2.0 and @types/node',
  '@decorator def f(self): return a @ b',
  'std::vector<int> a::b; use foo::bar::baz; at 12:30:45:99',
  'class="sk-loading-indicator-wrapper-large-dark" id=sk-your-api-key-goes-here-1',
  'api_key = os.environ["OPENAI_API_KEY"]; token = config.auth.token_value1',
  'const token = await getAccessToken(); password = request.form["password"]',
  'password: string; password=password; the password is required here',
  'PASSWORD="$DB_PASSWORD1" password=$DB_PASSWORD1 password="${DB_PASSWORD1}" password: "{{ db.password1 }}"',
  'password="{password1}" password="${env.DB_PASS1}" password="<your password1>" password="$(pass show db1)"',
  '$password = $user1->password; password = $_POST["password1"]; password="^[a-zA-Z0-9]{8,30}$"',
  'the password lautet nicht so; basic knowledge, Basic authentication, basic understanding12',
  'https://user:password@host/ and https://$USER:$PASS@host and http://host:8080/a@b',
  'https://admin:${PASS}@host and https://{user}:{self.password}@host and https://admin:*****@host',
  'https://{{user}}:{{pass}}@host and git+ssh://git@host/x',
  'the 3 First Place winners took 5 Great Way home and 2 Square meals',
  'In 1984 Avenue was no word; 42 is. Chapter 12 Road trips',
  'Fourth and 20 Questions, 100 Ways, 24 Hours',
  'const x = 415 - 555 - 2671;',
  'const x = 415 / 555 / 2671; 4155552 / 671, or 1000000 / 20 / 3',
  'bytes 00 49 30 20 31 32 33 34 and 00 12 34 56 78 90, at 00:49 170',
  'id:1234567890123456 and "at":1700000000000000',
  'de89370400440532013001 and it20 some more text here, e2e12345678901234567890',
  'at 12:30::45, a face::b0b::cafe and fe80::1:2',
  'mac aa:bb:cc:dd:ee:ff and colour #4155552671',
  '-----BEGIN PUBLIC KEY-----\nMIIBIjANBg\n-----END PUBLIC KEY-----',
  'networks 34.64.0.0/10, phones = 1000/200, the string 2011221, call on 2010-07-32',
  'roughly 30 percent of 1234567 people, 12.5 %, $4111111111111111 no',
])('look-alikes are left alone: %s', (text) => {
  expect(found(text)).toEqual([]);
});

test('finds that overlap are one, so that nothing of either stays', () => {
  const text = 'mail https://jane@mail.com:secret99@host.example/x now';
  const matches = findPii(text);
  for (let i = 1; i < matches.length; i++) {
    expect(matches[i]?.start).toBeGreaterThanOrEqual(matches[i - 1]?.end ?? 0);
  }
  const left = matches.reduceRight((rest, { start, end }) => rest.slice(0, start) + rest.slice(end), text);
  expect(left).not.toMatch(/jane|secret99/);
});

test('finds of any text are ordered, inside it, and never overlap', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      let at = 0;
      for (const { start, end } of findPii(text)) {
        expect(start).toBeGreaterThanOrEqual(at);
        expect(end).toBeGreaterThan(start);
        at = end;
      }
      expect(at).toBeLessThanOrEqual(text.length);
    }),
  );
});

test.each([
  'a',
  ' ',
  '7',
  '1 ',
  '1 / ',
  '00 ',
  '00 49 170 / ',
  'a@b.',
  'ab:',
  'Oak ',
  '12 Oak ',
  'http://a',
  'token=',
  'eyJaaaaaaaaaaa.',
  '-----BEGIN RSA PRIVATE KEY-----',
  '(',
  '+1 ',
  '2001:',
  'de89 ',
  'basic ',
  'Basic dXNl',
  'password lautet ',
  'password="$',
  'password="${',
  'https://:$',
  // Other work beside it may take the time of one try.
])('a long text of nothing but %j takes no time out of proportion', { retry: 3 }, (piece) => {
  const time = (characters: number): number => {
    const text = piece.repeat(Math.ceil(characters / piece.length));
    const started = performance.now();
    findPii(text);
    return performance.now() - started;
  };
  time(2_000); // compiled
  // ten times the text in fifty times the time at most: quadratic growth would take a hundred
  expect(time(100_000)).toBeLessThan(50 * Math.max(40, time(10_000)));
});
