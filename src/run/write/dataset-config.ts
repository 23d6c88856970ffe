import type { Config } from '../../config/schema.ts';
import { fingerprint } from '../checkpoint.ts';

/**
 * sha256 of the part of a configuration that decides the bytes of the dataset: sources by name whatever their order and
 * place (their content is hashed on its own, as is that of benchmark files), without how the run is carried out or judged.
 */
export function datasetConfigHash(config: Config): string {
  return fingerprint(datasetConfig(config));
}

/** That part itself, by top-level key. */
export function datasetConfig(config: Config): Readonly<Record<string, unknown>> {
  const {
    run: _run,
    eval: _eval,
    monitoring: _monitoring,
    plan: _plan,
    audit: _audit,
    deterministic: _deterministic,
    ...kept
  } = config;
  const { data_path: _dataPath, merged_corpus: _mergedCorpus, decontaminate, ...dataset } = config.dataset;
  const { files: _files, benchmarks, ...screening } = decontaminate;
  const sources = config.sources
    .map(({ path: _path, rows: _rows, ...source }) => source)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const names = Object.keys(benchmarks).toSorted();
  return { ...kept, dataset: { ...dataset, decontaminate: { ...screening, names } }, sources };
}
