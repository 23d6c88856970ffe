import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';

import { ConfigError } from '../../core/errors.ts';

/** Written into tagger.json; only folders that carry it are ever replaced. */
export const madeByTrain = 'tag-datasets train';

/** All that `train` writes into a tagger folder. */
const writtenFiles: readonly string[] = ['README.md', 'model.onnx', 'tagger.json', 'tokenizer.json'];

/**
 * The folder must be new, empty, or an earlier result of `train` and nothing beside: no other file is ever overwritten or removed.
 * @throws ConfigError `out-not-tagger`
 */
export async function checkTaggerTarget(out: string): Promise<void> {
  const found = await stat(out).catch(() => undefined);
  if (!found) return;
  if (!found.isDirectory()) throw notTagger(out, 'is a file');
  const names = await readdir(out);
  if (names.length === 0) return;
  if (!names.includes('tagger.json')) throw notTagger(out, 'exists and is no tagger folder');
  if (!(await isMadeByTrain(join(out, 'tagger.json'))))
    throw notTagger(out, 'holds a tagger that was not made by train');
  const other = names.toSorted().find((name) => !writtenFiles.includes(name));
  if (other !== undefined) throw notTagger(out, `holds "${other}" too, which train did not write`);
}

/** `taggers/mine` is `mine-v1`; a name that ends in a version keeps it. */
export function taggerId(out: string): string {
  const name = basename(resolve(out))
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  if (/^[a-z0-9-]+-v\d+$/.test(name)) return name;
  return `${name || 'tagger'}-v1`;
}

async function isMadeByTrain(path: string): Promise<boolean> {
  try {
    const json: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (typeof json !== 'object' || json === null || !('metrics' in json)) return false;
    const { metrics } = json;
    return (
      typeof metrics === 'object' &&
      metrics !== null &&
      'made_by' in metrics &&
      metrics.made_by === madeByTrain
    );
  } catch {
    return false; // whatever it is, it is not ours
  }
}

function notTagger(out: string, what: string): ConfigError {
  return new ConfigError(`--out ${out} ${what}`, {
    code: 'out-not-tagger',
    hint: 'name a new folder, or one that train made before',
  });
}
