import { pathToFileURL } from 'node:url';
import { commitIter, createRepo } from '@huggingface/hub';

import { ConfigError, FatalError, TagDatasetsError } from '../core/errors.ts';

import { type HubSettings, readHubEnvironment } from './environment.ts';
import { createHubFetch } from './hub-fetch.ts';
import { planPush, type PushFile, type PushPlan } from './plan-push.ts';
import { checkRepoName, type HubOptions, readable, readInfo, readTree } from './read-repo.ts';

export interface PushParams {
  /** owner/name of a dataset; made where it does not exist. */
  readonly repo: string;
  readonly isPrivate: boolean;
  readonly title: string;
  readonly files: readonly PushFile[];
  readonly isOwned: (path: string) => boolean;
  /** Only say what would be done. */
  readonly isTrial: boolean;
}

export interface PushResult {
  readonly repo: string;
  readonly url: string;
  /** Head of the branch afterwards; null where a trial found no repository. */
  readonly commit: string | null;
  /** The repository was (or would be) made. */
  readonly isNew: boolean;
  readonly plan: PushPlan;
}

interface Hub {
  readonly settings: HubSettings;
  readonly fetch: typeof fetch;
}

/**
 * Makes the main branch of a Hub dataset hold `files`, in one commit after all uploads: whatever interrupts it, readers see
 * the old revision or the new one. Nothing is committed where the bytes are there already, and uploads that an earlier try
 * finished are not sent again. Streams files from disk.
 * @throws ConfigError `hub-token-missing`, `hub-forbidden`, `hub-not-private`, `hub-offline`, `hub-repo-invalid`; FatalError `hub-conflict`
 */
export async function pushFiles(
  params: PushParams,
  options: HubOptions & {
    readonly onPlan?: (plan: PushPlan) => void;
    readonly onUpload?: (path: string) => void;
  },
): Promise<PushResult> {
  checkPushName(params.repo);
  const settings = readHubEnvironment(options.environment);
  checkSettings(settings);
  const hub = { settings, fetch: createHubFetch({ ...settings, ...options }) };
  const found = await findHead(params, hub);
  const isNew = found === null;
  const url = `${settings.endpoint}/datasets/${params.repo}`;
  const plan = await planAgainst(params, found, hub);
  options.onPlan?.(plan);
  if (params.isTrial) return { repo: params.repo, url, commit: found, isNew, plan };
  const head = found ?? (await makeRepo(params, hub));
  const isDone = plan.upload.length === 0 && plan.remove.length === 0;
  const commit = isDone ? head : await commitPlan({ params, plan, head, hub }, options.onUpload);
  return { repo: params.repo, url, commit, isNew, plan };
}

function checkPushName(repo: string): void {
  checkRepoName(repo);
  if (repo.includes('/')) return;
  throw new ConfigError(`"${repo}" names no owner`, {
    code: 'hub-repo-invalid',
    hint: 'write it as owner/name',
  });
}

function checkSettings({ token, isOffline }: HubSettings): void {
  if (isOffline) {
    throw new ConfigError('a push needs a connection, and HF_HUB_OFFLINE=1 forbids it', {
      code: 'hub-offline',
      hint: 'unset HF_HUB_OFFLINE',
    });
  }
  if (token === null) {
    throw new ConfigError('HF_TOKEN is not set, and a push needs a token with write access', {
      code: 'hub-token-missing',
      hint: 'make one under Settings, Access Tokens, and export it as HF_TOKEN',
    });
  }
}

/** Commit at the head of main; null where there is no such repository. */
async function findHead({ repo, isPrivate }: PushParams, { settings, fetch }: Hub): Promise<string | null> {
  const info = await readInfo({ type: 'dataset', name: repo }, 'main', settings, fetch).catch(
    (error: unknown) => {
      if (error instanceof ConfigError && error.code === 'hub-not-found') return null;
      throw error;
    },
  );
  if (info && isPrivate && !info.isPrivate) {
    throw new ConfigError(`${repo} exists and is public`, {
      code: 'hub-not-private',
      hint: `make it private under ${settings.endpoint}/datasets/${repo}/settings, or push without --private`,
    });
  }
  return info?.revision ?? null;
}

async function planAgainst(params: PushParams, head: string | null, hub: Hub): Promise<PushPlan> {
  const remote =
    head === null
      ? []
      : await readTree({ type: 'dataset', name: params.repo }, head, hub.settings, hub.fetch);
  return planPush(params.files, remote, params.isOwned);
}

async function makeRepo({ repo, isPrivate }: PushParams, { settings, fetch }: Hub): Promise<string> {
  await readable(`making ${repo}`, () =>
    createRepo({
      repo: { type: 'dataset', name: repo },
      private: isPrivate,
      hubUrl: settings.endpoint,
      fetch,
      accessToken: settings.token ?? '',
    }),
  );
  return (await readInfo({ type: 'dataset', name: repo }, 'main', settings, fetch)).revision;
}

interface CommitParams {
  readonly params: PushParams;
  readonly plan: PushPlan;
  readonly head: string;
  readonly hub: Hub;
}

async function commitPlan(
  commit: CommitParams,
  onUpload: ((path: string) => void) | undefined,
): Promise<string> {
  try {
    return await readable(`pushing to ${commit.params.repo}`, () => sendCommit(commit, onUpload));
  } catch (error) {
    const wasAnswered = !(error instanceof TagDatasetsError) || !unclear.has(error.code);
    if (wasAnswered) throw error;
    const settled = await settledHead(commit).catch(() => null);
    if (settled === null) throw error;
    return settled;
  }
}

/** Failures after which a commit may have been made all the same. */
const unclear = new Set(['hub-network', 'hub-status', 'hub-bad-reply']);

/** The head of main where it holds what was to be pushed. */
async function settledHead({ params, hub }: CommitParams): Promise<string | null> {
  const { revision } = await readInfo(
    { type: 'dataset', name: params.repo },
    'main',
    hub.settings,
    hub.fetch,
  );
  const left = await planAgainst(params, revision, hub);
  return left.upload.length === 0 && left.remove.length === 0 ? revision : null;
}

async function sendCommit(
  { params, plan, head, hub }: CommitParams,
  onUpload: ((path: string) => void) | undefined,
): Promise<string> {
  const steps = commitIter({
    repo: { type: 'dataset', name: params.repo },
    title: params.title,
    parentCommit: head,
    operations: [
      ...plan.upload.map(({ path, localPath }) => ({
        operation: 'addOrUpdate' as const,
        path,
        content: pathToFileURL(localPath),
      })),
      ...plan.remove.map((path) => ({ operation: 'delete' as const, path })),
    ],
    hubUrl: hub.settings.endpoint,
    fetch: hub.fetch,
    useXet: false,
  });
  for (;;) {
    const step = await steps.next();
    if (step.done) return oidOf(step.value?.commit.oid, params.repo);
    const { value } = step;
    if (value.event === 'fileProgress' && value.state === 'uploading' && value.progress === 1) {
      onUpload?.(value.path);
    }
  }
}

function oidOf(oid: unknown, repo: string): string {
  if (typeof oid === 'string') return oid;
  throw new FatalError(`${repo}: the Hub named no commit`, { code: 'hub-bad-reply' });
}
