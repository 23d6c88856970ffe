import type { Finding } from '../../core/finding.ts';
import type { CellOf } from './read-conversation.ts';

/**
 * That every persona has each scenario exactly once, and that identifiers are ours and unique. Personas are those of the data:
 * a trial with five is as whole as one with twenty.
 */
export function checkGrid(conversations: readonly CellOf[], scenarios: readonly string[]): Finding[] {
  return [...checkIds(conversations), ...checkCells(conversations, scenarios)];
}

function checkIds(conversations: readonly CellOf[]): Finding[] {
  const seen = new Set<string>();
  return conversations.flatMap(({ conversation_id: id }): Finding[] => {
    if (id === '') return [];
    const found: Finding[] = [];
    if (!/^conv_\d{4,}$/u.test(id))
      found.push({
        code: 'conversation-id-format',
        severity: 'error',
        place: id,
        message: `"${id}" is not conv_ and four digits.`,
      });
    if (seen.has(id))
      found.push({
        code: 'conversation-id-twice',
        severity: 'error',
        place: id,
        message: 'Another conversation has this id.',
      });
    seen.add(id);
    return found;
  });
}

function checkCells(conversations: readonly CellOf[], scenarios: readonly string[]): Finding[] {
  const found: Finding[] = [];
  const byPersona = new Map<string, string[]>();
  for (const { persona_id: persona, scenario, conversation_id: id } of conversations) {
    if (persona === '' || scenario === '') continue;
    const had = byPersona.get(persona) ?? [];
    if (had.includes(scenario))
      found.push({
        code: 'cell-twice',
        severity: 'error',
        place: id,
        message: `${persona} has the scenario "${scenario}" already.`,
      });
    if (scenarios.length > 0 && !scenarios.includes(scenario))
      found.push({
        code: 'scenario-unknown',
        severity: 'warning',
        place: id,
        message: `"${scenario}" is none of the ${scenarios.length} scenarios.`,
      });
    byPersona.set(persona, [...had, scenario]);
  }
  if (scenarios.length === 0) return found;
  for (const [persona, had] of [...byPersona].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    if (had.length !== scenarios.length)
      found.push({
        code: 'persona-count',
        severity: 'error',
        place: persona,
        message: `It has ${had.length} conversations; expected ${scenarios.length}.`,
      });
    for (const scenario of scenarios)
      if (!had.includes(scenario))
        found.push({
          code: 'cell-missing',
          severity: 'error',
          place: persona,
          message: `It has no conversation of the scenario "${scenario}".`,
        });
  }
  return found;
}
