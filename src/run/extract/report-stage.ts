import { readFile } from 'node:fs/promises';

import { describePersona } from '../../extract/describe-persona.ts';
import { writeFileAtomic } from '../../lib/atomic-file.ts';
import { type PersonaMapModel, renderPersonaMap } from '../../report/persona-map.ts';
import type { FoundPersonas } from './cluster-stage.ts';

/** `state/personas.json`, which the cluster stage wrote; its marker vouches for its bytes. */
export async function readFoundPersonas(path: string): Promise<FoundPersonas> {
  return JSON.parse(await readFile(path, 'utf8')) as FoundPersonas;
}

/** Draws the page of the clusters. */
export async function writeExtractReport(path: string, found: FoundPersonas, title: string): Promise<void> {
  const model: PersonaMapModel = {
    title,
    messages: found.messages,
    unclustered: found.unclustered,
    minimumSize: found.minimumSize,
    k: found.choice.k,
    isForced: found.choice.isForced,
    silhouette: found.choice.silhouette,
    stability: found.choice.stability,
    candidates: found.choice.candidates,
    points: found.map,
    separation: found.separation,
    personas: found.personas.map((persona) => ({
      id: persona.id,
      name: persona.name,
      summary: describePersona(persona).summary,
      size: persona.profile.size,
      conversations: persona.profile.conversations,
      silhouette: persona.silhouette,
      terms: persona.terms.slice(0, 12),
      phrases: persona.phrases.slice(0, 6),
      examples: persona.examples.slice(0, 3).map(({ text }) => text),
      tones: persona.profile.tones,
      topics: persona.profile.topics,
    })),
  };
  await writeFileAtomic(path, renderPersonaMap(model));
}
