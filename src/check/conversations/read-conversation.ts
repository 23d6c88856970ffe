import { type Conversation, type Turn, turnRoles } from '../../core/conversation.ts';
import type { Finding } from '../../core/finding.ts';

/** Which cell of the grid a record fills; empty where it does not say. */
export type CellOf = Pick<Conversation, 'persona_id' | 'conversation_id' | 'scenario'>;

/**
 * The record as a conversation, as far as it is one, and what is missing. `conversation` is null where its turns cannot be
 * checked, `cell` where the record is no object.
 */
export function readConversation(
  record: unknown,
  index: number,
): {
  readonly cell: CellOf | null;
  readonly conversation: Conversation | null;
  readonly findings: readonly Finding[];
} {
  if (!isFields(record))
    return {
      cell: null,
      conversation: null,
      findings: [error('record-not-object', `record ${index}`, `It is ${kindOf(record)}, not an object.`)],
    };
  const id = record['conversation_id'];
  const place = typeof id === 'string' && id !== '' ? id : `record ${index}`;
  const cell = {
    persona_id: textOf(record['persona_id']),
    conversation_id: textOf(id),
    scenario: textOf(record['scenario']),
  };
  const findings = required.flatMap((name) => checkText(record, name, place));
  const turns = record['turns'];
  if (!Array.isArray(turns) || turns.length === 0) {
    const what = turns === undefined ? 'are missing' : Array.isArray(turns) ? 'are empty' : 'are no list';
    return {
      cell,
      conversation: null,
      findings: [...findings, error('missing-turns', place, `Its turns ${what}.`)],
    };
  }
  const read = turns.map((turn: unknown, at) => readTurn(turn, `${place} turn ${at}`));
  const isWhole = read.every(({ turn }) => turn !== null);
  return {
    cell,
    conversation: isWhole
      ? {
          ...cell,
          system_prompt: textOf(record['system_prompt']),
          turns: read.flatMap(({ turn }) => (turn ? [turn] : [])),
        }
      : null,
    findings: [...findings, ...read.flatMap((entry) => entry.findings)],
  };
}

const required = ['persona_id', 'conversation_id', 'scenario', 'system_prompt'] as const;

function checkText(record: Readonly<Record<string, unknown>>, name: string, place: string): Finding[] {
  const value = record[name];
  if (typeof value === 'string' && value.trim() !== '') return [];
  const what =
    value === undefined ? 'is missing' : typeof value === 'string' ? 'is blank' : `is ${kindOf(value)}`;
  return [error(`missing-${name.replaceAll('_', '-')}`, place, `Its ${name} ${what}.`)];
}

function readTurn(value: unknown, place: string): { turn: Turn | null; findings: Finding[] } {
  if (!isFields(value))
    return { turn: null, findings: [error('turn-not-object', place, `The turn is ${kindOf(value)}.`)] };
  const { role, text, gap_ms: gap } = value;
  const findings: Finding[] = [];
  const known = turnRoles.find((name) => name === role);
  if (!known)
    findings.push(
      error(
        'role-unknown',
        place,
        `The role is ${JSON.stringify(role) ?? 'missing'}; it must be agent or user.`,
      ),
    );
  if (typeof text !== 'string') findings.push(error('missing-text', place, `The text is ${kindOf(text)}.`));
  if (!known || typeof text !== 'string') return { turn: null, findings };
  return {
    turn: {
      role: known,
      text,
      ...(gap === undefined ? {} : { gap_ms: typeof gap === 'number' ? gap : Number.NaN }),
    },
    findings,
  };
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function error(code: string, place: string, message: string): Finding {
  return { code, severity: 'error', place, message };
}
