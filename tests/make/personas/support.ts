import { join } from 'node:path';

import { newCard } from '../../../src/cards/new-card.ts';
import type { Card } from '../../../src/core/card.ts';
import type { Finding } from '../../../src/core/finding.ts';
import { seededRandom } from '../../../src/lib/seeded-random.ts';
import type { Ask, Llm } from '../../../src/llm/ask.ts';
import type { PersonaLibrary } from '../../../src/make/personas/library.ts';
import { makePersona, type MadePersona } from '../../../src/make/personas/make-persona.ts';
import type { PersonaRequest } from '../../../src/make/personas/base-persona.ts';
import { parseScenario, type Scenario } from '../../../src/make/personas/scenario.ts';
import { readPersonaLibrary, readScenario } from '../../../src/run/make/persona-library.ts';
import { testTaxonomy } from '../../support/taxonomy.ts';

export const configsFolder = join(import.meta.dirname, '../../../configs');
const taxonomy = testTaxonomy();

export function library(locale = 'en-IN'): Promise<PersonaLibrary> {
  return readPersonaLibrary({ configsFolder, locale, categories: null, locales: null });
}

export function scenario(name: string): Promise<Scenario> {
  return readScenario(name, configsFolder);
}

/** What an endpoint says in place of the grammar's answer; undefined: the grammar's answer. */
export type Fault = (cell: string, attempt: number) => unknown;

/** Answers by the grammar, three attempts each, as the whole layer does. `log` has every cell asked, `most` how many at one time. */
export function scriptedLlm(fault: Fault = () => undefined): Llm & { log: string[]; most: () => number } {
  const log: string[] = [];
  let [open, most] = [0, 0];
  async function ask<T>(question: Ask<T>): ReturnType<typeof answered<T>> {
    most = Math.max(most, ++open);
    log.push(question.cell);
    await new Promise((resolve) => setImmediate(resolve));
    open--;
    return answered(question);
  }
  async function answered<T>({ cell, template, accept }: Ask<T>) {
    const provenance = { provider: 'template', model: 'template', prompt_hash: '0'.repeat(64), attempt: 1 };
    let findings: readonly Finding[] = [];
    for (const attempt of [1, 2, 3]) {
      const accepted = accept(fault(cell, attempt) ?? template(seededRandom(cell)));
      findings = accepted.findings ?? [];
      if ('value' in accepted)
        return { cell, value: accepted.value, findings, provenance: { ...provenance, attempt } };
    }
    return { cell, value: null, findings, provenance };
  }
  return { ask, log, most: () => most };
}

function blankCard(id: string, name: string): Card {
  return newCard({ id, name, kind: 'training', persona: 'roleplay_character' }, taxonomy);
}

export async function make(
  name: string,
  changes: Partial<PersonaRequest> = {},
  options: { readonly llm?: Llm; readonly seed?: number; readonly library?: PersonaLibrary } = {},
): Promise<MadePersona> {
  const request: PersonaRequest = {
    scenario: await scenario(name),
    mode: 'assess_mode',
    personaType: null,
    gender: null,
    customPrompt: null,
    variation: 0,
    ...changes,
  };
  return makePersona(
    {
      id: `${name}_${request.variation}`,
      request,
      library: options.library ?? (await library()),
      seed: options.seed ?? 42,
      blankCard,
    },
    options.llm ?? scriptedLlm(),
  );
}

export { parseScenario };
