import type { Tagger, TaggerInfo } from '../src/core/tagger.ts';
import type { Taxonomy } from '../src/core/taxonomy.ts';
import { openHashedBag } from './hashed-bag.ts';
import { openSentenceTagger } from './sentence-encoder.ts';
import { readTaggerFolder, type TaggerFolder } from './tagger-json.ts';
import { openTextClassifier } from './text-classifier.ts';
import { emptyRow } from './token-rows.ts';
import { openTraits } from './traits.ts';

export { describeEncoder, openEncoder } from './sentence-encoder.ts';
export { loadTaxonomy, taggersRoot } from './taxonomy.ts';

/** Address of this module; worker threads import it to open taggers. */
export const rosterUrl = import.meta.url;

/**
 * Opens the tagger of a folder by the `kind` of its `tagger.json`. Everything that can be wrong with the folder is a ConfigError
 * here, before any row. Dispose it only when no `tag` call is in flight.
 */
export async function openTagger(folder: string, taxonomy: Taxonomy): Promise<Tagger> {
  const tagger = await openKind(await readTaggerFolder(folder, taxonomy));
  try {
    // A model says little of what it takes and gives before it runs.
    await tagger.tag(emptyRow());
    return tagger;
  } catch (error) {
    await tagger[Symbol.asyncDispose]();
    throw error;
  }
}

async function openKind(read: TaggerFolder): Promise<Tagger> {
  switch (read.json.kind) {
    case 'hashed-bag':
      return openHashedBag(read);
    case 'traits':
      return openTraits(read);
    case 'text-classifier':
      return openTextClassifier(read);
    case 'sentence-encoder':
      return openSentenceTagger(read);
  }
}

/** What `tagger.json` says, checked against the files and the taxonomy, without loading a model. */
export async function describeTagger(folder: string, taxonomy: Taxonomy): Promise<TaggerInfo> {
  return (await readTaggerFolder(folder, taxonomy)).info;
}
