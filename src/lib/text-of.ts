import { StringDecoder } from 'node:string_decoder';

/** Text of UTF-8 bytes, without a byte-order mark; never half a character. */
export async function* textOf(bytes: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let isFirst = true;
  for await (const block of bytes) {
    const text = decoder.write(block);
    yield isFirst && text.startsWith('\uFEFF') ? text.slice(1) : text;
    if (text !== '') isFirst = false;
  }
}

/** Lines of UTF-8 bytes, ended by `\n` alone: other line separators may stand inside JSON. Holds one line. */
export async function* linesOf(bytes: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let open: string[] = [];
  for await (const text of textOf(bytes)) {
    const [first = '', ...rest] = text.split('\n');
    open.push(first);
    for (const line of rest) {
      yield open.join('');
      open = [line];
    }
  }
  yield open.join('');
}
