import type { InputFile } from '../core/unit.ts';
import { globMatcher } from '../lib/glob-match.ts';

export interface HubListing {
  /** Commit sha; branches move, this does not. */
  readonly revision: string;
  /** In code unit order of their names. */
  readonly files: InputFile[];
  readonly ignored: IgnoredFile[];
  /** As the dataset card says it; null where it says nothing. */
  readonly license: string | null;
  readonly gated: boolean;
}

export interface HubEntry {
  readonly path: string;
  readonly bytes: number;
  readonly etag: string;
}

export interface IgnoredFile {
  readonly path: string;
  /** `not-data`, `metadata`, `empty` or `not-in-paths`. */
  readonly reason: string;
}

/** The entries that hold rows, in code unit order, and why each other one does not count. */
export function chooseHubFiles(
  entries: readonly HubEntry[],
  paths?: readonly string[],
): { readonly files: HubEntry[]; readonly ignored: IgnoredFile[] } {
  const matchers = paths?.map(globMatcher);
  const files: HubEntry[] = [];
  const ignored: IgnoredFile[] = [];
  for (const entry of entries.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    const reason = reasonToIgnore(entry, matchers);
    if (reason === undefined) files.push(entry);
    else ignored.push({ path: entry.path, reason });
  }
  return { files, ignored };
}

function reasonToIgnore(
  entry: HubEntry,
  matchers: readonly ((path: string) => boolean)[] | undefined,
): string | undefined {
  if (matchers && !matchers.some((matches) => matches(entry.path))) return 'not-in-paths';
  if (!dataName.test(entry.path)) return 'not-data';
  if (!matchers && (metadataName.test(entry.path) || /(^|\/)\./.test(entry.path))) return 'metadata';
  return entry.bytes === 0 ? 'empty' : undefined;
}

const dataName = /\.(parquet|jsonl|ndjson|json|csv|tsv)(\.(gz|zst))?$/i;
/** JSON that describes a dataset; a glob in `paths` overrides. */
const metadataName = /(^|\/)(dataset_infos?|dataset_dict|state|config|package|tsconfig|croissant)\.json$/i;
