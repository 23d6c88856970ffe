import type { TopicWords, Turn, TurnRange } from '../../core/conversation.ts';
import type { Finding } from '../../core/finding.ts';
import { findPlaceholder, findRefusal } from '../../lib/model-marks.ts';
import { readSpeechPatterns, type Speech, type Voice } from '../../lib/speech-patterns.ts';
import { countTopic, smallTalkAllowance } from '../../lib/topic.ts';

export interface TurnRules {
  /** Turns of every conversation. */
  readonly range: TurnRange;
  /** Turns of this persona's type, inside `range`; null where the type has none. */
  readonly typeRange: TurnRange | null;
  /** null: the persona's card is not known. */
  readonly voice: (Voice & { readonly summary: string }) | null;
  readonly topic: TopicWords | null;
}

/** Below it a conversation is no use at all; above the other its training example is cut. */
const hardFloorTurns = 12;
const longTurns = 30;

/** Share of turns that must hold a word of the domain. */
const leastOnTopic = 0.3;

/** Every rule on the turns of one conversation; `place` names it. Errors first fixed, then told again: all are listed. */
export function checkTurns(turns: readonly Turn[], rules: TurnRules, place: string): Finding[] {
  return [
    ...checkLength(turns.length, rules, place),
    ...checkRoles(turns, place),
    ...checkTexts(turns, place),
    ...checkPauses(turns, rules, place),
    ...checkSpeech(turns, rules, place),
    ...checkTopic(turns, rules, place),
  ];
}

function checkLength(count: number, { range, typeRange }: TurnRules, place: string): Finding[] {
  const [least, most] = range;
  const found: Finding[] = [];
  const add = (code: string, severity: Finding['severity'], message: string): void => {
    found.push({ code, severity, place, message });
  };
  if (count < Math.min(hardFloorTurns, least))
    add('turns-below-floor', 'error', `It has ${count} turns; below ${hardFloorTurns} it is of no use.`);
  else if (count < least)
    add('turns-too-few', 'error', `It has ${count} turns; there must be ${least} to ${most}.`);
  else if (count > most)
    add('turns-too-many', 'error', `It has ${count} turns; there must be ${least} to ${most}.`);
  else if (typeRange && (count < typeRange[0] || count > typeRange[1]))
    add(
      'turns-outside-type-range',
      'warning',
      `It has ${count} turns; people of this type take ${typeRange[0]} to ${typeRange[1]}.`,
    );
  if (count > longTurns)
    add('turns-above-thirty', 'warning', `It has ${count} turns; above ${longTurns} a trainer may cut it.`);
  return found;
}

function checkRoles(turns: readonly Turn[], place: string): Finding[] {
  const found: Finding[] = [];
  const first = turns[0]?.role;
  if (first !== undefined && first !== 'agent')
    found.push({
      code: 'first-role',
      severity: 'error',
      place: `${place} turn 0`,
      message: `It begins with "${first}"; the persona (agent) speaks first.`,
    });
  const at = turns.findIndex((turn, index) => index > 0 && turn.role === turns[index - 1]?.role);
  if (at > 0)
    found.push({
      code: 'roles-not-alternating',
      severity: 'error',
      place: `${place} turn ${at}`,
      message: `"${turns[at]?.role}" speaks twice in a row; this is the first such turn.`,
    });
  return found;
}

function checkTexts(turns: readonly Turn[], place: string): Finding[] {
  const found: Finding[] = [];
  for (const [index, { text }] of turns.entries()) {
    const add = (code: string, message: string): void => {
      found.push({ code, severity: 'error', place: `${place} turn ${index}`, message });
    };
    if (text.trim() === '') {
      add('text-blank', 'Its text is blank.');
      continue;
    }
    const refusal = findRefusal(text);
    if (refusal !== undefined) add('refusal-text', `"${refusal}" is a model speaking of itself.`);
    const placeholder = findPlaceholder(text);
    if (placeholder !== undefined) add('placeholder-text', `"${placeholder.trim()}" was never filled in.`);
  }
  const texts = turns.map(({ text }) => text.trim());
  const again = texts.findIndex(
    (text, index) => text.split(/\s+/u).length >= 4 && texts.indexOf(text) < index,
  );
  if (again >= 0)
    found.push({
      code: 'turn-repeated',
      severity: 'warning',
      place: `${place} turn ${again}`,
      message: 'The same sentence was said before in this conversation.',
    });
  return found;
}

function checkPauses(turns: readonly Turn[], { voice }: TurnRules, place: string): Finding[] {
  return turns.flatMap(({ role, gap_ms: gap }, index): Finding[] => {
    if (gap === undefined) return [];
    const range = role === 'agent' ? (voice?.gap_ms ?? null) : null;
    const isNumber = Number.isFinite(gap) && gap >= 0;
    if (isNumber && (!range || (gap >= range[0] && gap <= range[1]))) return [];
    const wanted = range ? `${range[0]} to ${range[1]} ms` : 'a number of milliseconds';
    return [
      {
        code: 'gap-outside-range',
        severity: 'error',
        place: `${place} turn ${index}`,
        message: `gap_ms is ${gap}; it must be ${wanted}.`,
      },
    ];
  });
}

/** The persona's turns as its patterns measure them. */
export function speechOf(turns: readonly Turn[]): Speech {
  const own = turns.filter(({ role }) => role === 'agent');
  return {
    texts: own.map(({ text }) => text),
    before: turns.flatMap((turn, index) =>
      turn.role === 'agent' && index > 0 ? [turns[index - 1]?.text ?? ''] : [],
    ),
    gapsMs: own.flatMap(({ gap_ms: gap }) => (gap === undefined ? [] : [gap])),
  };
}

function checkSpeech(turns: readonly Turn[], { voice }: TurnRules, place: string): Finding[] {
  if (!voice) return [];
  // Pauses are ours, not the model's: they prove nothing about what was said.
  const speech = { ...speechOf(turns), gapsMs: [] };
  const measurable = readSpeechPatterns(voice).flatMap(({ name, hit }) => (hit ? [{ name, hit }] : []));
  if (measurable.length === 0) return [];
  const missing = measurable.filter(({ hit }) => !hit(speech)).map(({ name }) => name);
  if (missing.length === measurable.length)
    return [
      {
        code: 'speech-pattern-missing',
        severity: 'error',
        place,
        message: `None of the persona's speech patterns is in it: ${missing.join('; ')}.`,
      },
    ];
  if (missing.length * 2 <= measurable.length) return [];
  return [
    {
      code: 'speech-patterns-few',
      severity: 'warning',
      place,
      message: `${missing.length} of ${measurable.length} speech patterns are not in it: ${missing.join('; ')}.`,
    },
  ];
}

function checkTopic(turns: readonly Turn[], { topic, voice }: TurnRules, place: string): Finding[] {
  if (!topic || turns.length === 0) return [];
  const texts = turns.map(({ text }) => text);
  const { onTopic, smallTalk, foreign } = countTopic(texts, topic);
  const found: Finding[] = [];
  const word = foreign[0];
  if (word)
    found.push({
      code: 'off-topic',
      severity: 'error',
      place: `${place} turn ${word.turn}`,
      message: `"${word.word}" has no business here.`,
    });
  else if (onTopic < leastOnTopic * turns.length)
    found.push({
      code: 'off-topic',
      severity: 'error',
      place,
      message: `Only ${onTopic} of ${turns.length} turns hold a word of the domain.`,
    });
  const allowed = smallTalkAllowance(voice ? [voice.summary, ...voice.speech_patterns] : ['small talk']);
  if (smallTalk.length > allowed)
    found.push({
      code: 'small-talk-too-much',
      severity: 'error',
      place: `${place} turn ${smallTalk[allowed] ?? 0}`,
      message: `${smallTalk.length} turns are small talk; this persona may have ${allowed}.`,
    });
  return found;
}
