import { readFile } from 'node:fs/promises';

import { ConfigError } from '../../core/errors.ts';
import { writeFileAtomic } from '../../lib/atomic-file.ts';
import { runPaths } from '../paths.ts';
import type { TaggedUnit } from './plan-table.ts';
import type { CascadeFacts, RefinedUnits } from '../tag/refine-pass.ts';
import type { RunParams } from '../run.ts';
import type { Screening } from '../tag/screen-pass.ts';
import type { ResolvedSource } from '../scan/sources.ts';
import type { TokenizerFile } from '../tag/tokenizer.ts';

/** A source as PLAN needs it. */
export interface CorpusSource {
  readonly name: string;
  readonly persona: string | null;
  readonly priorStrength: number;
  readonly limit: number | null;
  readonly synthetic: boolean;
}

/** Everything that PLAN reads besides the configuration and the sidecars: lets a plan be made again without the inputs. */
export interface Corpus {
  readonly schema: 1;
  readonly sources: readonly CorpusSource[];
  readonly units: readonly (TaggedUnit & { readonly file: string; readonly firstRow: number })[];
  /** Persona → threshold of the tagger. */
  readonly thresholds: Readonly<Record<string, number>>;
  /** null where nothing was screened. */
  readonly screening: Screening | null;
  /** What counted the tokens; null or absent: they are estimated. */
  readonly tokenizer?: { readonly setting: string; readonly sha256: string } | null;
  /** The accurate tier; null or absent where there was none. */
  readonly cascade?: CascadeFacts | null;
}

export function describeCorpus(
  params: RunParams,
  sources: readonly ResolvedSource[],
  tagged: RefinedUnits & {
    readonly screening: Screening | null;
    readonly tokenizer: TokenizerFile | null;
  },
): Corpus {
  const { units, cascade, screening, tokenizer } = tagged;
  const { labels, thresholds } = params.tools.personaTagger;
  return {
    schema: 1,
    sources: describeSources(sources),
    units: units.map((unit) => ({
      name: unit.name,
      source: unit.source,
      rows: unit.counts.rows,
      sidecar: unit.sidecar,
      refined: unit.refined,
      file: unit.unit.file.name,
      firstRow: unit.unit.firstRow,
    })),
    thresholds: Object.fromEntries(labels.map((label, i) => [label, thresholds[i] ?? 0])),
    screening,
    tokenizer: tokenizer && {
      setting: params.loaded.config.balance.tokenizer ?? '',
      sha256: tokenizer.sha256,
    },
    cascade,
  };
}

export function describeSources(sources: readonly ResolvedSource[]): CorpusSource[] {
  return sources.map(({ name, persona, priorStrength, limit, synthetic }) => ({
    name,
    persona,
    priorStrength,
    limit,
    synthetic,
  }));
}

export async function writeCorpus(out: string, corpus: Corpus): Promise<void> {
  await writeFileAtomic(runPaths(out).corpus, `${JSON.stringify(corpus)}\n`);
}

/** @throws ConfigError `run-not-tagged` */
export async function readCorpus(out: string): Promise<Corpus> {
  const path = runPaths(out).corpus;
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Corpus; // written by writeCorpus
  } catch (cause) {
    throw new ConfigError(`${out}: not a run folder whose rows are tagged`, {
      code: 'run-not-tagged',
      hint: 'run tag-datasets --config … --out with that folder first',
      cause,
    });
  }
}
