import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { writeFileAtomic } from '../lib/atomic-file.ts';

import type { HubEntry } from './choose-files.ts';

/** Everything that a repository holds at one commit, whether fetched or not. */
export interface CachedListing {
  readonly entries: readonly HubEntry[];
  /** As the dataset card says it; null where it says nothing. */
  readonly license: string | null;
  readonly gated: boolean;
}

/** Left beside what was fetched of a commit, so that a later run without a connection knows what is missing. */
export async function writeListing(folder: string, revision: string, listing: CachedListing): Promise<void> {
  const { entries, license, gated } = listing;
  await writeFileAtomic(listingPath(folder, revision), `${JSON.stringify({ entries, license, gated })}\n`);
}

/** undefined where another tool made the cache. */
export async function readListing(folder: string, revision: string): Promise<CachedListing | undefined> {
  const text = await readFile(listingPath(folder, revision), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as CachedListing); // written by writeListing, whole or not at all
}

/** Beside `refs`, `blobs` and `snapshots`; the other tools leave a name with a dot alone. */
function listingPath(folder: string, revision: string): string {
  return join(folder, '.listings', `${revision}.json`);
}
