import { characterEntropy } from './entropy.ts';
import type { TextSpan } from './pii-kinds.ts';
import { spansOf } from './spans-of.ts';
import { isVariable } from './variables.ts';

/** Forms that issuers publish so that scanners can find them (GitHub secret scanning, vendors' documentation). */
const issued: readonly RegExp[] = [
  /\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b/g,
  /\bgh[pousr]_[A-Za-z0-9]{30,255}\b/g,
  /\bgithub_pat_[A-Za-z0-9_]{22,255}\b/g,
  /\bglpat-[\w-]{20,64}/g,
  /\bxox[abeoprs]-[A-Za-z0-9-]{10,250}/g,
  /\bhooks\.slack\.com\/services\/T\w{6,12}\/B\w{6,12}\/\w{16,32}\b/g,
  /\bAIza[\w-]{35}(?![\w-])/g,
  /\bya29\.[\w-]{20,512}/g,
  /\bGOCSPX-[\w-]{20,40}/g,
  /\bhf_[A-Za-z0-9]{30,64}\b/g,
  /\bnpm_[A-Za-z0-9]{36}\b/g,
  /\bpypi-AgEI[\w-]{40,512}/g,
  /\bSG\.[\w-]{16,32}\.[\w-]{32,64}/g,
  /\b(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{16,128}\b/g,
  /\bwhsec_[A-Za-z0-9+/=]{24,64}/g,
  /\bshp(?:at|ca|pa|ss)_[A-Fa-f0-9]{32}\b/g,
  /\bdop_v1_[a-f0-9]{64}\b/g,
  /\bdapi[a-f0-9]{32}\b/g,
  /\b\d{8,10}:AA[A-Za-z0-9_-]{33}(?![\w-])/g,
  /\beyJ[\w-]{10,2048}\.eyJ[\w-]{10,4096}\.[\w-]{10,1024}/g,
];

/** Prefixes that are ordinary letters too (CSS classes begin with `sk-`): what follows must look drawn by chance. */
const looselyIssued: readonly RegExp[] = [
  /\bsk-(?:ant-|proj-|svcacct-|admin-|or-)?([\w-]{20,256})/dg,
  /\b(?:gsk_|xai-|r8_|pplx-|nvapi-)([\w-]{20,128})/dg,
  /\bAC([a-f0-9]{32})\b/dg,
];

/** `api_key = "…"`, `Authorization: Bearer …`, `?token=…`: the value alone is the secret. */
const assigned =
  /(?:api[_-]?key|api[_-]?token|access[_-]?key|access[_-]?token|auth[_-]?token|client[_-]?secret|secret[_-]?key|secret|private[_-]?token|token|bearer|AccountKey|sig)["'`]?\s{0,3}(?:[:=]|=>|\bis\b|(?<=bearer)\s)\s{0,3}["'`]?([A-Za-z0-9_+/=~.-]{16,512})/dgi;
const password =
  /(?:password|passwd|passphrase|passwort|contraseña|\bpwd|\bpw)["'`]?\s{0,3}(?:[:=]|\b(?:is|ist|es|lautet)\b\s{0,3}:?)\s{0,3}(?:["'`]([^\s"'`]{6,128})["'`]|([^\s"'`,;()[\]{}<>]{6,128}))/dgi;
/** `Authorization: Basic …`: name and password, encoded (RFC 7617). */
const basic = /\bbasic\s{1,3}([A-Za-z0-9+/]{6,512}={0,2})(?![\w+/=])/dgi;

const privateKey = /-----BEGIN ((?:[A-Z0-9]{1,20} ){0,4}PRIVATE KEY(?: BLOCK)?)-----/g;

/** Blocks of private keys (PEM, PGP); one that was cut off reaches to the end of the text. Public keys and certificates stay. */
export function findPrivateKeys(text: string): TextSpan[] {
  const spans: TextSpan[] = [];
  if (!text.includes('PRIVATE KEY')) return spans;
  let at = 0;
  for (const match of text.matchAll(privateKey)) {
    if (match.index < at) continue;
    const mark = `-----END ${match[1] ?? ''}-----`;
    const found = text.indexOf(mark, match.index);
    at = found < 0 ? text.length : found + mark.length;
    spans.push({ start: match.index, end: at });
  }
  return spans;
}

/**
 * Keys, tokens and passwords: by an issuer's form, or by the name they are assigned to and their entropy.
 * Left alone: commit hashes, checksums, identifiers, variables and calls on the right-hand side, `your-api-key-here`.
 */
export function findSecrets(text: string): TextSpan[] {
  return [
    ...issued.flatMap((pattern) => spansOf(text, pattern)),
    ...looselyIssued.flatMap((pattern) => spansOf(text, pattern, (match) => looksRandom(match[1] ?? ''))),
    ...spansOf(text, assigned, (match) => looksRandom(match[1] ?? ''), 1),
    ...spansOf(text, basic, (match) => isNameAndPassword(match[1] ?? ''), 1),
    ...spansOf(text, password, (match) => isLiteralPassword(match[1] ?? ''), 1),
    ...spansOf(text, password, (match) => isBarePassword(match[2] ?? ''), 2),
  ];
}

const placeholderWords =
  /your|example|placeholder|changeme|change_me|xxxx|\*\*\*|insert|redacted|dummy|sample|secret_here|key_here|token_here/i;
/** Bits a character: sequences of words stay below, sixteen random hexadecimal digits lie above. */
const leastEntropy = 2.8;

function looksRandom(value: string): boolean {
  if (placeholderWords.test(value) || !/\d/.test(value) || !/[A-Za-z]/.test(value)) return false;
  const isCode = /^[a-z_]\w*(?:\.[a-z_]\w*)+$/i.test(value);
  return !isCode && characterEntropy(value) >= leastEntropy;
}

/** What no word decodes to: printable text on both sides of a colon. */
function isNameAndPassword(encoded: string): boolean {
  return /^[^\p{Cc}\u{fffd}]*:[^\p{Cc}\u{fffd}]+$/u.test(Buffer.from(encoded, 'base64').toString());
}

/** The word itself, a placeholder of the redaction, the pattern that passwords must match. */
const noPassword = /^(?:password|passwort)$|^\[[A-Z_]+_\d+\]$|^\^.*\$$/i;

function isLiteralPassword(value: string): boolean {
  return value !== '' && !placeholderWords.test(value) && !isVariable(value) && !noPassword.test(value);
}

/** Without quotes only what no identifier or word is: letters, and digits or signs among them. */
function isBarePassword(value: string): boolean {
  const isCode =
    /^[a-z_]\w*(?:\.[a-z_]\w*)+$/i.test(value) ||
    /^[a-z]+$/i.test(value) ||
    /^[a-z_]+\d?$/i.test(value) ||
    /^\$\w+(?:-$|::|\.)/.test(value);
  return isLiteralPassword(value) && !isCode && /[A-Za-z]/.test(value) && /\d/.test(value);
}
