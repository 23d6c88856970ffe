/** What a byte is to the scanner; the values are places in the per-side character counters. */
export const byteClass = {
  other: 0,
  lower: 1,
  upper: 2,
  digit: 3,
  high: 4,
  apostrophe: 5,
  space: 6,
  newline: 7,
  period: 8,
  question: 9,
  exclamation: 10,
  comma: 11,
  colon: 12,
  semicolon: 13,
  brace: 14,
  parenthesis: 15,
  bracket: 16,
  comparison: 17,
  quote: 18,
  backtick: 19,
  dash: 20,
  star: 21,
  hash: 22,
  slash: 23,
  underscore: 24,
  pipe: 25,
  symbol: 26,
} as const;

export const byteClassCount = 27;

const members: readonly (readonly [number, string])[] = [
  [byteClass.lower, 'abcdefghijklmnopqrstuvwxyz'],
  [byteClass.upper, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'],
  [byteClass.digit, '0123456789'],
  [byteClass.apostrophe, "'"],
  [byteClass.space, ' \t\v\f\r'],
  [byteClass.newline, '\n'],
  [byteClass.period, '.'],
  [byteClass.question, '?'],
  [byteClass.exclamation, '!'],
  [byteClass.comma, ','],
  [byteClass.colon, ':'],
  [byteClass.semicolon, ';'],
  [byteClass.brace, '{}'],
  [byteClass.parenthesis, '()'],
  [byteClass.bracket, '[]'],
  [byteClass.comparison, '<>='],
  [byteClass.quote, '"'],
  [byteClass.backtick, '`'],
  [byteClass.dash, '-'],
  [byteClass.star, '*'],
  [byteClass.hash, '#'],
  [byteClass.slash, '/\\'],
  [byteClass.underscore, '_'],
  [byteClass.pipe, '|&^~'],
  [byteClass.symbol, '$%@+'],
];

/** Class of each of the 256 byte values; bytes of multi-byte characters are `high`. */
export const classOfByte: Uint8Array = buildTable();

/** Lower-cased letter of a byte, 0 where it is no ASCII letter. */
export const letterOfByte: Uint8Array = buildLetters();

/** 1 for bytes that no word can hold: ASCII but letters, digits and the apostrophe. */
export const endsWord: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => {
  const kind = classOfByte[byte] ?? byteClass.other;
  const isInWord = (kind >= byteClass.lower && kind <= byteClass.high) || kind === byteClass.apostrophe;
  return isInWord ? 0 : 1;
});

function buildLetters(): Uint8Array {
  const table = new Uint8Array(256);
  for (let byte = 0x61; byte <= 0x7a; byte++) {
    table[byte] = byte;
    table[byte - 0x20] = byte;
  }
  return table;
}

function buildTable(): Uint8Array {
  const table = new Uint8Array(256);
  table.fill(byteClass.high, 128);
  for (const [value, characters] of members) {
    for (const byte of Buffer.from(characters, 'latin1')) table[byte] = value;
  }
  return table;
}
