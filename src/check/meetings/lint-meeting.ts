import type { Finding } from '../../core/finding.ts';
import { ownAddress } from '../../core/meeting.ts';
import type { CheckedMeeting, LabelRecord, MeetingRecord } from './meeting-record.ts';

/** What is wrong with one event that has the right shape. */
export function lintMeeting({ event, label, place }: CheckedMeeting): Finding[] {
  const findings: Finding[] = [];
  const add = (code: string, message: string, severity: Finding['severity'] = 'error'): void =>
    void findings.push({ code, severity, place, message });
  lintTime(event, add);
  lintSeries(event, add);
  lintPeople(event, label !== null, add);
  lintText(event, add);
  if (label) lintLabel(label, add);
  return findings;
}

type Add = (code: string, message: string, severity?: Finding['severity']) => void;

/** Printed format of a local time: seven fractional digits, no zone. */
const graphTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{7}$/;
const roomWords = /\b(?:conf(?:erence)?\.? ?r(?:oo)?m|meeting room|boardroom|room [A-Z]?\d+)\b/i;
const longestPreview = 255;
const mostAttendees = 500;

function lintTime({ start, end }: MeetingRecord, add: Add): void {
  for (const [name, time] of Object.entries({ start, end })) {
    if (!graphTime.test(time.dateTime) || Number.isNaN(minutesAt(time.dateTime))) {
      add('meeting-time-format', `${name}.dateTime is ${time.dateTime}, not 2025-11-15T10:00:00.0000000`);
    }
  }
  if (start.timeZone !== end.timeZone) {
    add('meeting-time-zone-mixed', `starts in ${start.timeZone} and ends in ${end.timeZone}`);
  }
  const minutes = durationOf({ start, end });
  if (minutes <= 0) add('meeting-time-order', `ends ${-minutes} minutes before it starts`);
  else if (minutes > 24 * 60) add('meeting-duration-odd', `takes ${minutes} minutes`, 'warning');
}

function lintSeries({ type, seriesMasterId }: MeetingRecord, add: Add): void {
  const isInstance = type === 'occurrence' || type === 'exception';
  if (isInstance && !seriesMasterId) add('meeting-series-missing', `an ${type} without seriesMasterId`);
  if (!isInstance && seriesMasterId) {
    add('meeting-series-on-single', `a ${type} with seriesMasterId ${seriesMasterId}`);
  }
}

function lintPeople(event: MeetingRecord, isLabelled: boolean, add: Add): void {
  const { attendees, organizer, responseStatus, isOrganizer } = event;
  for (const { type, emailAddress } of attendees) {
    if (type !== 'resource' && roomWords.test(emailAddress.name)) {
      add('meeting-room-type', `${emailAddress.name} is a room, but ${type}`);
    }
  }
  if (attendees.length > mostAttendees || attendees.length < 2 || attendees.length > 15) {
    const isWrong = isLabelled || attendees.length > mostAttendees;
    add(
      'meeting-attendee-count',
      `${attendees.length} attendees, not 2 to 15`,
      isWrong ? 'error' : 'warning',
    );
  }
  const addresses = attendees.map(({ emailAddress }) => emailAddress.address.toLowerCase());
  const repeated = addresses.find((address, index) => addresses.indexOf(address) < index);
  if (repeated !== undefined) add('meeting-attendee-repeated', `${repeated} is asked twice`);
  const isOwn = isOrganizer ?? organizer.emailAddress.address === ownAddress;
  if (isOwn !== (responseStatus.response === 'organizer')) {
    const who = isOwn ? 'the organiser' : 'no organiser';
    add('meeting-own-response', `the person is ${who}, but responded ${responseStatus.response}`);
  }
  const own = attendees.find(({ emailAddress }) => emailAddress.address === ownAddress);
  if (own && !isOwn && own.status.response !== responseStatus.response) {
    add(
      'meeting-own-status-differs',
      `responseStatus says ${responseStatus.response}, the list of attendees ${own.status.response}`,
    );
  }
}

function lintText({ subject, bodyPreview }: MeetingRecord, add: Add): void {
  if (subject.trim().length < 3) add('meeting-subject-empty', `the subject is "${subject}"`);
  if (
    /\{\w*\}|<\w+>|\[(?:name|project|company|topic|date)\]|lorem ipsum/i.test(`${subject} ${bodyPreview}`)
  ) {
    add('meeting-placeholder', `a place is left open: ${subject}`);
  }
  if (bodyPreview.trim() === '') add('meeting-body-empty', 'there is no body', 'warning');
  if (bodyPreview.length > longestPreview) {
    add(
      'meeting-preview-long',
      `${bodyPreview.length} characters; Graph cuts at ${longestPreview}`,
      'warning',
    );
  }
}

function lintLabel(label: LabelRecord, add: Add): void {
  const { prep_needed: isNeeded, prep_time_minutes: minutes, reasoning, generation_timestamp: at } = label;
  if (isNeeded && (minutes < 15 || minutes > 90)) {
    add('meeting-prep-range', `${minutes} minutes of preparation, not 15 to 90`);
  } else if (isNeeded && minutes > 60) {
    add('meeting-prep-long', `${minutes} minutes of preparation are more than an hour`, 'warning');
  }
  if (!isNeeded && minutes !== 0) add('meeting-prep-inconsistent', `no preparation, but ${minutes} minutes`);
  if (reasoning.trim() === '') add('meeting-reasoning-empty', 'no rule is named for the label');
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z$/.test(at)) {
    add('meeting-timestamp-zone', `generation_timestamp is ${at}, not UTC with Z`);
  }
  if (/Matches priority:/.test(reasoning) && !isStrong(label)) {
    add('meeting-priority-below-high', `a priority is matched, but it is ${label.importance_label}`);
  }
}

export function isStrong({ importance_label: importance }: LabelRecord): boolean {
  return importance === 'critical' || importance === 'high';
}

/** Length in minutes; not a number where a time cannot be read. */
export function durationOf({ start, end }: Pick<MeetingRecord, 'start' | 'end'>): number {
  return minutesAt(end.dateTime) - minutesAt(start.dateTime);
}

/** Minutes since 1970 of a local time, read without a zone. */
export function minutesAt(dateTime: string): number {
  return Date.parse(`${dateTime.slice(0, 19)}Z`) / 60_000;
}
