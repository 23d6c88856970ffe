import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { ConfigError, ValidationError } from '../../core/errors.ts';
import { hashFile } from '../../hub/file-hashes.ts';
import type { PushFile } from '../../hub/plan-push.ts';
import { pushFiles, type PushResult } from '../../hub/push-files.ts';
import type { Manifest } from '../../shard/manifest.ts';
import { type Done, readDone } from '../checkpoint.ts';
import { createContext, type RunContext } from '../context.ts';
import { lockRun } from '../lock.ts';
import { type RunPaths, runPaths } from '../paths.ts';
import type { RunEffects } from '../run.ts';
import { hubOptions } from './hub-options.ts';

export interface PushRunParams {
  readonly run: string;
  /** owner/name on the Hub. */
  readonly repo: string;
  readonly isPrivate: boolean;
  /** Only say what would be done. */
  readonly isTrial: boolean;
}

/**
 * Makes a Hub dataset hold the `dataset/` of a finished run: card, manifest, shards and trainer files, in one commit. Every
 * file is hashed first and must be the one that the run wrote. Holds the run folder meanwhile.
 * @throws ConfigError `run-unfinished`, `run-locked`; ValidationError `dataset-changed`; and what pushFiles throws
 */
export async function pushRun(params: PushRunParams, effects: RunEffects): Promise<PushResult> {
  const paths = runPaths(params.run);
  const done = await readFinished(paths);
  await using _lock = await lockRun(paths.lock, params.run);
  const context = createContext(effects);
  const { files, manifest } = await hashDataset(paths, done);
  warnOfLicences(manifest, context);
  const sizes = new Map(files.map(({ path, bytes }) => [path, bytes]));
  let stage: ReturnType<typeof context.stage> | undefined;
  const result = await pushFiles(
    {
      repo: params.repo,
      isPrivate: params.isPrivate,
      isTrial: params.isTrial,
      title: titleOf(manifest),
      files,
      isOwned: mayRemove,
    },
    {
      ...hubOptions(effects, context),
      onPlan({ upload }) {
        const bytes = upload.reduce((sum, file) => sum + file.bytes, 0);
        if (!params.isTrial) stage = context.stage('push', upload.length, 0, bytes);
      },
      onUpload(path) {
        const bytes = sizes.get(path) ?? 0;
        stage?.unitEnd({ unit: path, rows: 0, bytes, rejected: 0, reused: false, ms: 0 });
      },
    },
  );
  stage?.end();
  return result;
}

/** What runs write into a dataset, and may therefore remove from a repository again; every run writes the card anew. */
export function mayRemove(path: string): boolean {
  return ownedPaths.some((pattern) => pattern.test(path));
}

const ownedPaths = [
  /^(phases|adapters)\/.+\.parquet$/,
  /^(manifest|dataset_info)\.json$/,
  /^axolotl(\/[^/]+)?\.yaml$/,
  /^trl\.md$/,
];

async function readFinished(paths: RunPaths): Promise<Done<unknown>> {
  const done = await readDone<unknown>(paths.finished);
  if (done) return done;
  throw new ConfigError(`${paths.out}: no finished run`, {
    code: 'run-unfinished',
    hint: 'give the folder of a finished run with --run; a stopped run goes on when it is started again',
  });
}

/** The manifest names the shards with their hashes; the marker of the run names the manifest and what else lies beside them. */
async function hashDataset(
  paths: RunPaths,
  done: Done<unknown>,
): Promise<{ files: PushFile[]; manifest: Manifest }> {
  const prefix = 'dataset/';
  const beside = done.outputs
    .filter(({ path }) => path.startsWith(prefix))
    .map(({ path, sha256 }) => ({ path: path.slice(prefix.length), sha256 }));
  const files = await hashAll(paths, beside);
  const manifest = JSON.parse(await readFile(paths.manifest, 'utf8')) as Manifest; // its hash is the run's
  return { files: [...files, ...(await hashAll(paths, manifest.files))], manifest };
}

async function hashAll(
  paths: RunPaths,
  wanted: readonly { readonly path: string; readonly sha256: string }[],
): Promise<PushFile[]> {
  const files: PushFile[] = [];
  const changed: string[] = [];
  for (const { path, sha256 } of wanted) {
    const localPath = join(paths.dataset, path);
    const found = await hashFile(localPath).catch(() => undefined);
    if (found?.sha256 === sha256) files.push({ ...found, path, localPath });
    else changed.push(path);
  }
  if (changed.length === 0) return files;
  throw new ValidationError(`${paths.dataset}: not as the run left it: ${changed.slice(0, 5).join(', ')}`, {
    code: 'dataset-changed',
    hint: 'run tag-datasets again on that folder; it makes anew what was changed',
  });
}

function warnOfLicences({ inputs }: Manifest, context: RunContext): void {
  const unknown = inputs.filter(({ licence }) => (licence ?? 'unknown') === 'unknown');
  const names = [...new Set(unknown.map(({ source }) => source))].toSorted();
  if (names.length === 0) return;
  const shown = `${names.slice(0, 5).join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''}`;
  context.warn('licence-unknown', `the dataset holds rows of sources without a known licence: ${shown}`);
}

/** No date: the same dataset has the same title. */
function titleOf({ splits, tool }: Manifest): string {
  const rows = splits.reduce((sum, split) => sum + split.rows, 0);
  return `${rows} rows in ${splits.length} splits by tag-datasets ${tool.version}`;
}
