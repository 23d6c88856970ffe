import type { Finding } from '../../core/finding.ts';
import { importanceLabels } from '../../core/meeting.ts';
import { agreementOf } from '../../lib/agreement.ts';
import { fromCsv, toCsv } from '../../lib/csv-text.ts';
import { seededRandom } from '../../lib/seeded-random.ts';
import type { Figure } from './distribution.ts';
import { durationOf } from './lint-meeting.ts';
import type { CheckedMeeting } from './meeting-record.ts';

/** Columns that a person reads, then those that a person fills in. The labels are not among them: the review is blind. */
export const reviewColumns = [
  'id',
  'persona_id',
  'subject',
  'body',
  'people',
  'start',
  'minutes',
  'subject_authentic (yes/no)',
  'importance (critical/high/medium/low)',
  'prep_needed (yes/no)',
  'comment',
] as const;
const [authentic, importance, prep] = [7, 8, 9];

const reviewRows = 100;
/** Printed: nine of ten subjects pass, and people agree with nine of ten labels. */
const wantedShare = 0.9;
/** Fewer answers say too little to fail a set. */
const fewestAnswers = 20;

/** A hundred labelled rows drawn by the seed, as CSV with empty columns for a person. */
export function reviewSheet(meetings: readonly CheckedMeeting[], seed: string): string {
  const random = seededRandom(`review/${seed}`);
  const keyed = meetings
    .filter(({ label }) => label !== null)
    .map((meeting) => ({ meeting, key: random() }))
    .toSorted((left, right) => left.key - right.key)
    .slice(0, reviewRows);
  return toCsv([[...reviewColumns], ...keyed.map(({ meeting }) => sheetRow(meeting))]);
}

function sheetRow({ event, label }: CheckedMeeting): string[] {
  const people = event.attendees.map(({ type, emailAddress }) =>
    type === 'required' ? emailAddress.name : `${emailAddress.name} [${type}]`,
  );
  return [
    event.id,
    label?.persona_id ?? '',
    event.subject,
    event.bodyPreview,
    `by ${event.organizer.emailAddress.name}: ${people.join('; ')}`,
    event.start.dateTime.slice(0, 16),
    String(durationOf(event)),
    '',
    '',
    '',
    '',
  ];
}

/** Reads a filled sheet, CSV or JSON Lines with the same columns: pass rate of subjects, agreement and kappa of both labels. */
export function readReview(
  text: string,
  meetings: readonly CheckedMeeting[],
): { readonly figures: readonly Figure[]; readonly findings: readonly Finding[] } {
  const rows = text.trimStart().startsWith('{') ? jsonRows(text) : fromCsv(text);
  const byId = new Map(meetings.map((meeting) => [meeting.event.id, meeting]));
  const findings: Finding[] = [];
  const subjects: boolean[] = [];
  const labels: [string, string][] = [];
  const preps: [string, string][] = [];
  for (const [index, row] of rows.entries()) {
    const id = row[0] ?? '';
    const label = byId.get(id)?.label;
    if (index === 0 && id === 'id') continue;
    if (!label) {
      findings.push(bad('review-id-unknown', `row ${index + 1}`, `no labelled meeting has the id "${id}"`));
      continue;
    }
    const isAuthentic = yesOrNo(row[authentic] ?? '');
    if (isAuthentic !== null) subjects.push(isAuthentic);
    const answered = (row[importance] ?? '').trim().toLowerCase();
    if ((importanceLabels as readonly string[]).includes(answered)) {
      labels.push([answered, label.importance_label]);
    } else if (answered !== '') {
      findings.push(
        bad('review-answer-unknown', id, `"${answered}" is none of ${importanceLabels.join(', ')}`),
      );
    }
    const needs = yesOrNo(row[prep] ?? '');
    if (needs !== null) preps.push([String(needs), String(label.prep_needed)]);
  }
  const passed = subjects.filter(Boolean).length / Math.max(1, subjects.length);
  findings.push(
    ...judged('review-subjects', 'subjects pass', passed, subjects.length),
    ...judged('review-labels', 'labels agree', agreementOf(labels).observed, labels.length),
  );
  return {
    findings,
    figures: [
      {
        name: 'review_subjects_pass',
        value: percent(passed),
        note: `percent of ${subjects.length}; at least 90`,
      },
      ...agreementFigures('review_importance', labels),
      ...agreementFigures('review_prep', preps),
    ],
  };
}

function agreementFigures(name: string, pairs: readonly [string, string][]): Figure[] {
  const { observed, kappa, interval } = agreementOf(pairs);
  if (kappa === null || interval === null) return [];
  const note = `Cohen's kappa, 95 % interval ${interval[0].toFixed(2)} to ${interval[1].toFixed(2)}`;
  return [
    { name: `${name}_agreement`, value: percent(observed), note: `percent of ${pairs.length}` },
    { name: `${name}_kappa`, value: Number(kappa.toFixed(3)), note },
  ];
}

function judged(code: string, what: string, share: number, answers: number): Finding[] {
  if (answers === 0 || share >= wantedShare) return [];
  const message = `${percent(share)} % of ${answers} ${what}, not ${wantedShare * 100} %`;
  return [{ code, severity: answers < fewestAnswers ? 'warning' : 'error', place: 'review', message }];
}

function jsonRows(text: string): string[][] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const value = parsedOrNull(line);
      return reviewColumns.map((column) => cellOf(value, column));
    });
}

/** A column by its name, with or without the hint in brackets. */
function cellOf(value: Readonly<Record<string, unknown>> | null, column: string): string {
  const found = value?.[column] ?? value?.[column.replace(/ \(.*\)$/, '')];
  if (typeof found === 'boolean') return found ? 'yes' : 'no';
  return typeof found === 'string' || typeof found === 'number' ? String(found) : '';
}

function parsedOrNull(line: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function yesOrNo(text: string): boolean | null {
  const answer = text.trim().toLowerCase();
  if (['yes', 'y', 'true', '1', 'x'].includes(answer)) return true;
  return ['no', 'n', 'false', '0'].includes(answer) ? false : null;
}

function bad(code: string, place: string, message: string): Finding {
  return { code, severity: 'warning', place, message };
}

function percent(share: number): number {
  return Number((share * 100).toFixed(1));
}
