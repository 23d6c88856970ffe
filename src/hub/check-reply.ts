import { FatalError } from '../core/errors.ts';

import { withoutQuery } from './failure.ts';

/** First and last byte, both included, as the header says them. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

export function requestedRange(headers: Headers): ByteRange | undefined {
  const match = /^bytes=(\d+)-(\d+)$/.exec(headers.get('range') ?? '');
  return match ? { first: Number(match[1]), last: Number(match[2]) } : undefined;
}

/** Bytes that the body of a Range reply must have. Throws FatalError `range-ignored`, `short-body` or `etag-changed`. */
export function checkRange(
  reply: Response,
  asked: ByteRange,
  { url, bytes }: { readonly url: URL; readonly bytes: number | undefined },
): number {
  const header = reply.headers.get('content-range') ?? '';
  const match = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(header);
  if (reply.status !== 206 || !match) {
    const got =
      reply.status === 206 ? `Content-Range "${header}"` : `status ${reply.status} and the whole file`;
    throw rangeIgnored(url, asked, got);
  }
  const [first, last, total] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (bytes !== undefined && total !== bytes) {
    throw new FatalError(`${withoutQuery(url)}: the file has ${total} bytes, it was listed with ${bytes}`, {
      code: 'etag-changed',
      hint: 'run again with --fresh to list the dataset anew',
    });
  }
  if (first !== asked.first || last > asked.last) throw rangeIgnored(url, asked, `Content-Range "${header}"`);
  if (last < Math.min(asked.last, total - 1))
    throw shortBody(url, asked.last - asked.first + 1, last - first + 1);
  return last - first + 1;
}

/** The body itself; throws FatalError `short-body` unless it has exactly `length` bytes. */
export function checkBody(body: ArrayBuffer, length: number, url: URL): ArrayBuffer {
  if (body.byteLength !== length) throw shortBody(url, length, body.byteLength);
  return body;
}

function rangeIgnored(url: URL, asked: ByteRange, got: string): FatalError {
  return new FatalError(`${withoutQuery(url)}: asked for bytes ${asked.first}-${asked.last}, got ${got}`, {
    code: 'range-ignored',
    hint: 'the server or a proxy before it does not serve byte ranges; check HF_ENDPOINT',
  });
}

function shortBody(url: URL, wanted: number, got: number): FatalError {
  return new FatalError(`${withoutQuery(url)}: the reply has ${got} bytes where ${wanted} were announced`, {
    code: 'short-body',
    hint: 'the server or a proxy before it cuts or pads replies; check HF_ENDPOINT',
  });
}

/** Without quotes and weakness mark. */
export function plainEtag(etag: string | null): string | undefined {
  return etag === null ? undefined : etag.replace(/^W\//, '').replaceAll('"', '');
}
