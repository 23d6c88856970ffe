import type { TopicWords } from '../core/conversation.ts';
import { plainWords } from './words.ts';

export interface TopicCount {
  /** Turns that hold a word of the domain. */
  readonly onTopic: number;
  /** Indices of turns with small talk and no word of the domain. */
  readonly smallTalk: readonly number[];
  /** Foreign words that were said, with the turn. */
  readonly foreign: readonly { readonly turn: number; readonly word: string }[];
}

/** What the turns of a conversation are about, word by word. Words of several parts ("oat milk") are looked for as they stand. */
export function countTopic(texts: readonly string[], topic: TopicWords): TopicCount {
  const smallTalk: number[] = [];
  const foreign: { turn: number; word: string }[] = [];
  let onTopic = 0;
  for (const [turn, text] of texts.entries()) {
    const said = plainWords(text);
    const has = (word: string): boolean => said.includes(plainWords(word));
    const isOn = topic.words.some(has);
    if (isOn) onTopic++;
    else if (topic.small_talk.some(has)) smallTalk.push(turn);
    for (const word of topic.foreign) if (has(word)) foreign.push({ turn, word });
  }
  return { onTopic, smallTalk, foreign };
}

/** Small-talk turns that a persona may have: two where its card speaks of chatting, none otherwise. */
export function smallTalkAllowance(descriptions: readonly string[]): number {
  return descriptions.some((text) => /small talk|chat|weather|weekend|tells stories/iu.test(text)) ? 2 : 0;
}
