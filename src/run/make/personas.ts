import { join } from 'node:path';

import { readArchetypes } from '../../cards/archetypes.ts';
import { exportPersonas } from '../../cards/legacy/import-export.ts';
import { newCard, slugOf } from '../../cards/new-card.ts';
import { validateCards } from '../../cards/validate.ts';
import { formatCard } from '../../cards/write-cards.ts';
import { ConfigError } from '../../core/errors.ts';
import { suggestName } from '../../lib/nearest.ts';
import { makePersona } from '../../make/personas/make-persona.ts';
import type { PersonaMode, Scenario } from '../../make/personas/scenario.ts';
import type { CardTools } from '../cards/card-files.ts';
import type { Maker } from './maker.ts';
import { readPersonaLibrary, readScenario } from './persona-library.ts';

export type { PersonaMode };

export interface PersonasParams {
  /** Name in configs/scenarios, or a file. */
  readonly template: string;
  readonly mode: PersonaMode;
  readonly count: number;
  readonly personaType: string | null;
  readonly gender: string | null;
  readonly prompt: string | null;
  /** Of the first persona; the others follow. 0 is the persona of the scenario as it stands. */
  readonly variation: number;
  readonly locale: string;
  /** Files of the user in place of those of the package. */
  readonly categories: string | null;
  readonly locales: string | null;
}

/** Behaviour class of personas for training: they stay in a character. */
const behaviourClass = 'roleplay_character';

/** Makes training personas of a scenario (004): cards, and the same as `PersonaInstance` list. @throws ConfigError */
export async function personasMaker(params: PersonasParams, tools: CardTools): Promise<Maker> {
  const { configsFolder, taxonomy } = tools;
  const scenario = await readScenario(params.template, configsFolder);
  checkType(scenario, params.personaType);
  const library = await readPersonaLibrary({ ...params, configsFolder });
  const archetypes = await readArchetypes(join(configsFolder, 'archetypes.yaml'));
  const prefix = `${slugOf(scenario.template_id)}_${params.mode.replace('_mode', '')}`;
  const variations = Array.from({ length: params.count }, (_unused, index) => params.variation + index);
  return {
    name: 'personas',
    options: { ...params, template: scenario.template_id },
    async make(job) {
      const made = await job.each(variations, async (variation) =>
        makePersona(
          {
            id: `${prefix}_${String(variation).padStart(2, '0')}`,
            request: {
              scenario,
              mode: params.mode,
              personaType: params.personaType,
              gender: params.gender,
              customPrompt: params.prompt,
              variation,
            },
            library,
            seed: job.seed,
            blankCard: (id, name) =>
              newCard({ id, name, kind: 'training', persona: behaviourClass }, taxonomy),
          },
          job.llm,
        ),
      );
      const cards = made.map(({ card }) => card);
      const checked = validateCards(
        cards.map((card) => ({ card, place: card.id })),
        { taxonomy, archetypes },
      );
      const instances = exportPersonas('instance', cards).map(({ document }) => document);
      return {
        files: [
          ...cards.map((card) => ({ path: `cards/${card.id}.yaml`, content: formatCard(card) })),
          { path: 'personas.json', content: `${JSON.stringify(instances, null, 2)}\n` },
        ],
        counts: {
          personas: cards.length,
          detail_categories: cards.reduce((sum, { details }) => sum + Object.keys(details).length, 0),
        },
        findings: [...made.flatMap(({ findings }) => findings), ...checked],
        missing: 0,
      };
    },
  };
}

function checkType({ template_id, persona_types }: Scenario, type: string | null): void {
  const known = persona_types.map((each) => each.type);
  if (type === null || known.length === 0 || known.includes(type)) return;
  throw new ConfigError(`${template_id} has no persona type "${type}"; ${suggestName(type, known)}`, {
    code: 'unknown-persona-type',
    hint: `persona types: ${known.join(', ')}`,
  });
}
