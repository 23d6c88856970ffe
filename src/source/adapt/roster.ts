import type { Adapter } from './adapter.ts';
import { choicesAdapter } from './choices.ts';
import { debateAdapter } from './debate.ts';
import { historyAdapter } from './history.ts';
import { instancesAdapter } from './instances.ts';
import { instructionAdapter } from './instruction.ts';
import { messagesAdapter } from './messages.ts';
import { pairsAdapter } from './pairs.ts';
import { preferenceAdapter } from './preference.ts';
import { stringsAdapter } from './strings.ts';
import { textAdapter } from './text.ts';
import { threadAdapter } from './thread.ts';
import { transcriptAdapter } from './transcript.ts';
import { turnsAdapter } from './turns.ts';
import { utterancesAdapter } from './utterances.ts';

/** All shapes, in the order in which they are tried: the more structure a shape asks for, the earlier. */
export const adapters: readonly Adapter[] = [
  preferenceAdapter,
  messagesAdapter,
  instancesAdapter,
  historyAdapter,
  threadAdapter,
  debateAdapter,
  choicesAdapter,
  turnsAdapter,
  pairsAdapter,
  utterancesAdapter,
  transcriptAdapter,
  instructionAdapter,
  textAdapter,
];

/** Shapes that are never guessed. */
const namedOnly: readonly Adapter[] = [stringsAdapter];

/** Names by which shapes are known elsewhere. */
const otherNames: Readonly<Record<string, string>> = {
  alpaca: 'instruction',
  request: 'instruction',
  qa: 'instruction',
  sharegpt: 'messages',
  conversations: 'messages',
  openai: 'messages',
  chatml: 'messages',
  dialogue: 'pairs',
};

export const shapeNames: readonly string[] = [
  ...adapters.map((adapter) => adapter.kind),
  ...namedOnly.map((adapter) => adapter.kind),
  ...Object.keys(otherNames),
];

/** Slots that `columns:` of a source may name: those that `detect` of some adapter takes from `named`. */
export const slotNames: readonly string[] = (
  'instruction input output user assistant system messages text group speaker turn tools history context title ' +
  'instructionElse options optionA optionB explanation'
).split(' ');

export function findAdapter(name: string): Adapter | undefined {
  const kind = Object.hasOwn(otherNames, name) ? otherNames[name] : name;
  return [...adapters, ...namedOnly].find((adapter) => adapter.kind === kind);
}
