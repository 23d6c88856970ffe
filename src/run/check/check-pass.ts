import { stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';

import { ConfigError } from '../../core/errors.ts';
import type { Finding } from '../../core/finding.ts';
import { writeFileAtomic } from '../../lib/atomic-file.ts';
import { suggestName } from '../../lib/nearest.ts';
import { jsonLines } from '../../lib/json-lines.ts';
import { cardsKind } from './cards-kind.ts';
import type { CheckKind, CheckOptions, CheckTarget, KindResult } from './check-kind.ts';
import { conversationsKind } from './conversations-kind.ts';
import { lookAt } from './look-at.ts';
import { meetingsKind } from './meetings-kind.ts';
import { rowsKind } from './rows-kind.ts';

/** In the order in which they are asked; rows take whatever is left. */
const kinds: readonly CheckKind[] = [meetingsKind, conversationsKind, cardsKind, rowsKind];

export const checkKinds = ['auto', ...kinds.map(({ name }) => name)];

export interface Checked extends KindResult {
  readonly path: string;
  readonly kind: string;
  readonly errors: number;
  readonly warnings: number;
  /** Where all findings stand, one JSON object a line. */
  readonly findings_file: string;
}

/**
 * Checks what lies at a path by the rules of its kind and writes every finding, sorted, to `findings.jsonl` in a folder `check`
 * inside the folder, or in `<name>.check` beside the file.
 * @throws ConfigError `check-not-found`, `check-kind-unknown`, and what reading cards and scenarios throws
 */
export async function checkPath(
  params: { readonly path: string; readonly kind: string; readonly out: string | null },
  options: CheckOptions,
): Promise<Checked> {
  const target = await lookAt(params.path);
  const kind = kindOf(params.kind, target);
  const result = await kind.check(target, options);
  const findings = sortFindings(result.findings);
  const folder = params.out ?? defaultFolder(target);
  const findingsFile = join(folder, 'findings.jsonl');
  await writeFileAtomic(findingsFile, jsonLines(findings));
  await writeMissing(folder, result.files ?? []);
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  return {
    path: params.path,
    kind: kind.name,
    ...result,
    findings,
    errors,
    warnings: findings.length - errors,
    findings_file: findingsFile,
  };
}

/** What a person fills in is never written over. */
async function writeMissing(folder: string, files: NonNullable<KindResult['files']>): Promise<void> {
  for (const { name, content } of files) {
    const path = join(folder, name);
    const isThere = await stat(path).then(
      () => true,
      () => false,
    );
    if (!isThere) await writeFileAtomic(path, content);
  }
}

function kindOf(name: string, target: CheckTarget): CheckKind {
  const kind =
    name === 'auto'
      ? kinds.find((known) => known.recognises(target))
      : kinds.find((known) => known.name === name);
  if (kind) return kind;
  throw new ConfigError(`--kind ${name}: no such kind; ${suggestName(name, checkKinds)}`, {
    code: 'check-kind-unknown',
  });
}

function defaultFolder({ path, isFolder }: CheckTarget): string {
  if (isFolder) return join(path, 'check');
  return join(dirname(path), `${basename(path, extname(path))}.check`);
}

/** Errors before warnings, then by code, place and message. */
function sortFindings(findings: readonly Finding[]): Finding[] {
  const keyed = findings.map((finding) => ({
    finding,
    key: JSON.stringify([finding.severity, finding.code, finding.place, finding.message]),
  }));
  return keyed.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ finding }) => finding);
}
