import type { PushResult } from '../../hub/push-files.ts';
import { formatBytes } from '../../report/format.ts';
import { sanitize } from './terminal.ts';

/** What a push did, or a trial of one would do, for people. */
export function renderPush(result: PushResult, isTrial: boolean): string {
  const { plan, url, commit } = result;
  const bytes = plan.upload.reduce((sum, file) => sum + file.bytes, 0);
  const counts = `${plan.upload.length} to upload (${formatBytes(bytes)}), ${plan.remove.length} to remove, ${plan.unchanged} unchanged`;
  if (isTrial) {
    return [
      `${result.repo}: ${result.isNew ? 'new repository, ' : ''}${counts}`,
      ...plan.upload.map(({ path }) => `  + ${path}`),
      ...plan.remove.map((path) => `  - ${sanitize(path)}`),
    ].join('\n');
  }
  if (plan.upload.length === 0 && plan.remove.length === 0) {
    return `${url}: nothing to do, revision ${commit} has all ${plan.unchanged} files`;
  }
  const done = `${plan.upload.length} files uploaded (${formatBytes(bytes)}), ${plan.remove.length} removed, ${plan.unchanged} unchanged`;
  return `${done}\n${url} at ${commit}`;
}

/** The same as JSON. */
export function pushSummary(result: PushResult, isTrial: boolean): string {
  const { repo, url, commit, isNew, plan } = result;
  const summary = {
    repo,
    url,
    commit,
    new_repository: isNew,
    changed: !isTrial && plan.upload.length + plan.remove.length > 0,
    uploaded: plan.upload.map(({ path, bytes, sha256 }) => ({ path, bytes, sha256 })),
    removed: plan.remove,
    unchanged: plan.unchanged,
  };
  return JSON.stringify(summary, null, 2);
}
