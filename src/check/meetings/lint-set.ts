import type { Finding } from '../../core/finding.ts';
import { minutesAt } from './lint-meeting.ts';
import type { CheckedMeeting } from './meeting-record.ts';

/** What is wrong between events: repeated ids, mixed zones, series that do not hold together. `masters`: ids, where they are known. */
export function lintSet(
  meetings: readonly CheckedMeeting[],
  masters: ReadonlySet<string> | null = null,
): Finding[] {
  return [...repeatedIds(meetings), ...mixedZones(meetings), ...lintSeriesSet(meetings, masters)];
}

function repeatedIds(meetings: readonly CheckedMeeting[]): Finding[] {
  const seen = new Map<string, string>();
  return meetings.flatMap(({ event, place }): Finding[] => {
    const before = seen.get(event.id);
    if (before === undefined) {
      seen.set(event.id, place);
      return [];
    }
    const message = `the id stands at ${before} already`;
    return [{ code: 'meeting-id-repeated', severity: 'error', place, message }];
  });
}

function mixedZones(meetings: readonly CheckedMeeting[]): Finding[] {
  const zones = [...new Set(meetings.map(({ event }) => event.start.timeZone))].sort();
  if (zones.length <= 1) return [];
  const message = `${zones.length} time zones: ${zones.join(', ')}`;
  return [{ code: 'meetings-time-zones', severity: 'error', place: 'all', message }];
}

function lintSeriesSet(meetings: readonly CheckedMeeting[], masters: ReadonlySet<string> | null): Finding[] {
  const series = new Map<string, CheckedMeeting[]>();
  for (const meeting of meetings) {
    const id = meeting.event.seriesMasterId;
    if (!id) continue;
    series.set(id, [...(series.get(id) ?? []), meeting]);
  }
  return [...series].flatMap(([id, members]) => lintOneSeries(id, members, masters));
}

function lintOneSeries(
  id: string,
  members: readonly CheckedMeeting[],
  masters: ReadonlySet<string> | null,
): Finding[] {
  const findings: Finding[] = [];
  const place = members[0]?.place ?? id;
  if (masters && !masters.has(id)) {
    findings.push({
      code: 'meeting-series-unknown',
      severity: 'error',
      place,
      message: `no series master ${id}`,
    });
  }
  const regular = members.filter(({ event }) => event.type === 'occurrence');
  const subjects = new Set(regular.map(({ event }) => event.subject));
  if (subjects.size > 1) {
    const message = `occurrences of ${id} have ${subjects.size} subjects`;
    findings.push({ code: 'meeting-series-differs', severity: 'error', place, message });
  }
  const rhythms = new Set(regular.map((meeting) => rhythmOf(meeting)));
  const [rhythm] = rhythms;
  if (regular.length < 2 || rhythms.size !== 1) return findings;
  for (const meeting of members) {
    if (meeting.event.type !== 'exception' || rhythmOf(meeting) !== rhythm) continue;
    const message = `an exception of ${id} that changes neither time, words nor people`;
    findings.push({ code: 'meeting-exception-unchanged', severity: 'error', place: meeting.place, message });
  }
  return findings;
}

/** Everything an exception may change. */
function rhythmOf({ event }: CheckedMeeting): string {
  const start = minutesAt(event.start.dateTime);
  const people = event.attendees.map(({ emailAddress }) => emailAddress.address).sort();
  const length = minutesAt(event.end.dateTime) - start;
  return JSON.stringify([start % (7 * 24 * 60), length, event.subject, event.bodyPreview, people]);
}
