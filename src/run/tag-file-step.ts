import type { Row } from '../core/row.ts';
import { abstainPersona } from '../core/taxonomy.ts';
import { openAtomic } from '../lib/atomic-file.ts';
import { toAlpaca } from '../shard/alpaca.ts';
import { applyControlToken } from '../shard/control-token.ts';
import { openBytes } from '../source/open-bytes.ts';
import { readUnit } from '../source/read-unit.ts';
import { compileTraitDecision, type TraitDecision } from '../tag/decide.ts';
import type { TagKit } from '../tag/tag-unit.ts';
import type { TagFileCounts, TagFileTask } from './tasks.ts';

/** Tags one unit into a JSONL part: instruction, input, output with the control token, the record's other fields, and the tags. */
export async function tagFileStep(task: TagFileTask, kit: TagKit): Promise<TagFileCounts> {
  const counts = {
    rows: 0,
    rejected: 0,
    bytes: 0,
    personas: {} as Record<string, number>,
    traits: {} as Record<string, number>,
  };
  const decide = compileTraitDecision(kit.taxonomy, kit.traits.info.labels, kit.traits.info.thresholds);
  await using file = await openAtomic(task.path);
  for await (const batch of readUnit(task.unit, { keepExtra: true, openBytes })) {
    const rows = batch.flatMap((entry) => ('value' in entry ? [entry.value] : []));
    counts.rejected += batch.length - rows.length;
    if (rows.length === 0) continue;
    const text = Buffer.from(await tagLines(rows, task, kit, decide, counts), 'utf8');
    await file.handle.writeFile(text);
    counts.rows += rows.length;
    counts.bytes += text.length;
  }
  await file.publish();
  return counts;
}

async function tagLines(
  rows: readonly Row[],
  task: TagFileTask,
  kit: TagKit,
  decide: TraitDecision,
  counts: { personas: Record<string, number>; traits: Record<string, number> },
): Promise<string> {
  const { text } = kit.encoder.encode(rows);
  const personas = (await kit.persona.tag(text)).scores;
  const traits = (await kit.traits.tag(text)).scores;
  let lines = '';
  rows.forEach((row, i) => {
    const [persona, score] = bestPersona(personas, i, kit, task.threshold);
    const at = i * kit.traits.info.labels.length;
    const mask = decide(traits, at);
    const held = kit.taxonomy.traits.flatMap((trait, bit) => (mask & (1 << bit) ? [trait.id] : []));
    const scores = held.map((trait) => round(traits[at + kit.traits.info.labels.indexOf(trait)] ?? 0));
    counts.personas[persona] = (counts.personas[persona] ?? 0) + 1;
    for (const trait of held) counts.traits[trait] = (counts.traits[trait] ?? 0) + 1;
    lines += `${JSON.stringify(outputRecord(row, persona, { _persona: persona, _persona_score: round(score), _traits: held, _trait_scores: scores }))}\n`;
  });
  return lines;
}

function outputRecord(row: Row, persona: string, tags: Record<string, unknown>): Record<string, unknown> {
  const messages = applyControlToken(row.messages, {
    persona,
    mode: 'prefix',
    format: '<persona:{persona_name}>',
    dropped: false,
  });
  const extra = row.extra === undefined ? {} : (JSON.parse(row.extra) as Record<string, unknown>); // written by the adapter
  return {
    ...toAlpaca(messages),
    ...(row.tools === undefined ? {} : { tools: row.tools }),
    ...extra,
    ...tags,
  };
}

function bestPersona(
  scores: Float32Array,
  row: number,
  kit: TagKit,
  threshold: number | null,
): [string, number] {
  const { labels, thresholds } = kit.persona.info;
  let best = 0;
  for (let label = 1; label < labels.length; label++) {
    if ((scores[row * labels.length + label] ?? 0) > (scores[row * labels.length + best] ?? 0)) best = label;
  }
  const score = scores[row * labels.length + best] ?? 0;
  return [
    score >= (threshold ?? thresholds[best] ?? 0) ? (labels[best] ?? abstainPersona) : abstainPersona,
    score,
  ];
}

function round(score: number): number {
  return Math.round(score * 1e4) / 1e4;
}
