import type { Speech } from '../../lib/speech-patterns.ts';
import type { SpokenTurn } from './transcript.ts';

/**
 * Whom a prompt describes: the one who was named, else the agent or the customer, else who speaks first. undefined where the named
 * one does not speak.
 */
export function describedSpeaker(turns: readonly SpokenTurn[], wanted: string | null): string | undefined {
  const speakers = [...new Set(turns.map(({ speaker }) => speaker))];
  if (wanted !== null) return speakers.find((speaker) => speaker.toLowerCase() === wanted.toLowerCase());
  return speakers.find((speaker) => /^(?:agent|customer|caller|guest)$/iu.test(speaker)) ?? speakers[0];
}

/** What the speaker said, and what it followed. */
export function speechOfSpeaker(turns: readonly SpokenTurn[], speaker: string): Speech {
  const own = turns.filter((turn) => turn.speaker === speaker);
  return {
    texts: own.map(({ text }) => text),
    before: turns.flatMap((turn, index) => {
      const last = turns[index - 1];
      return turn.speaker === speaker && last && last.speaker !== speaker ? [last.text] : [];
    }),
    gapsMs: own.flatMap(({ gapMs }) => (gapMs === undefined ? [] : [gapMs])),
  };
}
