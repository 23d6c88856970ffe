import type { Card } from '../../core/card.ts';
import type { Taxonomy } from '../../core/taxonomy.ts';
import { newCard, slugOf } from '../new-card.ts';
import { type JsonObject, type Remainder, remainderOf, withRemainder } from './remainder.ts';
import { known, numberOf, objectOf, objectsOf, textOf, textsOf } from './values.ts';

/** What `extract` leaves: `prompts/generated_prompts.json` and, where it is at hand, `clusters/cluster_analysis.json`. */
export interface DiscoveredDocument {
  /** `{personas: [{id, name, cluster, description, system_prompt, …}]}` */
  readonly prompts: JsonObject;
  /** `{clusters: [{cluster, name, size, terms, sample_ids, …}]}` */
  readonly analysis: JsonObject | null;
}

const behaviour = 'conversational_agent';

/** What the card keeps under `extra.discovered`. */
interface Kept {
  readonly prompt: Remainder;
  /** null: no cluster belongs to this persona. */
  readonly analysis: Remainder | null;
  /** The rest of the two files; on the first card. */
  readonly document?: Remainder;
}

/** One card per persona; a persona and its cluster are joined by the number of the cluster, else by name. Loss-free. */
export function importDiscovered(document: DiscoveredDocument, taxonomy: Taxonomy): Card[] {
  const clusters = objectsOf(document.analysis?.['clusters']);
  const cards = objectsOf(document.prompts['personas']).map((persona) => {
    const cluster = clusters.find((candidate) => belongs(candidate, persona));
    const card = toCard(persona, cluster, taxonomy);
    const kept: Kept = {
      prompt: remainderOf(persona, promptOf(card)),
      analysis: cluster ? remainderOf(cluster, clusterOf(card)) : null,
    };
    return { ...card, extra: { discovered: kept } };
  });
  const [first, ...others] = cards;
  if (!first) return [];
  const derived = documentOf(cards);
  const rest = remainderOf({ ...document }, { ...derived });
  return [{ ...first, extra: { discovered: { ...first.extra.discovered, document: rest } } }, ...others];
}

/** The two files again. Cards that were never imported get what the card alone can tell. */
export function exportDiscovered(cards: readonly Card[]): DiscoveredDocument {
  const rest = cards.map((card) => keptOf(card)?.document).find((document) => document !== undefined);
  const whole = withRemainder({ ...documentOf(cards) }, rest ?? {});
  return { prompts: objectOf(whole['prompts']) ?? {}, analysis: objectOf(whole['analysis']) };
}

function documentOf(cards: readonly Card[]): DiscoveredDocument {
  const clusters = cards.flatMap((card) => {
    const kept = keptOf(card);
    if (kept?.analysis === null || !card.evidence) return [];
    return [withRemainder(clusterOf(card), kept?.analysis ?? {})];
  });
  return {
    prompts: { personas: cards.map((card) => withRemainder(promptOf(card), keptOf(card)?.prompt ?? {})) },
    analysis: clusters.length > 0 ? { clusters } : null,
  };
}

function belongs(cluster: JsonObject, persona: JsonObject): boolean {
  const number = numberOf(persona['cluster']);
  if (number !== null) return number === cluster['cluster'];
  return textOf(persona['name']) !== null && persona['name'] === cluster['name'];
}

function toCard(persona: JsonObject, cluster: JsonObject | undefined, taxonomy: Taxonomy): Card {
  const name = textOf(persona['name']) ?? '';
  const id = slugOf(textOf(persona['id']) ?? name);
  const card = newCard({ id, name, kind: 'discovered', persona: behaviour }, taxonomy);
  return {
    ...card,
    summary: textOf(persona['description']) ?? '',
    voice: {
      ...card.voice,
      traits: textsOf(persona['traits']),
      speech_patterns: textsOf(persona['speech_patterns']),
      phrases: textsOf(persona['phrases']),
      tone: textOf(persona['tone']),
      reasoning_style: textOf(persona['reasoning_style']),
    },
    prompts: { ...card.prompts, standard: textOf(persona['system_prompt']) },
    evidence: {
      cluster: numberOf(persona['cluster']) ?? numberOf(cluster?.['cluster']),
      size: numberOf(cluster?.['size']) ?? 0,
      terms: textsOf(cluster?.['terms']),
      sample_ids: textsOf(cluster?.['sample_ids']),
    },
    provenance: { ...card.provenance, source: 'extract' },
  };
}

function promptOf(card: Card): JsonObject {
  const { traits, speech_patterns, phrases, tone, reasoning_style } = card.voice;
  return known({
    id: card.id,
    name: card.name,
    cluster: card.evidence?.cluster,
    description: card.summary,
    system_prompt: card.prompts.standard,
    traits,
    speech_patterns,
    phrases,
    tone,
    reasoning_style,
  });
}

function clusterOf({ name, evidence }: Card): JsonObject {
  return known({ name, ...evidence });
}

/** What an import left on the card. The shape is ours: nobody else writes under this key. */
function keptOf(card: Card): Kept | null {
  return objectOf(card.extra['discovered']) as Kept | null;
}
