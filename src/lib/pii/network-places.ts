import { isIPv6 } from 'node:net';

import type { TextSpan } from './pii-kinds.ts';
import { spansOf, textBefore } from './spans-of.ts';
import { isVariable } from './variables.ts';

const octet = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const ipv4 = new RegExp(`(?<![\\w.@=~^-])(?:${octet}\\.){3}${octet}(?![\\w-]|\\.\\d|/\\d)`, 'g');
const ipv6 = /(?<![\w:.])(?:[0-9A-Fa-f]{1,4}:{1,2}){2,7}[0-9A-Fa-f]{1,4}(?![\w:]|\.\d)/g;
const versionWord =
  /(?:\bv(?:er(?:sion)?)?|version|release|build|update|firmware|section|chapter|\bv\.)\s*[:=]?\s*$/i;
const hostWord = /(?:\bip\b|\bipv4\b|address|host|server|client|ping|ssh|curl|from|at|\/\/)[\s:="'`(]*$/i;

/**
 * Addresses of machines on the public net. Left alone: private, loopback, link-local and broadcast ranges and masks (they name
 * nobody), networks (`/16`), versions, numbered sections, times, C++ and Rust paths.
 */
export function findIpAddresses(text: string): TextSpan[] {
  return [
    ...spansOf(text, ipv4, (match) => isPublicIpv4(match[0], textBefore(text, match.index, 24))),
    ...(text.includes(':') ? spansOf(text, ipv6, ([found]) => isPublicIpv6(found)) : []),
  ];
}

function isPublicIpv4(address: string, before: string): boolean {
  const [a = 0, b = 0, ...rest] = address.split('.').map(Number);
  const isReserved =
    a === 0 ||
    a === 10 ||
    a === 127 ||
    a >= 224 ||
    (a === 169 && b === 254) ||
    (a === 192 && b === 168) ||
    (a === 172 && b >= 16 && b < 32);
  if (isReserved || versionWord.test(before)) return false;
  const longParts = [a, b, ...rest].filter((part) => part >= 10).length;
  return longParts >= 2 || hostWord.test(before);
}

/** The range that public addresses are given out of, 2000::/3 (RFC 4291): there a short form counts, elsewhere `a::b::c` is code. */
const globalUnicast = /^[23][0-9a-f]{3}:/i;

function isPublicIpv6(address: string): boolean {
  const groups = address.split(':').filter((group) => group !== '');
  const fewestGroups = globalUnicast.test(address) ? 3 : 4;
  return groups.length >= fewestGroups && isIPv6(address) && !/^(?:fe[89ab]|f[cd])/i.test(address);
}

const userInfo = /\b[a-z][a-z0-9+.-]{1,20}:\/\/([^\s/?#:@"'`<>]{0,128}:[^\s/?#@"'`<>]{1,256})@(?=[\w[])/dgi;

/** Name and password inside a URL (`postgres://name:password@host`). Left alone: variables (`$USER:$PASS`), `***`, examples in words. */
export function findUrlCredentials(text: string): TextSpan[] {
  if (!text.includes('://')) return [];
  return spansOf(text, userInfo, (match) => isWritten(match[1] ?? ''), 1);
}

function isWritten(nameAndPassword: string): boolean {
  const password = nameAndPassword.slice(nameAndPassword.indexOf(':') + 1);
  const isExample = /^(?:user(?:name)?|name)?:(?:pass(?:word)?|pwd)$/i.test(nameAndPassword);
  return !isExample && !isVariable(password) && !/\*{3}|^\*+$/.test(password);
}
