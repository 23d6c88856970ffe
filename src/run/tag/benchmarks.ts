import { basename } from 'node:path';

import { resolveDataPath } from '../../config/load.ts';
import type { Config } from '../../config/schema.ts';
import { ConfigError } from '../../core/errors.ts';
import type { InputFile } from '../../core/unit.ts';
import { WordHashes } from '../../lib/word-hashes.ts';
import { formatPlural } from '../../report/format.ts';
import { listFiles, stemOf } from '../../source/list-files.ts';
import { openBytes } from '../../source/open-bytes.ts';
import { readUnit } from '../../source/read-unit.ts';
import { scanFile } from '../../source/scan-file.ts';
import { type NgramIndex, NgramIndexBuilder } from '../../tag/ngram-index.ts';
import { fingerprint } from '../checkpoint.ts';

/** The benchmarks of `dataset.decontaminate`, read and indexed. */
export interface Benchmarks {
  /** In code unit order; the numbers of the index. */
  readonly names: readonly string[];
  readonly index: NgramIndex;
  /** Of the settings and the content of every file. */
  readonly digest: string;
  readonly facts: readonly BenchmarkFacts[];
  /** What a user should know: which benchmarks have rejects. */
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
}

export interface BenchmarkFacts {
  readonly name: string;
  readonly files: readonly { readonly name: string; readonly sha256: string }[];
  readonly records: number;
  /** Records that cannot be read or hold no text. */
  readonly rejects: number;
  /** Texts that are looked for, and those too short to be. */
  readonly texts: number;
  readonly short_texts: number;
}

/**
 * Reads the benchmark files and indexes the n-grams of all their texts, whatever their columns; null where none are named.
 * Memory: the index (about 30 bytes per benchmark word) and one batch of records.
 * @throws ConfigError `source-not-found`, `benchmark-unreadable`, `benchmark-empty`, `benchmark-name-twice`
 */
export async function loadBenchmarks(
  settings: Config['dataset']['decontaminate'],
  configPath: string,
): Promise<Benchmarks | null> {
  const listed = await listBenchmarks(settings, configPath);
  if (listed.length === 0) return null;
  const builder = new NgramIndexBuilder({ ngram: settings.ngram, minWords: settings.min_words });
  const facts: BenchmarkFacts[] = [];
  const warnings: { code: string; message: string }[] = [];
  for (const [number, benchmark] of listed.entries()) {
    const indexed = await indexBenchmark(builder, number, benchmark);
    facts.push(indexed.facts);
    if (indexed.firstReject === undefined) continue;
    const count = formatPlural(indexed.facts.rejects, 'record');
    const message = `benchmark "${benchmark.name}": ${count} not searched for; the first: ${indexed.firstReject}`;
    warnings.push({ code: 'benchmark-rejects', message });
  }
  const contents = facts.map(({ name, files }) => [name, files.map((file) => file.sha256).toSorted()]);
  return {
    names: listed.map(({ name }) => name),
    index: builder.finish(),
    digest: fingerprint({ ngram: settings.ngram, minWords: settings.min_words, contents }),
    facts,
    warnings,
  };
}

interface ListedBenchmark {
  readonly name: string;
  readonly files: readonly InputFile[];
}

async function listBenchmarks(
  settings: Config['dataset']['decontaminate'],
  configPath: string,
): Promise<ListedBenchmark[]> {
  const listed: ListedBenchmark[] = [];
  for (const [name, given] of Object.entries(settings.benchmarks))
    listed.push({ name, files: await list(name, typeof given === 'string' ? [given] : given, configPath) });
  if (settings.files.length > 0) {
    const byStem = new Map<string, InputFile[]>();
    for (const file of await list('decontaminate.files', settings.files, configPath)) {
      const stem = stemOf(basename(file.name));
      byStem.set(stem, [...(byStem.get(stem) ?? []), file]);
    }
    for (const [name, files] of byStem) listed.push({ name, files });
  }
  const twice = listed.find(({ name }, at) => listed.findIndex((other) => other.name === name) !== at);
  if (twice) {
    throw new ConfigError(`dataset.decontaminate: two benchmarks are called "${twice.name}"`, {
      code: 'benchmark-name-twice',
      hint: 'name them apart under dataset.decontaminate.benchmarks',
    });
  }
  return listed.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

async function list(name: string, paths: readonly string[], configPath: string): Promise<InputFile[]> {
  const found = await listFiles({
    source: name,
    paths: paths.map((path) => resolveDataPath(path, configPath)),
    baseDir: '/',
  });
  return found.files;
}

async function indexBenchmark(
  builder: NgramIndexBuilder,
  number: number,
  { name, files }: ListedBenchmark,
): Promise<{ facts: BenchmarkFacts; firstReject?: string }> {
  const words = new WordHashes();
  const read: { name: string; sha256: string }[] = [];
  let [records, rejects, texts, shortTexts] = [0, 0, 0, 0];
  let firstReject: string | undefined;
  for (const file of files) {
    const scan = await scanFile({ file, options: { shape: 'strings' } }, { openBytes });
    if (scan.skipped) {
      throw new ConfigError(`benchmark "${name}": ${file.name}: ${scan.skipped.message}`, {
        code: 'benchmark-unreadable',
        hint: scan.skipped.hint ?? 'mend the file or take it out of dataset.decontaminate',
      });
    }
    read.push({ name: file.name, sha256: scan.fingerprint });
    for (const unit of scan.units) {
      for await (const batch of readUnit(unit, { keepExtra: false, openBytes })) {
        for (const entry of batch) {
          if ('reject' in entry) {
            rejects++;
            firstReject ??= `${file.name}, ${entry.reject.message}`;
            continue;
          }
          records++;
          for (const message of entry.value.messages) {
            words.clear();
            words.add(message.content);
            if (builder.add(number, words.hashes, words.count)) texts++;
            else shortTexts++;
          }
        }
      }
    }
  }
  if (texts === 0) {
    throw new ConfigError(`benchmark "${name}" holds no text that is long enough to be looked for`, {
      code: 'benchmark-empty',
      hint: 'check the file, or lower dataset.decontaminate.min_words',
    });
  }
  return { facts: { name, files: read, records, rejects, texts, short_texts: shortTexts }, firstReject };
}
