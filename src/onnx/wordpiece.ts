import { z } from 'zod';
import { ConfigError } from '../core/errors.ts';

/** Words kept with their pieces; about 100 bytes each. Natural text repeats itself, so 32 k words answer most look-ups. */
const cacheWords = 32_768;

export interface WordPiece {
  /** Pieces of a text, without the marks around it; the same ids as the reference tokenizer. */
  encode(text: string): number[];
  /** Id of a whole token. @throws ConfigError `tokenizer-invalid` where the vocabulary has none */
  idOf(token: string): number;
  /** [CLS], [SEP], [PAD]. */
  readonly startId: number;
  readonly endId: number;
  readonly padId: number;
}

const tokenizerSchema = z.object({
  normalizer: z
    .object({
      type: z.literal('BertNormalizer'),
      clean_text: z.boolean().default(true),
      handle_chinese_chars: z.boolean().default(true),
      strip_accents: z.boolean().nullable().default(null),
      lowercase: z.boolean().default(true),
    })
    .nullable(),
  pre_tokenizer: z.object({ type: z.literal('BertPreTokenizer') }),
  model: z.object({
    type: z.literal('WordPiece').default('WordPiece'),
    unk_token: z.string().default('[UNK]'),
    continuing_subword_prefix: z.string().default('##'),
    max_input_chars_per_word: z.number().default(100),
    vocab: z.record(z.string(), z.number()),
  }),
  added_tokens: z.array(z.object({ id: z.number(), content: z.string() })).default([]),
});

type TokenizerJson = z.infer<typeof tokenizerSchema>;

/**
 * Reads a `tokenizer.json` of the BERT family. Throws ConfigError `tokenizer-invalid` or `tokenizer-unsupported` naming the part
 * that is not BertNormalizer, BertPreTokenizer or WordPiece.
 */
export function openWordPiece(json: string, path: string): WordPiece {
  const rules = parseTokenizer(json, path);
  const vocab = new Map(Object.entries(rules.model.vocab));
  const added = new Map(rules.added_tokens.map((token) => [token.content, token.id]));
  const idOf = (token: string): number => {
    const id = added.get(token) ?? vocab.get(token);
    if (id !== undefined) return id;
    throw new ConfigError(`${path}: the vocabulary has no "${token}"`, { code: 'tokenizer-invalid' });
  };
  const splitter = splitterOf([...added.keys()]);
  const pieces = pieceReader(rules, vocab, idOf(rules.model.unk_token));
  return {
    idOf,
    startId: idOf('[CLS]'),
    endId: idOf('[SEP]'),
    padId: idOf('[PAD]'),
    encode(text) {
      const ids: number[] = [];
      for (const part of splitter(text)) {
        const special = added.get(part);
        if (special !== undefined) ids.push(special);
        else
          for (const word of splitWords(normalise(part, rules.normalizer)))
            for (const id of pieces(word)) ids.push(id);
      }
      return ids;
    },
  };
}

function parseTokenizer(json: string, path: string): TokenizerJson {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw new ConfigError(`${path}: not valid JSON`, { code: 'tokenizer-invalid', cause });
  }
  const parsed = tokenizerSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new ConfigError(
    `${path}: ${issue?.path.join('.') ?? 'tokenizer'} is not supported (${issue?.message ?? 'invalid'})`,
    {
      code: 'tokenizer-unsupported',
      hint: 'BERT-family tokenizers are: BertNormalizer, BertPreTokenizer, WordPiece',
    },
  );
}

/** Added tokens such as [MASK] are found in the raw text before anything else. */
function splitterOf(tokens: readonly string[]): (text: string) => readonly string[] {
  if (tokens.length === 0) return (text) => [text];
  const escaped = tokens
    .toSorted((a, b) => b.length - a.length)
    .map((token) => token.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const pattern = new RegExp(`(${escaped.join('|')})`, 'u');
  return (text) =>
    text.includes('[') || tokens.some((token) => text.includes(token))
      ? text.split(pattern).filter((part) => part !== '')
      : [text];
}

const control = /[\u0000\uFFFD]|(?![\t\n\r])[\p{Cc}\p{Cf}\p{Cn}\p{Co}]/gu;
const whitespace = /[\t\n\r\p{Zs}\p{Zl}\p{Zp}]/gu;
const chinese =
  /[\u{4E00}-\u{9FFF}\u{3400}-\u{4DBF}\u{20000}-\u{2A6DF}\u{2A700}-\u{2B73F}\u{2B740}-\u{2B81F}\u{2B920}-\u{2CEAF}\u{F900}-\u{FAFF}\u{2F800}-\u{2FA1F}]/gu;
const plainText = /^[\t\n\r\x20-\x7e]*$/;

/** BertNormalizer: control characters out, blanks unified, CJK apart, accents off, lower case. */
function normalise(text: string, rules: TokenizerJson['normalizer']): string {
  if (!rules) return text;
  if (plainText.test(text)) return rules.lowercase ? text.toLowerCase() : text;
  let normal = text;
  if (rules.clean_text) normal = normal.replace(control, '').replace(whitespace, ' ');
  if (rules.handle_chinese_chars) normal = normal.replace(chinese, ' $& ');
  if (rules.strip_accents ?? rules.lowercase) normal = normal.normalize('NFD').replace(/\p{Mn}/gu, '');
  return rules.lowercase ? normal.toLowerCase() : normal;
}

const asciiPunctuation = /[\x21-\x2f\x3a-\x40\x5b-\x60\x7b-\x7e]/g;
const anyPunctuation = /[\x21-\x2f\x3a-\x40\x5b-\x60\x7b-\x7e]|\p{P}/gu;

/** BertPreTokenizer: blanks separate, every punctuation mark stands alone. */
function splitWords(text: string): readonly string[] {
  const pattern = plainText.test(text) ? asciiPunctuation : anyPunctuation;
  const spaced = text.replace(pattern, ' $& ').trim();
  return spaced === '' ? [] : spaced.split(/\s+/u);
}

/** Greedy longest-match-first WordPiece with a cache of the words seen; when it is full the older half is dropped. */
function pieceReader(
  rules: TokenizerJson,
  vocab: ReadonlyMap<string, number>,
  unknownId: number,
): (word: string) => readonly number[] {
  const { continuing_subword_prefix: prefix, max_input_chars_per_word: longest } = rules.model;
  let recent = new Map<string, readonly number[]>();
  let older = new Map<string, readonly number[]>();
  return (word) => {
    const known = recent.get(word);
    if (known) return known;
    const found = older.get(word) ?? splitWord(word, vocab, prefix, longest, unknownId);
    recent.set(word, found);
    if (recent.size >= cacheWords / 2) {
      older = recent;
      recent = new Map();
    }
    return found;
  };
}

function splitWord(
  word: string,
  vocab: ReadonlyMap<string, number>,
  prefix: string,
  longest: number,
  unknownId: number,
): readonly number[] {
  const characters = Array.from(word);
  if (characters.length > longest) return [unknownId];
  const ids: number[] = [];
  let start = 0;
  while (start < characters.length) {
    let end = characters.length;
    let id: number | undefined;
    for (; end > start; end--) {
      const piece = characters.slice(start, end).join('');
      id = vocab.get(start > 0 ? prefix + piece : piece);
      if (id !== undefined) break;
    }
    if (id === undefined) return [unknownId];
    ids.push(id);
    start = end;
  }
  return ids;
}
