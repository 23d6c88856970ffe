import type { CategorisedMessage } from './records.ts';
import type { WordMatcher } from './word-matcher.ts';
import { proseOf, wordsOf } from './words.ts';

/** What the messages of one cluster are, counted. */
export interface ClusterProfile {
  readonly size: number;
  readonly words: number;
  readonly topics: Readonly<Record<string, number>>;
  readonly tones: Readonly<Record<string, number>>;
  readonly reasonings: Readonly<Record<string, number>>;
  readonly lengths: Readonly<Record<string, number>>;
  readonly questions: Readonly<Record<string, number>>;
  readonly markers: Readonly<Record<string, number>>;
  readonly withCode: number;
  readonly conversations: number;
  /** Messages in which each pattern of names.yaml stands, by its index. */
  readonly signWords: readonly number[];
}

export interface ProfileCounter {
  add(message: CategorisedMessage): void;
  readonly profile: ClusterProfile;
}

const readChars = 20_000;

/** Counts messages one by one; holds counts and the ids of the conversations. */
export function createProfileCounter(signMatcher: WordMatcher, signs: number): ProfileCounter {
  const counts = {
    size: 0,
    words: 0,
    topics: {} as Record<string, number>,
    tones: {} as Record<string, number>,
    reasonings: {} as Record<string, number>,
    lengths: {} as Record<string, number>,
    questions: {} as Record<string, number>,
    markers: {} as Record<string, number>,
    withCode: 0,
  };
  const conversations = new Set<string>();
  const signWords = Array.from({ length: signs }, () => 0);
  return {
    add(message) {
      counts.size++;
      counts.words += message.word_count;
      conversations.add(message.conversation_id);
      increase(counts.topics, message.topic_category);
      increase(counts.tones, message.tone);
      increase(counts.lengths, message.length_category);
      if (message.reasoning_style) increase(counts.reasonings, message.reasoning_style);
      for (const type of message.question_types) increase(counts.questions, type);
      for (const marker of message.reasoning_markers) increase(counts.markers, marker);
      if (message.has_code) counts.withCode++;
      const hits = signMatcher.match(wordsOf(proseOf(message.text.slice(0, readChars))));
      for (const group of new Set(hits.map((hit) => hit.group))) {
        signWords[group] = (signWords[group] ?? 0) + 1;
      }
    },
    get profile() {
      return { ...counts, conversations: conversations.size, signWords: [...signWords] };
    },
  };
}

function increase(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}

/** Shares of a distribution, largest first; of equals by name. Rounded to four places. */
export function sharesOf(counts: Readonly<Record<string, number>>, total: number): Record<string, number> {
  return Object.fromEntries(
    Object.entries(counts)
      .toSorted(([a, one], [b, other]) => other - one || (a < b ? -1 : 1))
      .map(([name, count]) => [name, round4(count / Math.max(1, total))]),
  );
}

/** Names with more than a fifth of the messages, largest first. */
export function dominantOf(counts: Readonly<Record<string, number>>, total: number): string[] {
  return Object.entries(sharesOf(counts, total))
    .filter(([, share]) => share > 0.2)
    .map(([name]) => name);
}

export function round4(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
