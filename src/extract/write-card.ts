import type { Card } from '../core/card.ts';
import type { Taxonomy } from '../core/taxonomy.ts';
import { describePersona } from './describe-persona.ts';
import type { DiscoveredPersona } from './persona.ts';
import { writePrompts } from './write-prompts.ts';

/** The card of a discovered persona. Adapters are for workers: the model that puts their answers together stays as it is. */
export function cardOf(
  persona: DiscoveredPersona,
  given: {
    readonly taxonomy: Taxonomy;
    readonly seed: number;
    readonly findings: Readonly<Record<string, unknown>>;
  },
): Card {
  const { noun, profile } = persona;
  const behaviour = given.taxonomy.personas.find(({ id }) => id === noun.persona);
  const { summary, traits, speechPatterns, tone, reasoningStyle, averageWords } = describePersona(persona);
  return {
    schema: 'persona-card/1',
    id: persona.id,
    name: persona.name,
    kind: 'discovered',
    taxonomy: {
      persona: noun.persona,
      category: behaviour?.category ?? '',
      adapter: behaviour?.adapter ?? '',
      phases: behaviour?.phases ?? [],
    },
    summary,
    identity: { age: null, gender: null, role: null, type: null, location: null, demographics: null },
    voice: {
      traits,
      speech_patterns: speechPatterns,
      phrases: persona.phrases.slice(0, 8),
      tone,
      reasoning_style: reasoningStyle,
      gap_ms: null,
      word_limit: Math.max(1, averageWords),
    },
    archetype: { type: null, confidence: null, data: {} },
    details: {},
    rules: { conversation: null, oracle: null },
    context: { serve_as: 'worker', ...given.findings },
    prompts: writePrompts(persona),
    evidence: {
      cluster: persona.cluster,
      size: profile.size,
      terms: persona.terms.map(({ term }) => term),
      sample_ids: persona.examples.map(({ id }) => id),
    },
    provenance: { source: 'extract', model: null, prompt_hash: null, seed: given.seed },
    extra: {},
  };
}
