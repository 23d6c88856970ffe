import { RowError } from '../../core/errors.ts';
import type { Message } from '../../core/row.ts';
import { assignRoles, chatRole } from './roles.ts';

export interface Turn {
  /** Empty where the corpus does not say who speaks. */
  readonly speaker: string;
  readonly text: string;
}

/** Messages of a dialogue among named people; turns without text are left out; among more than two speakers people keep their names. */
export function turnsToMessages(turns: readonly Turn[]): Message[] {
  const spoken = turns.filter((turn) => turn.text !== '');
  if (spoken.length === 0) throw new RowError('the dialogue has no turn with text', { code: 'no-text' });
  const speakers = [...new Set(spoken.map((turn) => turn.speaker))];
  const anonymous = speakers.length === 1 && speakers[0] === '';
  const people = speakers.filter((speaker) => chatRole(speaker) === undefined).length;
  const roles = assignRoles(speakers);
  return spoken.map((turn, index) => {
    const role = anonymous ? (index % 2 === 0 ? 'user' : 'assistant') : (roles.get(turn.speaker) ?? 'user');
    return people > 2 && turn.speaker !== '' && chatRole(turn.speaker) === undefined
      ? { role, content: turn.text, name: turn.speaker }
      : { role, content: turn.text };
  });
}
