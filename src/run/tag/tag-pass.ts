import type { Taxonomy } from '../../core/taxonomy.ts';
import type { TaggerInfo } from '../../core/tagger.ts';
import type { Unit } from '../../core/unit.ts';
import { sidecarVersion } from '../../tag/sidecar.ts';
import type { WorkerPool } from '../../tag/pool.ts';
import { checkBadRates } from './bad-rates.ts';
import type { RunContext } from '../context.ts';
import { fileKey, runPaths, unitName } from '../paths.ts';
import type { ScannedFile } from '../scan/scan-pass.ts';
import type { ResolvedSource } from '../scan/sources.ts';
import type { Damage, TagCounts, TagTask } from '../tasks.ts';
import { leaveOutDamaged } from './leave-out-damaged.ts';
import { takesUnderLimit } from './limit-rows.ts';
import { unitKey } from './unit-key.ts';
import { runSteps } from '../steps.ts';
import type { TokenizerFile } from './tokenizer.ts';

export interface TaggedFileUnit {
  readonly name: string;
  readonly source: number;
  readonly unit: Unit;
  readonly sidecar: string;
  readonly fingerprint: string;
  /** sha256 or etag of the whole input file. */
  readonly input: string;
  /** Only this many entries of the unit are part of the run. */
  readonly take: number | null;
  /** Index of the origin persona in the taxonomy, or -1. */
  readonly origin: number;
  /** What the accurate tier tagged of it, relative to the run folder; null: nothing. */
  readonly refined: string | null;
  readonly counts: TagCounts;
  /** Paths of what the unit left on disk, relative to the run folder. */
  readonly outputs: readonly string[];
}

/**
 * Tags every unit that has no valid marker yet. Result in the order of (source, file, unit), whatever finished first; files that turned
 * out to be damaged are left out of it and marked in the returned files.
 * @throws ValidationError `too-many-bad-rows`, `damaged-files`
 */
export async function tagUnits(
  pool: WorkerPool,
  files: readonly ScannedFile[],
  params: TagPassParams,
  context: RunContext,
): Promise<{ readonly units: TaggedFileUnit[]; readonly files: readonly ScannedFile[] }> {
  const units = files.flatMap(({ scan }) => scan.units);
  const takes = await takesUnderLimit(units, params.limit, context.signal);
  const planned = planTasks(files, takes, params);
  const damaged = new Map<string, Damage>();
  const steps = await runSteps<TagTask, TagCounts>(
    pool,
    planned.map(({ task }) => task),
    {
      out: params.out,
      stage: 'tag',
      again: 'tagged again',
      bytes: planned.reduce((sum, { task }) => sum + unitBytes(task.unit), 0),
      measure: ({ records, rejected }, { unit }) => ({
        rows: records,
        bytes: unitBytes(unit),
        rejected: total(rejected),
      }),
      onDamage(damage, { unit }) {
        const key = fileKey(unit.file);
        const before = damaged.get(key);
        // One of several units speaks for the file: always the same, whichever came first.
        if (!before || damage.message < before.message) damaged.set(key, damage);
      },
    },
    context,
  );
  const tagged = planned.flatMap(({ task, source, input }): TaggedFileUnit[] => {
    const step = steps.get(task.name);
    if (!step || damaged.has(fileKey(task.unit.file))) return [];
    const { name, unit, sidecar, take, origin } = task;
    const outputs = step.outputs.map((output) => output.path);
    const { counts } = step;
    const { fingerprint } = task.key;
    return [
      { name, source, unit, sidecar, fingerprint, input, take, origin, refined: null, counts, outputs },
    ];
  });
  const usable = leaveOutDamaged(files, damaged, { onBadFile: params.onBadFile, context });
  checkBadRates(tagged, params.sources, params.maxBadRate);
  return { units: tagged, files: usable };
}

export interface TagPassParams {
  readonly out: string;
  readonly taggers: readonly TaggerInfo[];
  readonly toolVersion: string;
  readonly taxonomy: Taxonomy;
  readonly sources: readonly ResolvedSource[];
  readonly maxBadRate: number;
  readonly onBadFile: 'error' | 'skip';
  readonly keepExtra: boolean;
  readonly tokenizer: TokenizerFile | null;
  readonly limit: number | null;
}

interface PlannedUnit {
  readonly task: TagTask;
  readonly source: number;
  readonly input: string;
}

/** `takes`: entries of each unit in order, null for all; units beyond them are no part of the run. */
function planTasks(
  files: readonly ScannedFile[],
  takes: readonly (number | null)[],
  params: TagPassParams,
): PlannedUnit[] {
  const paths = runPaths(params.out);
  const taggerFolder = params.taggers.map((tagger) => `${tagger.id}@${tagger.sha256.slice(0, 8)}`).join('+');
  const planned: PlannedUnit[] = [];
  let at = 0;
  for (const { source, scan } of files) {
    scan.units.forEach((unit, index) => {
      const take = takes[at++];
      if (take === undefined) return;
      const name = unitName(unit.file, index);
      const resolved = params.sources[source];
      const origin = params.taxonomy.personas.findIndex((persona) => persona.id === resolved?.persona);
      const synthetic = resolved?.synthetic ?? false;
      const task: TagTask = {
        kind: 'tag',
        name,
        unit,
        take,
        origin,
        synthetic,
        keepExtra: params.keepExtra,
        tokenizer: params.tokenizer?.path ?? null,
        out: params.out,
        sidecar: `tags/${taggerFolder}/${name}.parquet`,
        quarantine: `quarantine/${name}.jsonl`,
        done: paths.done('tag', name),
        key: unitKey(
          { unit, take, input: scan.fingerprint },
          {
            'persona of its source': [origin, synthetic],
            'persona tagger': params.taggers[0]?.sha256,
            'trait tagger': params.taggers[1]?.sha256,
            taxonomy: params.taxonomy,
            'tool version': [params.toolVersion, sidecarVersion],
            ...(params.keepExtra ? { 'output.extra_columns': true } : {}),
            ...(params.tokenizer ? { tokenizer: params.tokenizer.sha256 } : {}),
          },
        ),
      };
      planned.push({ task, source, input: scan.fingerprint });
    });
  }
  return planned;
}

/** Input bytes behind a unit, for progress. */
function unitBytes(unit: Unit): number {
  if (unit.range.kind === 'bytes') return unit.range.end - unit.range.start;
  return unit.range.kind === 'whole' ? unit.file.bytes : 0;
}

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
