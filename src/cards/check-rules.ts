import type { Card, OracleRules, PrepRule } from '../core/card.ts';
import type { Finding } from '../core/finding.ts';

/** Whether a card has the rules that its kind lives by, and whether they agree with each other. */
export function checkRules(card: Card, place: string): Finding[] {
  const error = (code: string, message: string): Finding => ({ code, severity: 'error', place, message });
  const findings = missingRules(card).map((message) => error('card-no-rules', message));
  const { oracle, conversation } = card.rules;
  if (oracle) {
    findings.push(...contradictions(oracle).map((message) => error('card-contradictory-rules', message)));
    findings.push(...prepRanges(oracle).map((message) => error('card-range-reversed', message)));
    findings.push(...checkTier(card.id, oracle, error), ...checkPriorities(oracle, place));
  }
  if (conversation) {
    const { what_engages, what_frustrates } = conversation.behavioral_triggers;
    findings.push(
      ...shared(what_engages, what_frustrates).map((phrase) =>
        error('card-contradictory-rules', `rules.conversation: "${phrase}" engages and frustrates`),
      ),
    );
  }
  return findings;
}

function missingRules({ kind, rules, voice }: Card): string[] {
  if (kind === 'oracle') {
    const lists = rules.oracle ? Object.values(rules.oracle.importance) : [];
    if (lists.some((list) => list.length > 0) || (rules.oracle?.priorities.length ?? 0) > 0) return [];
    return ['rules.oracle: an oracle card needs rules of importance or priorities; it has none'];
  }
  if (kind === 'training') {
    return rules.conversation ? [] : ['rules.conversation: a training card needs them; it has none'];
  }
  if (kind === 'character') {
    if (voice.traits.length + voice.speech_patterns.length + voice.phrases.length > 0) return [];
    return ['voice: a character needs traits, speech patterns or phrases; it has none'];
  }
  return [];
}

/** Pairs of lists that nothing can stand in both of. */
function contradictions({ importance, rsvp, prep }: OracleRules): string[] {
  const both = (a: string, first: readonly string[], b: string, second: readonly string[]): string[] =>
    shared(first, second).map((phrase) => `rules.oracle: "${phrase}" stands in ${a} and in ${b}`);
  const phrases = (rules: readonly PrepRule[]): string[] => rules.map(({ match }) => match);
  return [
    ...both('importance.always', importance.always, 'importance.rarely', importance.rarely),
    ...both('importance.usually', importance.usually, 'importance.rarely', importance.rarely),
    ...both(
      'rsvp.always_accept',
      rsvp['always_accept'] ?? [],
      'rsvp.always_decline',
      rsvp['always_decline'] ?? [],
    ),
    ...both('prep.requires', phrases(prep.requires), 'prep.none', phrases(prep.none)),
  ];
}

/** Phrases of `first` that are also in `second`; case, spaces and punctuation do not count. */
function shared(first: readonly string[], second: readonly string[]): string[] {
  const known = new Set(second.map(normalise));
  return first.filter((phrase) => known.has(normalise(phrase)));
}

function normalise(phrase: string): string {
  return phrase
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

function prepRanges({ prep }: OracleRules): string[] {
  return Object.entries(prep).flatMap(([name, rules]: [string, readonly PrepRule[]]) =>
    rules
      .filter(({ minutes }) => minutes && (minutes[0] < 0 || minutes[0] > minutes[1]))
      .map(
        ({ match, minutes }) =>
          `rules.oracle.prep.${name}: "${match}": ${minutes?.join(' to ')} minutes is not a range`,
      ),
  );
}

function checkTier(
  id: string,
  { tier }: OracleRules,
  error: (code: string, message: string) => Finding,
): Finding[] {
  const named = /^tier(\d)_/.exec(id)?.[1];
  return named !== undefined && named !== String(tier)
    ? [error('card-tier-differs', `rules.oracle.tier: ${tier}, but the id "${id}" says tier ${named}`)]
    : [];
}

/** The documents give every meeting persona three to five priorities. */
function checkPriorities({ priorities }: OracleRules, place: string): Finding[] {
  const warning = (code: string, message: string): Finding => ({ code, severity: 'warning', place, message });
  const findings: Finding[] = [];
  if (priorities.length < 3 || priorities.length > 5) {
    const message = `rules.oracle.priorities: ${priorities.length}; three to five are meant`;
    findings.push(warning('card-priority-count', message));
  }
  const total = priorities.reduce((sum, { share }) => sum + (share ?? 0), 0);
  if (total > 1.005) {
    const message = `rules.oracle.priorities: shares add up to ${total.toFixed(2)}, more than the whole`;
    findings.push(warning('card-priority-shares', message));
  }
  for (const { name, keywords } of priorities) {
    if (keywords.length > 0) continue;
    findings.push(
      warning('card-priority-keywords', `rules.oracle.priorities: "${name}" has no keywords and never fires`),
    );
  }
  return findings;
}
