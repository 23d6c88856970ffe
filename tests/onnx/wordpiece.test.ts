import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Tokenizer } from '@huggingface/tokenizers';
import { expect, test } from 'vitest';
import { openWordPiece } from '../../src/onnx/wordpiece.ts';

const path = join(import.meta.dirname, '../taggers/fixtures/tiny-bert/tokenizer.json');
const json = readFileSync(path, 'utf8');
const ours = openWordPiece(json, path);
const reference = new Tokenizer(JSON.parse(json) as object, {});
const expectedIds = (text: string) => [...reference.encode(text, { add_special_tokens: false }).ids];

const shared = process.env['TAG_DATASETS_SHARED'] ?? join(import.meta.dirname, '../../../shared');
const sample = join(shared, 'data/_persona_labelled_sample.jsonl.gz');
if (!existsSync(sample))
  console.log('wordpiece: ../shared/data is absent, the comparison on real rows is skipped');

test.each([
  '',
  ' \n\t ',
  'The code is in the story.',
  "don't stop—go… ‘now’ “please” (really?)",
  'naïve café Ångström ÀÉÎ',
  '今天天气很好 and 東京',
  'tabs\tand\r\nlines\u0000nul\u200bzero\u00a0nbsp',
  '🙂 emoji 👩‍👩‍👧 family',
  'e\u0301 combining, İstanbul, ẞ',
  'a'.repeat(101),
  'x_y-z/a@b.c #1 $5 100%',
  '[MASK] and [CLS] in text, [mask] not',
  'مرحبا Привет Γειά 한국어',
  '~`!@#$%^&*()_+-={}[]|\\:";\'<>?,./',
])('ids equal the reference tokenizer on %j', (text) => {
  expect(ours.encode(text)).toEqual(expectedIds(text));
});

test
  .skipIf(!existsSync(sample))
  .each([path, join(import.meta.dirname, '../../taggers/minilm-v1/tokenizer.json')])(
  'ids equal the reference tokenizer on 3,000 real rows: %s',
  (file) => {
    const text = readFileSync(file, 'utf8');
    const own = openWordPiece(text, file);
    const other = new Tokenizer(JSON.parse(text) as object, {});
    const rows = gunzipSync(readFileSync(sample)).toString('utf8').split('\n').slice(0, 3000);
    for (const line of rows) {
      const row = JSON.parse(line) as { instruction: string; output: string };
      const words = `${row.instruction}\n${row.output}`.slice(0, 2000);
      expect(own.encode(words)).toEqual([...other.encode(words, { add_special_tokens: false }).ids]);
    }
  },
);

test('a tokenizer of another family is refused with the part that differs', () => {
  const other = JSON.stringify({ ...(JSON.parse(json) as object), pre_tokenizer: { type: 'ByteLevel' } });
  expect(() => openWordPiece(other, 'x/tokenizer.json')).toThrow(
    /x\/tokenizer.json: pre_tokenizer.type is not supported/,
  );
  expect(() => openWordPiece('{', 'x/tokenizer.json')).toThrow(/not valid JSON/);
});
