import type { GraphEvent, MeetingRow } from '../../core/meeting.ts';
import { jsonLines } from '../../lib/json-lines.ts';

interface TextFile {
  readonly path: string;
  readonly content: string;
}

/**
 * What a model is tested with: the events without labels, once for each task, and the labels on their own. A prediction is a
 * line `{"id": …, "importance_label": …, "prep_needed": …, "prep_time_minutes": …}`.
 */
export function heldOutFiles(rows: readonly MeetingRow[]): TextFile[] {
  return [
    {
      path: 'held_out/importance_tasks.jsonl',
      content: jsonLines(rows.map((row) => task('importance', row))),
    },
    { path: 'held_out/prep_tasks.jsonl', content: jsonLines(rows.map((row) => task('prep', row))) },
    { path: 'held_out/labels.jsonl', content: jsonLines(rows.map(labelsOf)) },
  ];
}

const questions = {
  importance: 'How important is this meeting for the person: critical, high, medium or low?',
  prep: 'Does the person need to prepare for this meeting, and how many minutes does it take?',
} as const;

function task(name: keyof typeof questions, row: MeetingRow): Record<string, unknown> {
  return {
    id: row.id,
    task: name,
    persona_id: row.persona_id,
    question: questions[name],
    event: eventOf(row),
  };
}

function labelsOf(row: MeetingRow): Record<string, unknown> {
  const { id, persona_id, importance_label, prep_needed, prep_time_minutes } = row;
  return { id, persona_id, tier: tierOfId(persona_id), importance_label, prep_needed, prep_time_minutes };
}

function tierOfId(id: string): number | null {
  const tier = /^tier([123])_/.exec(id)?.[1];
  return tier === undefined ? null : Number(tier);
}

function eventOf(row: MeetingRow): GraphEvent {
  const {
    importance_label: _importance,
    prep_needed: _prep,
    prep_time_minutes: _minutes,
    reasoning: _reasoning,
    persona_id: _persona,
    generation_timestamp: _time,
    _synthetic: _mark,
    provenance: _provenance,
    ...event
  } = row;
  return event;
}
