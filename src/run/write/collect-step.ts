import { join } from 'node:path';

import type { Row } from '../../core/row.ts';
import type { Taxonomy } from '../../core/taxonomy.ts';
import { hashToHex } from '../../lib/hash.ts';
import { compileControlToken, type ControlToken } from '../../shard/control-token.ts';
import type { OutputRow } from '../../shard/output-row.ts';
import { openSpill } from '../../shard/spill.ts';
import { openBytes } from '../../source/open-bytes.ts';
import { readUnit } from '../../source/read-unit.ts';
import { maximumTraits, rowFlags, type TagColumns } from '../../tag/sidecar.ts';
import { isDropped } from './choice.ts';
import { writeDone } from '../checkpoint.ts';
import { readTags } from '../tag/read-tags.ts';
import type { CollectCounts, CollectTask, StepResult } from '../tasks.ts';

/** Re-reads one unit, builds an output row for every placement, and publishes them grouped by shard as the unit's spill file. */
export async function collectStep(task: CollectTask, taxonomy: Taxonomy): Promise<StepResult<CollectCounts>> {
  const started = performance.now();
  const tags = await readTags(task.out, task);
  const token = compileControlToken(task.rules.tokenFormat, taxonomy.personas);
  const path = join(task.out, task.spill);
  using spill = openSpill(path);
  const { rows, shards, positions, copies } = task.placements;
  let entryIndex = 0;
  let next = 0;
  for await (const batch of readUnit(task.unit, { keepExtra: task.rules.keepExtra, openBytes })) {
    if (next >= rows.length) break;
    for (const entry of batch) {
      const at = entryIndex++;
      if (rows[next] !== at || 'reject' in entry) continue;
      const base = baseRow(entry.value, at, next, task, { tags, taxonomy, token });
      while (rows[next] === at) {
        const shard = shards[next] ?? 0;
        spill.add(shard, positions[next] ?? 0, {
          ...base,
          phase: task.rules.phaseOfShard[shard] ?? null,
          copy: copies[next] ?? 0,
        });
        next++;
      }
    }
  }
  const { segments, output } = await spill.publish(path);
  const step = {
    counts: { segments },
    outputs: [{ path: task.spill, ...output }],
    ms: Math.round(performance.now() - started),
  };
  await writeDone(task.done, task.key, step);
  return step;
}

/** Everything of an output row but where it stands. `place` is the row's first placement. */
function baseRow(
  row: Row,
  at: number,
  place: number,
  task: CollectTask,
  kit: { readonly tags: TagColumns; readonly taxonomy: Taxonomy; readonly token: ControlToken },
): OutputRow {
  const { rules, placements, unit } = task;
  const { tags, taxonomy, token } = kit;
  const personaIndex = placements.personas[place] ?? 0;
  const persona = taxonomy.personas[personaIndex]?.id ?? '';
  const traitBits = taxonomy.traits.map((_, bit) => bit).filter((bit) => (tags.traits[at] ?? 0) & (1 << bit));
  return {
    messages: token.apply(row.messages, {
      persona,
      mode: rules.controlToken,
      dropped: isDropped(tags.contentHash, at, rules.seed, rules.tokenDropout),
    }),
    tools: row.tools ?? null,
    persona,
    personaScore: (placements.scores[place] ?? 0) / 65535,
    taggedBy: rules.judges[placements.judge[place] ?? 0] ?? '',
    traits: traitBits.map((bit) => taxonomy.traits[bit]?.id ?? ''),
    traitScores: traitBits.map((bit) => (tags.traitScores[at * maximumTraits + bit] ?? 0) / 255),
    source: unit.file.source,
    rowKey: hashToHex(tags.rowKey, at * 4),
    phase: null,
    adapter: rules.adapterOfPersona[personaIndex] ?? null,
    copy: 0,
    synthetic: ((tags.flags[at] ?? 0) & rowFlags.synthetic) !== 0,
    extra: row.extra ?? null,
  };
}
