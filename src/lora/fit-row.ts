import type { CountTokens } from './lora-row.ts';
import type { ModeSettings } from './lora-mode.ts';

/** Tokens that a chat template puts around the three messages: at most eight each in ChatML, Llama 3, Mistral and Gemma. */
export const templateTokens = 24;

/** What a row may not do without: that much of what is answered must be left. */
const leastInputTokens = 16;

export type FittedInput =
  | { readonly user: string; readonly isCut: boolean }
  | { readonly reason: 'long-reply' | 'no-room' };

/**
 * Makes room: a reply is taken whole or not at all, since a cut one teaches to stop in the middle; of what it answers the end is
 * kept, which stands next to it, from a word on. Input and reply together with system prompt and template stay within the sequence.
 */
export function fitInput(
  row: { readonly user: string; readonly assistant: string; readonly systemTokens: number },
  settings: Pick<ModeSettings, 'inputTokens' | 'outputTokens' | 'sequenceTokens'>,
  count: CountTokens,
): FittedInput {
  const reply = count(row.assistant);
  if (reply > settings.outputTokens) return { reason: 'long-reply' };
  const free = settings.sequenceTokens - templateTokens - row.systemTokens - reply;
  const room = Math.min(settings.inputTokens, free);
  if (count(row.user) <= room) return { user: row.user, isCut: false };
  if (room < leastInputTokens) return { reason: 'no-room' };
  return { user: endOf(row.user, room, count), isCut: true };
}

/** The longest end of a text, from the start of a word, that has at most `room` tokens with the mark before it. */
function endOf(text: string, room: number, count: CountTokens): string {
  const starts = [...text.matchAll(/\s\S/g)].map((match) => match.index + 1);
  let [low, high] = [0, starts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (count(cutMark + text.slice(starts[middle])) <= room) high = middle;
    else low = middle + 1;
  }
  const start = starts[low];
  return start === undefined ? lastCharacters(text, room, count) : cutMark + text.slice(start);
}

const cutMark = '… ';

/** A text without spaces: characters from its end. */
function lastCharacters(text: string, room: number, count: CountTokens): string {
  const characters = Array.from(text);
  let [low, high] = [0, characters.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (count(cutMark + characters.slice(middle).join('')) <= room) high = middle;
    else low = middle + 1;
  }
  return cutMark + characters.slice(low).join('');
}
