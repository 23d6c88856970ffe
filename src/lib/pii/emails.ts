import type { TextSpan } from './pii-kinds.ts';
import { spansOf } from './spans-of.ts';

const address =
  /(?<![\w.+-])[\p{L}\p{N}_%+-][\p{L}\p{N}_.%+-]{0,63}@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,62})\.|[\p{L}\p{N}]\.){1,6}(\p{L}{2,24})(?![\p{L}\p{N}_-])/gu;

/** Names of files and of build outputs that look like a host: `icon@2x.png`, `app@next.js`. */
const fileEndings = new Set([
  'png',
  'jpg',
  'jpeg',
  'gif',
  'svg',
  'webp',
  'avif',
  'ico',
  'js',
  'ts',
  'css',
  'json',
  'html',
  'md',
]);

/** E-mail addresses. Left alone: remotes (`git@host.tld:owner/name`), `user@2x.png`, packages with a version. */
export function findEmails(text: string): TextSpan[] {
  if (!text.includes('@')) return [];
  return spansOf(text, address, (match) => {
    if (fileEndings.has((match[1] ?? '').toLowerCase())) return false;
    const isRemote = /^git@/i.test(match[0]) && /^[:/]\S/.test(text.slice(match.index + match[0].length));
    return !isRemote;
  });
}
