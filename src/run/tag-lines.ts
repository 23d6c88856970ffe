import type { Message, Row } from '../core/row.ts';
import { abstainPersona } from '../core/taxonomy.ts';
import { toAlpaca } from '../shard/alpaca.ts';
import type { StoredRow } from '../shard/stored-row.ts';
import { applyControlToken } from '../shard/control-token.ts';
import { compileTraitDecision } from '../tag/decide.ts';
import type { TagKit } from '../tag/tag-unit.ts';

export interface TagCountsByName {
  readonly personas: Record<string, number>;
  readonly traits: Record<string, number>;
}

/** A row with its tags, as `tag` writes it. */
export type TaggedRecord = Readonly<Record<string, unknown>>;

/**
 * Returns a function that tags rows into records: instruction, input and output with the control token, the record's other
 * fields, and `_persona, _persona_score, _traits, _trait_scores`; counts go into `counts`. Tagging a tagged record again
 * changes nothing. `threshold` overrides the tagger's own.
 */
export function createRecordTagger(kit: TagKit, threshold: number | null, counts: TagCountsByName): (rows: readonly Row[]) => Promise<TaggedRecord[]> {
  const { labels, thresholds } = kit.traits.info;
  const decide = compileTraitDecision(kit.taxonomy, labels, thresholds);
  return async (rows) => {
    const { text } = kit.encoder.encode(rows);
    const personas = (await kit.persona.tag(text)).scores;
    const traits = (await kit.traits.tag(text)).scores;
    return rows.map((row, i) => {
      const [persona, score] = bestPersona(personas, i, kit, threshold);
      const at = i * labels.length;
      const mask = decide(traits, at);
      const held = kit.taxonomy.traits.flatMap((trait, bit) => (mask & (1 << bit) ? [trait.id] : []));
      const scores = held.map((trait) => round(traits[at + labels.indexOf(trait)] ?? 0));
      counts.personas[persona] = (counts.personas[persona] ?? 0) + 1;
      for (const trait of held) counts.traits[trait] = (counts.traits[trait] ?? 0) + 1;
      return outputRecord(row, persona, { _persona: persona, _persona_score: round(score), _traits: held, _trait_scores: scores });
    });
  };
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
    ...alpacaText(messages),
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

function alpacaText(messages: readonly Message[]): { instruction: string; input: string; output: string } {
  const stored = messages.map(({ role, content, toolCalls }) => ({
    role,
    content: Buffer.from(content),
    name: null,
    tool_calls: toolCalls?.map((call) => ({ id: null, type: 'function' as const, function: { name: Buffer.from(call.name), arguments: Buffer.from(call.arguments) } })) ?? null,
  }));
  const { instruction, input, output } = toAlpaca({ messages: stored } as unknown as StoredRow);
  return { instruction: Buffer.from(instruction).toString(), input: Buffer.from(input).toString(), output: Buffer.from(output).toString() };
}
