import { basename } from 'node:path';

import { ValidationError } from '../../core/errors.ts';
import { hashFile } from '../../hub/file-hashes.ts';
import { pushFiles, type PushResult } from '../../hub/push-files.ts';
import type { CheckOptions } from '../check/check-kind.ts';
import { type Checked, checkPath } from '../check/check-pass.ts';
import { createContext } from '../context.ts';
import type { RunEffects } from '../run.ts';
import { hubOptions } from './hub-options.ts';

/** What a file must be before it is pushed; the result of `check` where it is. @throws ValidationError `push-invalid` */
export async function checkBeforePush(file: string, options: CheckOptions): Promise<Checked> {
  const checked = await checkPath({ path: file, kind: 'auto', out: null }, options);
  if (checked.errors === 0) return checked;
  const first = checked.findings[0];
  throw new ValidationError(
    `${file}: ${checked.errors} error${checked.errors === 1 ? '' : 's'}, such as ${first?.code ?? ''} (${first?.place ?? ''})`,
    { code: 'push-invalid', hint: `${checked.findings_file} lists them all` },
  );
}

/**
 * Puts one made file into a Hub dataset, beside what the repository holds, in one commit. A file that `check` finds an error in is
 * refused before anything is sent. @throws ValidationError `push-invalid`; and what pushFiles throws
 */
export async function pushFile(
  params: {
    readonly file: string;
    readonly repo: string;
    readonly isPrivate: boolean;
    readonly isTrial: boolean;
  },
  options: CheckOptions,
  effects: RunEffects,
): Promise<PushResult> {
  const { file, repo, isPrivate, isTrial } = params;
  const checked = await checkBeforePush(file, options);
  const hashes = await hashFile(file);
  const path = basename(file);
  const [what, count] = Object.entries(checked.counts)[0] ?? ['records', 0];
  const context = createContext(effects);
  const stage = isTrial ? null : context.stage('push', 1, 0, hashes.bytes);
  const result = await pushFiles(
    {
      repo,
      isPrivate,
      isTrial,
      title: `${path}: ${count} ${what}, ${hashes.bytes} bytes`,
      files: [{ ...hashes, path, localPath: file }],
      isOwned: () => false,
    },
    {
      ...hubOptions(effects, context),
      onUpload: (unit) =>
        stage?.unitEnd({ unit, rows: 0, bytes: hashes.bytes, rejected: 0, reused: false, ms: 0 }),
    },
  );
  stage?.end();
  return result;
}
