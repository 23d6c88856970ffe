import { z } from 'zod';

import type { Finding } from '../../core/finding.ts';
import type { Acceptance } from '../../llm/ask.ts';
import type { Wording } from './wording.ts';

/** Wordings with their cell numbers, 1 … n, each once. */
export type Wordings = readonly (Wording & { readonly cell: number })[];

const meetingShape = z.object({
  cell: z.number().int(),
  subject: z.string(),
  body: z.string(),
  people: z.array(z.object({ name: z.string(), title: z.string() })).default([]),
});
const answerShape = z.object({ meetings: z.array(z.unknown()) });

/**
 * Checks an answer meeting by meeting. What is good is taken and what is not is listed, to be asked again; with less than half
 * of the cells good the whole answer is turned down.
 */
export function acceptWordings(place: string, cells: number, answer: unknown): Acceptance<Wordings> {
  const parsed = answerShape.safeParse(answer);
  if (!parsed.success) {
    return { findings: [problem('meetings-answer-shape', place, 'the answer is not {"meetings": […]}')] };
  }
  const wordings = new Map<number, Wording>();
  const findings: Finding[] = [];
  for (const item of parsed.data.meetings) {
    const checked = checkMeeting(place, cells, item);
    findings.push(...checked.findings);
    if (checked.cell !== undefined && checked.wording && !wordings.has(checked.cell)) {
      wordings.set(checked.cell, checked.wording);
    }
  }
  const missing = Array.from({ length: cells }, (_, index) => index + 1).filter(
    (cell) => !wordings.has(cell),
  );
  if (missing.length > 0) {
    findings.push(problem('meetings-missing', place, `no usable meeting for cell ${missing.join(', ')}`));
  }
  if (wordings.size === 0 || wordings.size * 2 < cells) return { findings };
  const value = [...wordings].map(([cell, wording]) => ({ cell, ...wording }));
  return { value, findings: findings.map((finding) => ({ ...finding, severity: 'warning' })) };
}

function checkMeeting(
  place: string,
  cells: number,
  item: unknown,
): { cell?: number; wording?: Wording; findings: Finding[] } {
  const smuggled = labelKeys.filter((key) => typeof item === 'object' && item !== null && key in item);
  const parsed = meetingShape.safeParse(item);
  if (!parsed.success) {
    const { path = [], message = '' } = parsed.error.issues[0] ?? {};
    return { findings: [problem('meetings-item-shape', place, `${path.join('.')}: ${message}`)] };
  }
  const { cell, subject, body, people } = parsed.data;
  const where = `${place} cell ${cell}`;
  if (cell < 1 || cell > cells) {
    return { findings: [problem('meetings-unknown-cell', where, `cells are 1 to ${cells}`)] };
  }
  const wording = { subject: oneLine(subject), body: oneLine(body), people: people.map(cleanPerson) };
  const findings = textFindings(where, wording);
  if (smuggled.length > 0) {
    findings.push(
      problem(
        'meetings-label-smuggled',
        where,
        `the rules label, not the model; it sent ${smuggled.join(', ')}`,
      ),
    );
  }
  return findings.length > 0 ? { findings } : { cell, wording, findings };
}

function textFindings(where: string, { subject, body }: Wording): Finding[] {
  const findings: Finding[] = [];
  const add = (code: string, message: string): void => void findings.push(problem(code, where, message));
  if (subject.length < 4 || subject.length > 120) {
    add('meetings-subject-length', `the subject has ${subject.length} characters; 4 to 120 are a subject`);
  }
  if (body.length < 20 || body.length > 1000) {
    add('meetings-body-length', `the body has ${body.length} characters; 20 to 1000 are a body`);
  }
  if (placeholder.test(`${subject} ${body}`)) add('meetings-placeholder', `a place is left open: ${subject}`);
  if (labelInText.test(`${subject} ${body}`)) {
    add('meetings-label-smuggled', `the text says how important it is: ${subject}`);
  }
  if (!isEnglish(`${subject} ${body}`)) add('meetings-language', `not English: ${body.slice(0, 60)}`);
  return findings;
}

/** Latin letters in the main, and in a text of ten words or more one of the commonest English words. */
function isEnglish(text: string): boolean {
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  const latin = text.match(/\p{Script=Latin}/gu)?.length ?? 0;
  if (letters === 0 || latin / letters < 0.8) return false;
  const words = text.toLowerCase().match(/[\p{L}']+/gu) ?? [];
  const common = words.filter((word) => commonWords.has(word)).length;
  return words.length < 10 || common / words.length >= 0.08;
}

function cleanPerson({ name, title }: { name: string; title: string }): { name: string; title: string } {
  return { name: oneLine(name).replace(/[()]/g, ''), title: oneLine(title).replace(/[()]/g, '') };
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function problem(code: string, place: string, message: string): Finding {
  return { code, severity: 'error', place, message };
}

const labelKeys = [
  'importance',
  'importance_label',
  'label',
  'prep_needed',
  'prep_time_minutes',
  'reasoning',
  'route',
];
const labelInText =
  /\b(?:importance(?:_label)?|prep_needed|prep_time_minutes)\s*["']?\s*[:=]|\[(?:critical|high|medium|low)\]/i;
const placeholder = /\{\w*\}|<\w+>|\[(?:name|project|company|topic|date|your [a-z]+)\]|\blorem ipsum\b/i;
const commonWords = new Set(
  'a about an and are as at be before by can for from has have if in is it its last me new no not of on or our please so that the then this to up us was we what when where who will with you your'.split(
    ' ',
  ),
);
