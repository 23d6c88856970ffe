import type { Card } from '../../core/card.ts';
import { ConfigError } from '../../core/errors.ts';
import type { Finding } from '../../core/finding.ts';
import type { MeetingRow } from '../../core/meeting.ts';
import type { CalendarFrame } from '../../make/meetings/events.ts';
import { type MeetingGroup, type MeetingPlan, planMeetings } from '../../make/meetings/plan.ts';
import { mastersOfCard, rowsOfCard, type SeriesMaster } from '../../make/meetings/rows.ts';
import { statisticsOf } from '../../make/meetings/statistics.ts';
import { heldOutFiles } from '../../make/meetings/held-out.ts';
import { vocabularyOf } from '../../make/meetings/template.ts';
import { type WordedBatch, wordGroups } from '../../make/meetings/word-groups.ts';
import { jsonLines } from '../../lib/json-lines.ts';
import type { Made, MadeFile, MakeJob, Maker } from './maker.ts';

export const meetingFormats = ['jsonl', 'json'] as const;
export type MeetingFormat = (typeof meetingFormats)[number];

export interface MeetingsParams {
  readonly cards: readonly Card[];
  /** Rows a card. */
  readonly count: (card: Card) => number;
  readonly format: MeetingFormat;
  /** Meetings or series asked for at once. */
  readonly batchSize: number;
  /** How often a meeting is asked for again whose label is another than meant. */
  readonly redraws: number;
  /** Any day of the first week, `2025-11-17`. */
  readonly startDate: string;
  /** IANA name. */
  readonly timeZone: string;
  /** Files of several tiers go into a folder for each. */
  readonly perTierFolders: boolean;
  /** Also writes the tasks and labels that a model is tested with. */
  readonly isHeldOut: boolean;
}

/** What was made of one card. */
interface CardMeetings {
  readonly plan: MeetingPlan;
  readonly tier: number;
  readonly batches: readonly WordedBatch[];
  readonly rows: readonly MeetingRow[];
  readonly masters: readonly SeriesMaster[];
}

/** Labelled calendars of oracle cards: planned by quota, worded by the model, labelled by the rules of the card. */
export function meetingsMaker(params: MeetingsParams): Maker {
  const frame = calendarFrame(params);
  return {
    name: 'meetings',
    options: {
      cards: params.cards.map((card) => ({ id: card.id, count: params.count(card) })),
      format: params.format,
      batch_size: params.batchSize,
      redraws: params.redraws,
      first_monday: frame.firstMonday,
      time_zone: frame.timeZone,
      held_out: params.isHeldOut,
    },
    async make(job) {
      const made = await makeCards(params, frame, job);
      return collect(params, made, job.now);
    },
  };
}

/** @throws ConfigError for a date or zone that is none */
function calendarFrame({ startDate, timeZone }: MeetingsParams): CalendarFrame {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(startDate) ? Date.parse(`${startDate}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(time)) {
    throw new ConfigError(`--start-date ${startDate} is no date`, {
      code: 'start-date-invalid',
      hint: 'write it as 2025-11-17',
    });
  }
  try {
    Intl.DateTimeFormat('en', { timeZone });
  } catch (cause) {
    throw new ConfigError(`--time-zone ${timeZone} is unknown`, {
      code: 'time-zone-unknown',
      hint: 'an IANA name such as Asia/Shanghai or Europe/Berlin',
      cause,
    });
  }
  const sinceMonday = (new Date(time).getUTCDay() + 6) % 7;
  return { firstMonday: new Date(time - sinceMonday * 86_400_000).toISOString().slice(0, 10), timeZone };
}

async function makeCards(
  params: MeetingsParams,
  frame: CalendarFrame,
  job: MakeJob,
): Promise<CardMeetings[]> {
  const plans = params.cards.map((card) => {
    const plan = planMeetings({ card, count: params.count(card), seed: String(job.seed) });
    return { plan, vocabulary: vocabularyOf(plan) };
  });
  const cells = plans.flatMap(({ plan, vocabulary }) =>
    batchesOf(plan.groups, params.batchSize).map((groups, index) => ({ plan, vocabulary, groups, index })),
  );
  const worded = await job.each(cells, async ({ plan, vocabulary, groups, index }) => {
    const cell = `${plan.card.id}/${String(index + 1).padStart(3, '0')}`;
    const { redraws } = params;
    const batch = await wordGroups({ llm: job.llm, plan, vocabulary, groups, frame, cell, redraws });
    return { plan, batch };
  });
  return plans.map(({ plan }): CardMeetings => {
    const batches = worded.filter((each) => each.plan === plan).map(({ batch }) => batch);
    const groups = batches.flatMap((batch) => batch.worded);
    return {
      plan,
      tier: plan.card.rules.oracle?.tier ?? 3,
      batches,
      rows: rowsOfCard({ plan, worded: groups, frame, now: job.now }),
      masters: mastersOfCard(plan, groups, frame),
    };
  });
}

function batchesOf(groups: readonly MeetingGroup[], size: number): MeetingGroup[][] {
  return Array.from({ length: Math.ceil(groups.length / size) }, (_, index) =>
    groups.slice(index * size, (index + 1) * size),
  );
}

function collect(params: MeetingsParams, made: readonly CardMeetings[], now: string): Made {
  const tiers = [...new Set(made.map(({ tier }) => tier))].sort((left, right) => left - right);
  const files = tiers.flatMap((tier) => {
    const folder = params.perTierFolders ? `tier${tier}/` : '';
    return tierFiles(
      made.filter((each) => each.tier === tier),
      { ...params, folder, tier, now },
    );
  });
  const rows = made.flatMap((each) => each.rows);
  if (params.perTierFolders) files.push(statisticsFile('', made, now));
  if (params.isHeldOut) files.push(...heldOutFiles(rows));
  const missing = made.flatMap(({ batches }) => batches.flatMap((batch) => batch.missing));
  const findings = made.flatMap(({ plan, batches }) => findingsOf(plan, batches));
  const masters = made.reduce((sum, each) => sum + each.masters.length, 0);
  return {
    files,
    findings,
    counts: { cards: made.length, meetings: rows.length, series: masters },
    missing: missing.reduce((sum, { entry }) => sum + entry.slots.length, 0),
  };
}

function findingsOf(plan: MeetingPlan, batches: readonly WordedBatch[]): Finding[] {
  return batches.flatMap(({ findings }) =>
    findings.map((finding) =>
      finding.place.startsWith(plan.card.id)
        ? finding
        : { ...finding, place: `${plan.card.id} ${finding.place}` },
    ),
  );
}

function tierFiles(
  made: readonly CardMeetings[],
  options: {
    readonly folder: string;
    readonly tier: number;
    readonly now: string;
    readonly format: MeetingFormat;
  },
): MadeFile[] {
  const { folder, tier, now, format } = options;
  const files = made.flatMap(({ plan, rows, masters }): MadeFile[] => [
    { path: `${folder}${plan.card.id}_meetings.${format}`, content: rendered(rows, format) },
    { path: `${folder}series/${plan.card.id}_series.${format}`, content: rendered(masters, format) },
  ]);
  const all = made.flatMap(({ rows }) => rows);
  return [
    ...files,
    { path: `${folder}tier${tier}_combined.${format}`, content: rendered(all, format) },
    statisticsFile(folder, made, now),
  ];
}

/** `statistics_20251110_143022.json`, the time in UTC. */
function statisticsFile(folder: string, made: readonly CardMeetings[], now: string): MadeFile {
  const stamp = now.replace(/\D/g, '');
  const statistics = statisticsOf({
    rows: made.flatMap(({ rows }) => rows),
    worded: made.flatMap(({ batches }) => batches.flatMap((batch) => batch.worded)),
    personas: made.map(({ plan, tier }) => ({ id: plan.card.id, tier })),
    now,
  });
  return {
    path: `${folder}statistics_${stamp.slice(0, 8)}_${stamp.slice(8, 14)}.json`,
    content: `${JSON.stringify(statistics, null, 2)}\n`,
  };
}

function rendered(rows: readonly unknown[], format: MeetingFormat): string {
  if (format === 'json') return `${JSON.stringify(rows, null, 2)}\n`;
  return jsonLines(rows);
}
