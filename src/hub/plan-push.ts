import type { HubEntry } from './choose-files.ts';
import type { FileHashes } from './file-hashes.ts';

/** A file of the folder that is pushed. */
export interface PushFile extends FileHashes {
  /** In the repository, with `/`. */
  readonly path: string;
  /** On this machine. */
  readonly localPath: string;
}

export interface PushPlan {
  /** New or other bytes, in code unit order. */
  readonly upload: readonly PushFile[];
  /** Paths that are no longer part, in code unit order. */
  readonly remove: readonly string[];
  readonly unchanged: number;
}

/**
 * What makes the repository hold exactly `local`. Of what it holds besides, only paths that `isOwned` names are removed:
 * a `.gitattributes` or an image that somebody added stays.
 */
export function planPush(
  local: readonly PushFile[],
  remote: readonly HubEntry[],
  isOwned: (path: string) => boolean,
): PushPlan {
  const etags = new Map(remote.map(({ path, etag }) => [path, etag]));
  const paths = new Set(local.map(({ path }) => path));
  const isThere = ({ path, sha256, gitOid }: PushFile): boolean => {
    const etag = etags.get(path);
    return etag === sha256 || etag === gitOid;
  };
  const upload = local.filter((file) => !isThere(file));
  return {
    upload: upload.toSorted((a, b) => (a.path < b.path ? -1 : 1)),
    remove: remote
      .map(({ path }) => path)
      .filter((path) => !paths.has(path) && isOwned(path))
      .toSorted(),
    unchanged: local.length - upload.length,
  };
}
