import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { requireCards } from '../../cards/read-cards.ts';
import { checkMeetings, type PlacedRecord } from '../../check/meetings/check-meetings.ts';
import { readReview, reviewSheet } from '../../check/meetings/review.ts';
import type { Card } from '../../core/card.ts';
import { ConfigError } from '../../core/errors.ts';
import type { Finding } from '../../core/finding.ts';
import { relabelBy } from '../../make/meetings/relabel.ts';
import { weeklyHoursOf } from '../../make/meetings/working-time.ts';
import {
  type CheckKind,
  type CheckOptions,
  type CheckTarget,
  fieldsOf,
  type MeasureGroup,
} from './check-kind.ts';
import { readRecords } from './read-records.ts';

/** The draw of the review sheet; the same rows each time. */
const reviewSeed = '42';

/** Labelled calendars, or a real export: events as Microsoft Graph gives them, and labels as the rules of the personas give them. */
export const meetingsKind: CheckKind = {
  name: 'meetings',
  recognises({ files, sample }) {
    if (files.some((name) => publishedRows.test(name))) return true;
    const fields = fieldsOf(sample);
    return (
      fields !== undefined && Array.isArray(fields['attendees']) && fieldsOf(fields['start']) !== undefined
    );
  },
  async check(target, options) {
    const { records, masters, findings } = await readMeetings(target);
    const cards = await knownCards(options);
    const hours = new Map(cards.map((card) => [card.id, weeklyHoursOf(card)]));
    const checked = checkMeetings({
      records,
      masters,
      relabel: relabelBy(cards),
      hoursOf: (persona) => hours.get(persona) ?? null,
      real: options.real === null ? null : await readReal(options.real),
    });
    const review = options.review ? readReview(await readText(options.review), checked.meetings) : null;
    const labelled = checked.meetings.filter(({ label }) => label !== null).length;
    const groups = { ...checked.figures, review: review?.figures ?? [] };
    return {
      counts: {
        records: records.length,
        meetings: checked.meetings.length,
        labelled,
        personas: new Set(checked.meetings.flatMap(({ label }) => label?.persona_id ?? [])).size,
      },
      findings: [...findings, ...checked.findings, ...(review?.findings ?? [])],
      measures: Object.entries(groups).flatMap(([name, measures]): MeasureGroup[] =>
        measures.length === 0 ? [] : [{ name, measures }],
      ),
      files:
        labelled === 0 ? [] : [{ name: 'review.csv', content: reviewSheet(checked.meetings, reviewSeed) }],
    };
  },
};

const publishedRows = /_meetings\.jsonl?$/;
const combinedRows = /(?:^|\/)tier[123]_combined\.jsonl?$/;
const seriesFiles = /(?:^|\/)series\/[^/]+_series\.jsonl?$/;
const otherFiles = /(?:^|\/)(?:series|held_out)\/|(?:^|\/)statistics_[^/]*\.json$/;

interface ReadMeetings {
  readonly records: readonly PlacedRecord[];
  readonly masters: ReadonlySet<string> | null;
  readonly findings: readonly Finding[];
}

/** The rows of every persona once: of the files per persona, else of the tiers, else of whatever JSON is there. Holds them all. */
async function readMeetings(target: CheckTarget): Promise<ReadMeetings> {
  if (!target.isFolder) return readFiles(null, [target.path], []);
  const json = target.files.filter((name) => /\.jsonl?$/.test(name) && !otherFiles.test(name));
  const choices = [publishedRows, combinedRows].map((pattern) => json.filter((name) => pattern.test(name)));
  const files = choices.find((names) => names.length > 0) ?? json;
  const series = target.files.filter((name) => seriesFiles.test(name));
  return readFiles(target.path, files, series);
}

async function readFiles(
  folder: string | null,
  files: readonly string[],
  series: readonly string[],
): Promise<ReadMeetings> {
  const full = (name: string): string => (folder === null ? name : join(folder, name));
  const records: PlacedRecord[] = [];
  const findings: Finding[] = [];
  for (const name of files) {
    const read = await readRecords(full(name));
    findings.push(...read.findings);
    records.push(
      ...read.records.map((value, index) => ({ value, place: `${basename(name)} record ${index + 1}` })),
    );
  }
  const masters: string[] = [];
  for (const name of series) {
    const read = await readRecords(full(name));
    masters.push(...read.records.map((value) => String(fieldsOf(value)?.['id'])));
  }
  return { records, findings, masters: series.length === 0 ? null : new Set(masters) };
}

/** The cards that ship and those named; a card of one's own stands for a shipped one of the same id. @throws ConfigError, ValidationError */
async function knownCards({ cards, configsFolder, taxonomy }: CheckOptions): Promise<Card[]> {
  const folders = ['oracle', 'oracle-held-out'].map((name) => join(configsFolder, 'cards', name));
  const named = await requireCards(cards, taxonomy);
  const shipped = await requireCards(folders, taxonomy);
  // The last one of an id stays.
  return [...new Map([...shipped.cards, ...named.cards].map(({ card }) => [card.id, card])).values()];
}

/** Events of a real export: a list, JSON Lines, or Graph's own `{"value": […]}`. @throws ConfigError */
async function readReal(path: string): Promise<readonly unknown[]> {
  const text = await readText(path);
  const fields = fieldsOf(parsedOrNull(text));
  const wrapped = [fields?.['value'], fields?.['events']].find((value) => Array.isArray(value));
  const events = Array.isArray(wrapped) ? wrapped : (await readRecords(path)).records;
  if (events.length > 0) return events;
  throw new ConfigError(`${path}: no events in it`, {
    code: 'real-export-empty',
    hint: 'a JSON list of events, JSON Lines, or {"value": […]} as Graph answers',
  });
}

function parsedOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** @throws ConfigError */
async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw new ConfigError(`${path}: cannot be read`, { code: 'check-not-found', cause });
  });
}
