import type { Finding } from '../../core/finding.ts';
import type { GraphEvent, MeetingLabel } from '../../core/meeting.ts';
import { contentStemsOf } from '../../lib/stemmed-text.ts';
import type { Figure } from './distribution.ts';
import { isStrong } from './lint-meeting.ts';
import type { CheckedMeeting, LabelRecord } from './meeting-record.ts';

/** What the rules of a persona say of an event; null where the persona is not known. */
export type Relabel = (
  personaId: string,
  event: Pick<GraphEvent, 'subject' | 'bodyPreview' | 'attendees' | 'organizer'>,
) => Relabelled | null;

export interface Relabelled {
  readonly label: MeetingLabel;
  readonly matchesPriority: boolean;
  readonly hasWeightyPeople: boolean;
  /** Fired at one strength only, and at least once. */
  readonly isClear: boolean;
}

/** Printed: the same pattern has the same label in 95 %, edge cases are explained in 80 %. */
const patternShare = 0.95;
const edgeShare = 0.8;

/**
 * Same pattern, same label; priority keywords never below high; edge cases explained; labels equal to what the rules say. A pattern
 * is a subject without numbers, of one persona, with or without executives and customers in the room.
 */
export function checkConsistency(
  meetings: readonly CheckedMeeting[],
  relabel: Relabel,
): { readonly figures: readonly Figure[]; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const patterns = new Map<string, Map<string, number>>();
  const edges = { all: 0, explained: 0 };
  const priorities = { all: 0, strong: 0 };
  const unknown = new Set<string>();
  for (const { event, label, place } of meetings) {
    if (label === null) continue;
    const ruled = relabel(label.persona_id, event);
    if (ruled === null) unknown.add(label.persona_id);
    count(patterns, patternOf(event.subject, label, ruled), label.importance_label);
    if (isEdge(label, ruled)) {
      edges.all++;
      if (namesRule(label.reasoning)) edges.explained++;
    }
    if (ruled?.matchesPriority) {
      priorities.all++;
      if (isStrong(label)) priorities.strong++;
    }
    if (ruled) findings.push(...compare(label, ruled, place));
  }
  for (const persona of [...unknown].sort()) {
    const message = 'no card of this id: its labels were not held against rules';
    findings.push({ code: 'meetings-persona-unknown', severity: 'warning', place: persona, message });
  }
  const same = shareOfMajority(patterns);
  const explained = edges.all === 0 ? 1 : edges.explained / edges.all;
  if (same < patternShare)
    findings.push(below('meetings-pattern-inconsistent', 'patterns keep their label', same, patternShare));
  if (explained < edgeShare)
    findings.push(below('meetings-edge-unexplained', 'edge cases are explained', explained, edgeShare));
  return {
    findings,
    figures: [
      figure('same_pattern_same_label', same, 'at least 95'),
      figure(
        'priority_high_or_critical',
        priorities.all === 0 ? 1 : priorities.strong / priorities.all,
        '100',
      ),
      figure('edge_cases_explained', explained, `at least 80; ${edges.all} edge cases`),
    ],
  };
}

function compare(label: LabelRecord, ruled: Relabelled, place: string): Finding[] {
  const findings: Finding[] = [];
  if (label.importance_label !== ruled.label.importance_label) {
    const message = `labelled ${label.importance_label}; the rules say ${ruled.label.importance_label} (${ruled.label.reasoning})`;
    findings.push({ code: 'meeting-label-differs', severity: 'error', place, message });
    if (ruled.matchesPriority && !isStrong(label)) {
      const priority = `a priority keyword, but ${label.importance_label}`;
      findings.push({ code: 'meeting-priority-below-high', severity: 'error', place, message: priority });
    }
  }
  if (label.prep_time_minutes !== ruled.label.prep_time_minutes) {
    const message = `labelled ${label.prep_time_minutes} min; the rules say ${ruled.label.prep_time_minutes} min`;
    findings.push({ code: 'meeting-prep-differs', severity: 'error', place, message });
  }
  return findings;
}

/** Nothing fired, or rules of several strengths did. */
function isEdge({ reasoning }: LabelRecord, ruled: Relabelled | null): boolean {
  if (ruled) return !ruled.isClear;
  const strengths = ['Always', 'Usually', 'Sometimes', 'Rarely'].filter((word) =>
    reasoning.includes(`${word} important`),
  );
  return strengths.length !== 1;
}

function namesRule(reasoning: string): boolean {
  return /\b(?:important|priority|prep|rule|attends)\b/i.test(reasoning);
}

function patternOf(subject: string, { persona_id: persona }: LabelRecord, ruled: Relabelled | null): string {
  const words = contentStemsOf(subject.replace(/[\d$%]+/g, ' '));
  return JSON.stringify([persona, ruled?.hasWeightyPeople ?? null, words.toSorted()]);
}

function count(patterns: Map<string, Map<string, number>>, pattern: string, label: string): void {
  const labels = patterns.get(pattern) ?? new Map<string, number>();
  labels.set(label, (labels.get(label) ?? 0) + 1);
  patterns.set(pattern, labels);
}

/** Share of rows that have the commonest label of their pattern; of patterns that stand once or more. */
function shareOfMajority(patterns: ReadonlyMap<string, ReadonlyMap<string, number>>): number {
  let [rows, same] = [0, 0];
  for (const labels of patterns.values()) {
    const counts = [...labels.values()];
    const total = counts.reduce((sum, value) => sum + value, 0);
    if (total < 2) continue;
    rows += total;
    same += Math.max(...counts);
  }
  return rows === 0 ? 1 : same / rows;
}

function below(code: string, what: string, value: number, wanted: number): Finding {
  const message = `${(value * 100).toFixed(1)} % of ${what}, not ${wanted * 100} %`;
  return { code, severity: 'error', place: 'all', message };
}

function figure(name: string, value: number, note: string): Figure {
  return { name, value: Number((value * 100).toFixed(2)), note: `percent; ${note}` };
}
