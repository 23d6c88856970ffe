import { join } from 'node:path';

import { formatCard } from '../../cards/write-cards.ts';
import type { Taxonomy } from '../../core/taxonomy.ts';
import { describePersona } from '../../extract/describe-persona.ts';
import { cardOf } from '../../extract/write-card.ts';
import { writePrompts } from '../../extract/write-prompts.ts';
import { writeFileAtomic } from '../../lib/atomic-file.ts';
import type { FoundPersonas } from './cluster-stage.ts';
import { cardFile, promptsFile } from './extract-paths.ts';
import type { StageWork } from './stage.ts';

export interface DescribeCounts {
  readonly cards: number;
}

/** System prompts and cards of the personas, for people to read and change. */
export async function describePersonas(params: {
  readonly out: string;
  readonly found: FoundPersonas;
  readonly taxonomy: Taxonomy;
  readonly seed: number;
}): Promise<StageWork<DescribeCounts>> {
  const { out, found, taxonomy, seed } = params;
  const prompts = {
    seed,
    personas: found.personas.map((persona) => {
      const { summary, traits, speechPatterns, tone, reasoningStyle } = describePersona(persona);
      const written = writePrompts(persona);
      return {
        id: persona.id,
        name: persona.name,
        cluster: persona.cluster,
        description: summary,
        system_prompt: written.standard,
        prompts: written,
        traits,
        speech_patterns: speechPatterns,
        phrases: persona.phrases,
        tone,
        reasoning_style: reasoningStyle,
      };
    }),
  };
  await writeFileAtomic(join(out, promptsFile), `${JSON.stringify(prompts, null, 2)}\n`);
  for (const persona of found.personas) {
    const findings = {
      silhouette: Math.round(persona.silhouette * 1000) / 1000,
      stability: Math.round(found.choice.stability * 1000) / 1000,
      too_similar_to: found.separation
        .filter(({ a, b, verdict }) => verdict === 'too similar' && [a, b].includes(persona.name))
        .map(({ a, b }) => (a === persona.name ? b : a)),
    };
    await writeFileAtomic(
      join(out, cardFile(persona.id)),
      formatCard(cardOf(persona, { taxonomy, seed, findings })),
    );
  }
  const outputs = [promptsFile, ...found.personas.map(({ id }) => cardFile(id))];
  return { outputs, counts: { cards: found.personas.length } };
}
