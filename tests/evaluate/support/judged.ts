import type { Judgements } from '../../../src/evaluate/judgements.ts';
import { testTaxonomy } from '../../support/taxonomy.ts';

export const taxonomy = testTaxonomy();
export const personaIndex = (id: string): number =>
  taxonomy.personas.findIndex((persona) => persona.id === id);

/** `[gold, best, probability]` per row; a row with a fourth entry `false` abstains. */
export function judgementsOf(rows: readonly (readonly [string, string, number, boolean?])[]): Judgements {
  return {
    rows: rows.length,
    gold: Uint8Array.from(rows, ([gold]) => personaIndex(gold)),
    best: Uint8Array.from(rows, ([, best]) => personaIndex(best)),
    scores: Float64Array.from(rows, ([, , score]) => score),
    isSure: Uint8Array.from(rows, ([, , , isSure]) => (isSure === false ? 0 : 1)),
  };
}
