import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { Unit } from '../../core/unit.ts';
import { writeFileAtomic } from '../../lib/atomic-file.ts';
import { openBytes } from '../../source/open-bytes.ts';
import { readUnit } from '../../source/read-unit.ts';
import { encodeSidecar } from '../../tag/sidecar.ts';
import { type QuarantineEntry, type TagKit, tagUnit, type UnitTags } from '../../tag/tag-unit.ts';
import { type DoneOutput, writeDone } from '../checkpoint.ts';
import { openTokenCounter } from '../../tag/token-counter.ts';
import { damageOf } from './damage.ts';
import { takeEntries } from './take-entries.ts';
import type { StepOutcome, StepResult, TagCounts, TagTask } from '../tasks.ts';

/** Tags one unit and publishes sidecar, quarantine lines and marker, in that order; a damaged file comes back as such. */
export async function tagStep(task: TagTask, kit: TagKit): Promise<StepOutcome<TagCounts>> {
  try {
    return await tagAndPublish(task, kit);
  } catch (error) {
    const damage = damageOf(error);
    if (!damage) throw error;
    return { damage };
  }
}

async function tagAndPublish(task: TagTask, kit: TagKit): Promise<StepResult<TagCounts>> {
  const started = performance.now();
  const countTokens = task.tokenizer === null ? null : await openTokenCounter(task.tokenizer);
  const entries = takeEntries(readUnit(task.unit, { keepExtra: task.keepExtra, openBytes }), task.take);
  const tags = await tagUnit(kit, entries, {
    ...unitIdentity(task),
    countTokens,
    expectedRows: task.take ?? task.unit.records ?? 4096,
  });
  const outputs = [await publish(task.out, task.sidecar, encodeSidecar(tags.columns))];
  if (tags.quarantine.length > 0)
    outputs.push(await publish(task.out, task.quarantine, quarantineLines(task, tags.quarantine)));
  else await rm(join(task.out, task.quarantine), { force: true });
  const step = { counts: countTags(tags), outputs, ms: Math.round(performance.now() - started) };
  await writeDone(task.done, task.key, step);
  return step;
}

/** What names the rows of a unit. */
export function unitIdentity({ unit, origin, synthetic }: Pick<TagTask, 'unit' | 'origin' | 'synthetic'>): {
  readonly source: string;
  readonly revision: string;
  readonly file: string;
  readonly firstRow: number;
  readonly origin: number;
  readonly synthetic: boolean;
} {
  const { file } = unit;
  return {
    source: file.source,
    revision: file.location.kind === 'hub' ? file.location.revision : '',
    file: file.name,
    firstRow: firstRow(unit),
    origin,
    synthetic,
  };
}

/** Rows of a byte-numbered unit are counted from the unit's own start. */
function firstRow(unit: Unit): number {
  return unit.rowUnit === 'byte' && unit.range.kind === 'bytes' ? unit.range.start : unit.firstRow;
}

/** Writes a file of a step; `path` is relative to `out`. */
export async function publish(out: string, path: string, content: Uint8Array): Promise<DoneOutput> {
  await writeFileAtomic(join(out, path), content);
  return { path, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') };
}

function quarantineLines(task: TagTask, entries: readonly QuarantineEntry[]): Uint8Array {
  const { source, name } = task.unit.file;
  return Buffer.from(
    entries.map((entry) => `${JSON.stringify({ source, file: name, ...entry })}\n`).join(''),
    'utf8',
  );
}

function countTags({ columns, quarantine }: UnitTags): TagCounts {
  const rejected: Record<string, number> = {};
  for (const entry of quarantine) rejected[entry.code] = (rejected[entry.code] ?? 0) + 1;
  return {
    rows: columns.rows,
    records: columns.records.reduce((sum, records) => sum + records, 0),
    rejected,
    firstRejected: firstRejected(quarantine),
  };
}

/** The first three, and the first of every further reason. */
function firstRejected(quarantine: readonly QuarantineEntry[]): TagCounts['firstRejected'] {
  const seen = new Set<string>();
  const kept: { row: number; code: string; message: string }[] = [];
  for (const { row, code, message } of quarantine) {
    if (kept.length >= 3 && seen.has(code)) continue;
    seen.add(code);
    kept.push({ row, code, message });
  }
  return kept;
}
