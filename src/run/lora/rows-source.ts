import type { Card } from '../../core/card.ts';
import type { LoraTarget } from '../../lora/lora-row.ts';
import { ConfigError } from '../../core/errors.ts';
import { cardPrompts } from '../../lora/card-prompts.ts';
import type { LoraSource } from './lora-source.ts';
import { readRowCandidates } from './read-rows.ts';

/** A file of rows spoken by a card. @throws ConfigError `target-unfit`, what reading throws */
export function openRowsSource(path: string, card: Card): LoraSource {
  return {
    prompts: cardPrompts(card),
    inputs: [path],
    selection: { card: card.id },
    async read(target, rows, signal) {
      requireAssistant(target, path);
      const params = { atMost: rows, seed: 0, accept: () => true, systemOf: () => null };
      return readRowCandidates([path], params, signal);
    },
  };
}

/** Rows of a dataset are answers of an assistant: nobody's own messages. @throws ConfigError `target-unfit` */
export function requireAssistant(target: LoraTarget, place: string): void {
  if (target !== 'self') return;
  throw new ConfigError(`--target self: ${place} holds answers of an assistant, no messages of a person`, {
    code: 'target-unfit',
    hint: 'take --target assistant; self needs the folder of an extract (--from)',
  });
}
