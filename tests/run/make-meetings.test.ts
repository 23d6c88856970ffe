import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { MeetingRow } from '../../src/core/meeting.ts';
import { fromCsv, toCsv } from '../../src/lib/csv-text.ts';
import { meetingsMaker } from '../../src/run/make/meetings.ts';
import { runCli, treeHashes } from '../support/run-cli.ts';

let folder = '';
const now = ['--now', '2025-11-10T14:30:22Z'];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tag-datasets-meetings-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function rowsOf(path: string): Promise<MeetingRow[]> {
  const text = await readFile(path, 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as MeetingRow);
}

describe('make meetings', () => {
  test('a tier: a file per persona, the combined file and the statistics, named and timed as printed', async () => {
    const out = join(folder, 'tier3');
    const made = await runCli(['make', 'meetings', '--tier', '3', '--count', '60', '--out', out, ...now]);
    expect([made.code, made.stdout]).toEqual([0, expect.stringContaining('8 cards, 480 meetings')]);
    const names = await readdir(out);
    expect(names.filter((name) => /^tier3_.*_meetings\.jsonl$/.test(name))).toHaveLength(8);
    expect(names).toEqual(
      expect.arrayContaining([
        'tier3_combined.jsonl',
        'statistics_20251110_143022.json',
        'series',
        'make.json',
      ]),
    );
    const rows = await rowsOf(join(out, 'tier3_combined.jsonl'));
    expect(rows).toHaveLength(480);
    expect(rows[0]).toMatchObject({
      generation_timestamp: '2025-11-10T14:30:22.000Z',
      _synthetic: true,
      provenance: { provider: 'template', model: 'template' },
      start: { timeZone: 'Asia/Shanghai' },
    });
    const statistics = JSON.parse(await readFile(join(out, 'statistics_20251110_143022.json'), 'utf8'));
    expect(Object.keys(statistics).slice(0, 5)).toEqual([
      'total',
      'importance_distribution',
      'prep_needed_count',
      'avg_prep_time_minutes',
      'personas',
    ]);
    expect(statistics.total).toBe(480);
    expect(statistics.intent_agreement.kept.kappa).toBeGreaterThan(0.95);
  });

  test('the same seed gives the same bytes, a JSON list the same rows', async () => {
    const make = (name: string, ...more: string[]): ReturnType<typeof runCli> =>
      runCli([
        'make',
        'meetings',
        '--persona',
        'configs/cards/oracle/tier3_sre_night_shift.yaml',
        '--count',
        '20',
        '--out',
        join(folder, name),
        ...now,
        ...more,
      ]);
    await make('one');
    await make('two', '--concurrency', '1');
    expect(await treeHashes(join(folder, 'two'))).toEqual(await treeHashes(join(folder, 'one')));
    await make('list', '--format', 'json');
    const rows = await rowsOf(join(folder, 'one', 'tier3_sre_night_shift_meetings.jsonl'));
    const list: unknown = JSON.parse(
      await readFile(join(folder, 'list', 'tier3_sre_night_shift_meetings.json'), 'utf8'),
    );
    expect(list).toEqual(rows);
  });

  test.each([
    [['--count', '20'], 'usage'],
    [['--persona', 'configs/cards/coffee-shop'], 'card-without-oracle'],
  ])('%s is refused before anything is made', async (options, code) => {
    const made = await runCli([
      'make',
      'meetings',
      ...options,
      '--out',
      join(folder, 'none'),
      '--log-format',
      'json',
    ]);
    expect(made.code).toBe(1);
    expect(made.stderr).toContain(`"code":"${code}"`);
  });

  test.each([
    [{ timeZone: 'Mars/Olympus' }, 'time-zone-unknown'],
    [{ startDate: '17.11.2025' }, 'start-date-invalid'],
    [{ startDate: '2025-13-41' }, 'start-date-invalid'],
  ])('%o is refused before anything is made', (change, code) => {
    const params = {
      cards: [],
      count: () => 20,
      format: 'jsonl' as const,
      batchSize: 20,
      redraws: 6,
      startDate: '2025-11-17',
      timeZone: 'Asia/Shanghai',
      perTierFolders: false,
      isHeldOut: false,
    };
    expect(meetingsMaker(params).options).toMatchObject({ first_monday: '2025-11-17' });
    expect(() => meetingsMaker({ ...params, ...change })).toThrow(expect.objectContaining({ code }));
  });
});

describe('check of meetings', () => {
  let out = '';
  beforeAll(async () => {
    out = join(folder, 'checked');
    await runCli(['make', 'meetings', '--tier', '2', '--count', '60', '--out', out, ...now]);
  });

  test('what was made is recognised and has no finding; a review sheet of a hundred rows lies beside', async () => {
    const checked = await runCli(['check', out, '--json']);
    expect(checked.code).toBe(0);
    expect(JSON.parse(checked.stdout)).toMatchObject({
      kind: 'meetings',
      errors: 0,
      counts: { meetings: 600, labelled: 600 },
    });
    const sheet = fromCsv(await readFile(join(out, 'check', 'review.csv'), 'utf8'));
    expect(sheet).toHaveLength(101);
  });

  test('a sheet that a person has begun is read back and never written over', async () => {
    const path = join(out, 'check', 'review.csv');
    const rows = new Map((await rowsOf(join(out, 'tier2_combined.jsonl'))).map((row) => [row.id, row]));
    const [head = [], ...sheet] = fromCsv(await readFile(path, 'utf8'));
    const filled = sheet.map((row) => [
      ...row.slice(0, 7),
      'yes',
      rows.get(row[0] ?? '')?.importance_label ?? '',
      '',
      'fine',
    ]);
    await writeFile(path, toCsv([head, ...filled]));
    const checked = await runCli(['check', out, '--review', path]);
    expect(checked.code).toBe(0);
    expect(checked.stdout).toMatch(/review_importance_kappa +1 /);
    expect(await readFile(path, 'utf8')).toBe(toCsv([head, ...filled]));
  });

  test('a real export is held against what was made, wrapped as Graph answers or not', async () => {
    const [row] = await rowsOf(join(out, 'tier2_combined.jsonl'));
    const event = { ...row, webLink: 'https://example.invalid', changeKey: 'k' };
    const real = join(folder, 'real.json');
    await writeFile(real, JSON.stringify({ value: [event] }));
    const checked = await runCli(['check', out, '--real', real, '--json']);
    const { findings, measures } = JSON.parse(checked.stdout);
    expect(
      measures.find(({ name }: { name: string }) => name === 'alignment').measures[0].value,
    ).toBeGreaterThan(90);
    expect(findings.map(({ code }: { code: string }) => code)).toEqual([
      'meetings-field-not-made',
      'meetings-field-not-made',
    ]);
  });

  test('a spoilt row makes check leave with 2 and its own code', async () => {
    const path = join(folder, 'spoilt_meetings.jsonl');
    const rows = await rowsOf(join(out, 'tier2_combined.jsonl'));
    const spoilt = rows.map((row, index) => (index === 3 ? { ...row, showAs: 'asleep' } : row));
    await writeFile(path, spoilt.map((row) => JSON.stringify(row)).join('\n'));
    const checked = await runCli(['check', path]);
    expect(checked.code).toBe(2);
    expect(checked.stdout).toContain('meeting-value-unknown');
  });
});
