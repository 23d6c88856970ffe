import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';

import { createRandom } from '../../bench/corpus-pieces.ts';
import { loadZstd } from '../../src/lib/zstd.ts';

export interface HostileFile {
  readonly name: string;
  readonly content: Uint8Array;
}

const good = (i: number): string =>
  JSON.stringify({ instruction: `Ask ${i}`, input: '', output: `An answer with ${i} words.` });
const goodLines = (count: number): string => Array.from({ length: count }, (_, i) => `${good(i)}\n`).join('');
const bytes = (text: string): Buffer => Buffer.from(text, 'utf8');
const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

/** A hundred files that nobody should have to read: every format, broken, lying or armed. The same bytes every time. */
export async function hostileFiles(): Promise<HostileFile[]> {
  const files: HostileFile[] = [];
  const add = (name: string, content: string | Uint8Array): void => {
    const number = String(files.length).padStart(3, '0');
    files.push({
      name: `${number}-${name}`,
      content: typeof content === 'string' ? bytes(content) : content,
    });
  };
  addTruncated(add);
  addRandom(add);
  addWrongExtensions(add);
  addEncodings(add);
  addGiants(add);
  addTables(add);
  await addCompressed(add);
  addParquet(add);
  addJson(add);
  addShapes(add);
  addNames(add);
  return files;
}

type Add = (name: string, content: string | Uint8Array) => void;

function addTruncated(add: Add): void {
  const random = createRandom(1);
  const whole: readonly (readonly [string, Buffer])[] = [
    ['cut.jsonl', bytes(goodLines(50))],
    ['cut.json', bytes(`[${goodLines(50).trimEnd().replaceAll('\n', ',')}]`)],
    ['cut.csv', bytes(`instruction,output\n${'"ask, one","tell\nmore"\n'.repeat(40)}`)],
  ];
  for (const [name, content] of whole)
    for (let i = 0; i < 2; i++) add(name, content.subarray(0, Math.floor(random.next() * content.length)));
}

function addRandom(add: Add): void {
  const random = createRandom(2);
  const noise = (size: number): Buffer =>
    Buffer.from(Array.from({ length: size }, () => Math.floor(random.next() * 256)));
  for (const ending of ['jsonl', 'json', 'csv', 'tsv', 'parquet', 'jsonl.gz', 'json.zst', 'csv.gz'])
    add(`noise.${ending}`, noise(3000));
  add('noise-gzip.jsonl.gz', Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0]), noise(2000)]));
  add('noise-zstd.jsonl.zst', Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), noise(2000)]));
  add('noise-parquet.parquet', Buffer.concat([bytes('PAR1'), noise(2000), bytes('PAR1')]));
  add(
    'noise-lines.jsonl',
    noise(3000).map((byte) => (byte % 40 === 0 ? 10 : byte)),
  );
}

function addWrongExtensions(add: Add): void {
  add('parquet-as.csv', tinyParquet());
  add('csv-as.parquet', 'instruction,output\na,b\nc,d\n');
  add('lines-as.json', goodLines(20));
  add('array-as.jsonl', `[${good(1)},\n${good(2)}]`);
  add('gzip-as.jsonl', gzipSync(goodLines(20)));
  add('plain-as.jsonl.gz', goodLines(20));
  add('zip-as.jsonl', bytes('PK\u0003\u0004\u0014\u0000rest of an archive'));
  add('png-as.json', Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13]));
  add('html-as.csv', '<!doctype html><script>alert(1)</script>\n<p>404, not found</p>\n');
}

function addEncodings(add: Add): void {
  const mark = Buffer.from([0xef, 0xbb, 0xbf]);
  add('bom.jsonl', Buffer.concat([mark, bytes(goodLines(5))]));
  add('bom.csv', Buffer.concat([mark, bytes('instruction,output\nask,tell\n')]));
  add('two-boms.json', Buffer.concat([mark, mark, bytes(`[${good(1)}]`)]));
  add('utf16le.jsonl', Buffer.from(`\uFEFF${goodLines(5)}`, 'utf16le'));
  add('utf16be.csv', Buffer.from('\uFEFFinstruction,output\na,b\n', 'utf16le').swap16());
  add('utf16-without-mark.jsonl', Buffer.from(goodLines(5), 'utf16le'));
  add('latin1.csv', Buffer.from('instruction,output\ncaf\u00e9,na\u00efve\n', 'latin1'));
  add('latin1.jsonl', Buffer.from(goodLines(3).replaceAll('answer', 'r\u00e9ponse'), 'latin1'));
}

function addGiants(add: Add): void {
  const huge = 'x'.repeat(33 * 2 ** 20);
  add('giant-line.jsonl', `${good(0)}\n{"instruction":"${huge}","output":"b"}\n${good(2)}\n`);
  add('giant-cell.csv', `instruction,output\nask,tell\n"${huge}",b\nask,more\n`);
  add('giant-string.json', `[${good(0)},{"instruction":"${huge}","output":"b"}]`);
  add('open-quote.csv', `instruction,output\nask,tell\n"${'never closed\n'.repeat(100_000)}`);
}

function addTables(add: Add): void {
  add('same-headers.csv', 'output,output,instruction\na,b,c\nd,e,f\n');
  add('no-headers.csv', ',,\na,b,c\n');
  add('only-headers.csv', 'instruction,output\n');
  add('wide.csv', `${Array.from({ length: 5000 }, (_, i) => `c${i}`).join(',')}\n${'x,'.repeat(4999)}x\n`);
  add('nul.csv', 'instruction,output\na\u0000b,c\u0000d\ne,f\n');
  add('ragged.csv', 'instruction,output\na\na,b,c\nd,e\n,\n');
  add('old-mac.csv', 'instruction,output\rask,tell\rask,more\r');
  add('proto.csv', '__proto__,constructor,instruction,output\na,b,c,d\n');
}

async function addCompressed(add: Add): Promise<void> {
  const zstd = await loadZstd();
  const bomb = Buffer.alloc(300 * 2 ** 20, 'x');
  const packed = gzipSync(goodLines(500));
  add('bomb.jsonl.gz', gzipSync(bomb));
  add(
    'bomb.jsonl.zst',
    Buffer.concat(Array.from({ length: 12 }, () => zstd.compress(bomb.subarray(0, 25 * 2 ** 20), 1))),
  );
  add('twice.jsonl.gz', gzipSync(packed));
  add('cut.jsonl.gz', packed.subarray(0, packed.length >> 1));
  add('cut.jsonl.zst', zstd.compress(bytes(goodLines(500)), 3).subarray(0, 200));
  add('tail.jsonl.gz', Buffer.concat([packed, bytes('and something else')]));
  add('members.jsonl.gz', Buffer.concat([packed, gzipSync(goodLines(3))]));
  const wrongSum = Buffer.from(packed);
  wrongSum[wrongSum.length - 6] = (wrongSum[wrongSum.length - 6] ?? 0) ^ 1;
  add('sum.jsonl.gz', wrongSum);
  add('empty.jsonl.gz', gzipSync(''));
}

function tinyParquet(): Buffer {
  const data = Array.from({ length: 50 }, (_, i) => `text ${i}`);
  return Buffer.from(
    parquetWriteBuffer({
      columnData: [
        { name: 'instruction', data, type: 'STRING' },
        { name: 'output', data, type: 'STRING' },
      ],
    }),
  );
}

function addParquet(add: Add): void {
  const file = tinyParquet();
  const footer = file.readUInt32LE(file.length - 8);
  for (const length of [0, 1, footer - 1, footer + 1, file.length, 0x7fffffff, 0xffffffff]) {
    const lying = Buffer.from(file);
    lying.writeUInt32LE(length, file.length - 8);
    add('footer-length.parquet', lying);
  }
  const random = createRandom(3);
  for (let i = 0; i < 8; i++) {
    const broken = Buffer.from(file);
    // Half of them in the footer, half in the pages.
    const [from, size] = i % 2 === 0 ? [file.length - 8 - footer, footer] : [4, file.length - footer - 12];
    for (let flip = 0; flip < 4; flip++)
      broken[from + Math.floor(random.next() * size)] = Math.floor(random.next() * 256);
    add('flipped.parquet', broken);
  }
  add('cut.parquet', file.subarray(0, file.length - 30));
}

function addJson(add: Add): void {
  add('deep.jsonl', `${good(0)}\n{"instruction":"a","output":"b","more":${deep(10_000)}}\n${good(1)}\n`);
  add('deep.json', `[${good(0)},{"instruction":${deep(100_000)},"output":"b"}]`);
  add('deep-document.json', `{"data":${deep(100_000)}}`);
  add(
    'proto.jsonl',
    `{"__proto__":{"polluted":1},"instruction":"a","output":"b"}\n{"constructor":{"prototype":{"polluted":1}},"instruction":"a","output":"c"}\n`,
  );
  add('proto-document.json', `{"__proto__":[${good(0)}],"constructor":[${good(1)}]}`);
  add('twice-key.jsonl', '{"instruction":"a","instruction":"b","output":"c"}\n');
  add(
    'numbers.jsonl',
    '{"instruction":1e400,"output":-0}\n{"instruction":"a","output":12345678901234567890}\n',
  );
  add('surrogates.jsonl', String.raw`{"instruction":"\ud800 alone","output":"\udc00\ud800 b"}` + '\n');
  add(
    'controls.jsonl',
    String.raw`{"instruction":"\u0000\u0007\u001b[2J","output":"\u202e\u2066 \u009b31m text"}` + '\n',
  );
  add('loose.json', '[{\'instruction\': \'a\', output: \'b\',}, // note\n{"instruction":"a","output":"b"},]');
  add('scalars.json', '[1, "two", null, true]');
  add('lines-of-rubbish.jsonl', `${good(0)}\nnull\n[]\n"x"\n{}\n{"instruction":\n${good(1)}\n`);
  add('separators.jsonl', `${good(0)}\u2028${good(1)}\n`);
  add('empty.jsonl', '');
  add('blank.json', ' \n\t\n');
}

function addShapes(add: Add): void {
  add(
    'roles.jsonl',
    '{"messages":[{"role":"__proto__","content":"a"},{"role":"assistant","content":"b"}]}\n{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]}\n',
  );
  add(
    'contents.jsonl',
    `{"messages":[{"role":"user","content":${deep(500)}},{"role":"assistant","content":{"a":1}}]}\n{"messages":null}\n{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]}\n`,
  );
  add(
    'markup.jsonl',
    `{"instruction":"</script><script>alert(1)</script>","output":"<img src=x onerror=alert(1)> \\u001b]0;title\\u0007"}\n{"<b onload=alert(1)>":"\\u001b[31m","instruction":"a","output":"b"}\n`,
  );
  add('blanks.jsonl', `{"text":"[INST] hi [/INST] yo${' '.repeat(120_000)}end"}\n`);
  add('columns.jsonl', '{"\\u001b[2J<script>alert(1)</script>":"a","\\u202eb":"c"}\n');
}

/** Names are data too. */
function addNames(add: Add): void {
  for (const name of [
    '\u001b[2J\u001b]0;owned\u0007.jsonl',
    '<script>alert(1)<\u2215script>.jsonl',
    '"><img src=x onerror=alert(1)>.jsonl',
    '__proto__.jsonl',
    'line\nbreak.jsonl',
    '\u202egnp.jsonl',
    `${'long'.repeat(48)}.jsonl`,
    "quote'and\\back$(touch x)`id`.jsonl",
  ])
    add(name, `${good(0)}\nno json\n${good(1)}\n`);
}
