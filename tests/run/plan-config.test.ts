import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';

import { generateCorpus } from '../../bench/generate-corpus.ts';
import { runCli, temporaryFolder } from '../support/run-cli.ts';

let folder = '';
let out = '';
const config = (sources: string, weight: number) => `
dataset: {persona_weights: {code_expert: ${weight}}, trait_requirements: {brief: {max: 0.9}}}
balance: {total: 300}
training: {curriculum: {phase1_first: {persona_focus: [code_expert]}, phase2_mixed: {persona_focus: all}}}
peft: {adapters: {tech_expert: {personas: [code_expert]}}}
sources: [{name: rows, path: rows.jsonl}, {name: made, path: made.jsonl, synthetic: true}${sources}]
`;

beforeAll(async () => {
  folder = await temporaryFolder();
  out = join(folder, 'out');
  await generateCorpus({ rows: 600, seed: 9, path: join(folder, 'rows.jsonl'), format: 'jsonl' });
  await generateCorpus({ rows: 100, seed: 8, path: join(folder, 'made.jsonl'), format: 'jsonl' });
  await writeFile(join(folder, 'run.yaml'), config('', 0.9));
  await writeFile(join(folder, 'next.yaml'), config(', {name: more, recipe: glaive-code-assistant}', 0.5));
  const result = await runCli(['--config', join(folder, 'run.yaml'), '--out', out]);
  expect(result.code).toBe(0);
});

const plan = async (...args: string[]) => JSON.parse((await runCli(['plan', ...args, '--json'])).stdout);
const settings = (...sets: string[]) => sets.flatMap((set) => ['--set', set]);
const sum = (lines: readonly Record<string, number>[], key: string) =>
  lines.reduce((total, line) => total + (line[key] ?? 0), 0);

test('the table crosses persona, trait, phase and adapter and adds up to the totals', async () => {
  const { now } = await plan('--run', out);
  const mixed = now.table.filter(
    (line: { trait: string | null; phase: string }) => line.trait === null && line.phase === 'mixed',
  );
  for (const key of ['rows', 'tokens', 'supervised_tokens', 'copies', 'synthetic'])
    expect([key, sum(mixed, key)]).toEqual([key, now.total[key]]);
  expect(now.total.synthetic).toBeGreaterThan(0);
  const first = now.table.filter(
    (line: { trait: string | null; phase: string }) => line.trait === null && line.phase === 'first',
  );
  expect(sum(first, 'rows')).toBe(now.phases.first.rows);
  const tech = mixed.filter((line: { adapter: string | null }) => line.adapter === 'tech_expert');
  expect(sum(tech, 'rows')).toBe(now.adapters.tech_expert.rows);
  const brief = now.table.filter(
    (line: { trait: string | null; phase: string }) => line.trait === 'brief' && line.phase === 'mixed',
  );
  expect(sum(brief, 'rows')).toBe(now.traits.brief.rows);
});

test('gaps.json names persona, traits, rows, cause, and the recipes made for it', async () => {
  const gaps = JSON.parse(await readFile(join(out, 'plan', 'gaps.json'), 'utf8'));
  const [gap] = gaps;
  expect(gap).toMatchObject({ persona: 'code_expert', category: 'technical', curable: true });
  expect(['supply', 'abstention']).toContain(gap.cause);
  expect(gap.rows).toBeGreaterThan(0);
  expect(gap.recipes).toEqual([
    {
      recipe: 'glaive-code-assistant',
      hub: 'glaiveai/glaive-code-assistant',
      persona: 'code_expert',
      rows: 50_000,
      licence: 'Apache-2.0',
      benchmark: false,
    },
  ]);
});

test('a configuration that was never run is planned from counts, without a run folder', async () => {
  const nowhere = join(folder, 'nowhere');
  const answer = await plan('--config', join(folder, 'next.yaml'), '--out', nowhere);
  expect(answer.now).toBe(null);
  expect(answer.missing).toEqual([
    `nothing is tagged in ${nowhere}: planned from counts alone, without traits`,
    'source "rows" declares no rows: give sources[].rows, or tag it',
    'source "made" declares no rows: give sources[].rows, or tag it',
  ]);
  expect(answer.projection).toMatchObject({ rows_before: 0, rows_after: 50_000 });
  expect(await readdir(folder)).not.toContain('nowhere');
});

test('sources that are not tagged yet are projected on top of the tagged rows', async () => {
  const before = await readdir(out, { recursive: true });
  const { now, projection, missing } = await plan('--config', join(folder, 'next.yaml'), '--out', out);
  expect(missing).toEqual(['source "more" is not tagged yet']);
  expect(now.total.rows).toBe(300);
  expect(projection.rows_after - projection.rows_before).toBe(50_000);
  expect(projection.rows_before).toBeGreaterThan(500);
  expect(projection.sources.map(({ name }: { name: string }) => name)).toEqual(['more']);
  expect(await readdir(out, { recursive: true })).toEqual(before);
});

test('a source that the configuration no longer has is not planned with', async () => {
  await writeFile(
    join(folder, 'fewer.yaml'),
    config('', 0.1).replace('{name: made, path: made.jsonl, synthetic: true}', ''),
  );
  const { now } = await plan('--config', join(folder, 'fewer.yaml'), '--out', out);
  expect(now.total.synthetic).toBe(0);
});

test('an impossible mix is shown, not refused, and other settings stand beside it', async () => {
  const args = ['--config', join(folder, 'run.yaml'), '--out', out];
  const { now, revised, leaving } = await plan(
    ...args,
    '--set',
    'balance.on_infeasible=error',
    '--set',
    'persona_weights.code_expert=0.02',
  );
  expect([now.feasible, revised.feasible]).toEqual([false, true]);
  const changed = Object.values<number>(leaving.personas).reduce((all, rows) => all + rows, 0);
  expect(changed).toBe(leaving.rows);
  const text = await runCli(['plan', ...args]);
  expect(text.stdout).toContain('recipes: glaive-code-assistant 50,000');
});

test('plan needs a run or a configuration, and not both', async () => {
  const none = await runCli(['plan']);
  expect([none.code, none.stderr]).toEqual([1, expect.stringContaining('give --run DIR or --config FILE')]);
  const both = await runCli(['plan', '--run', out, '--config', 'x.yaml']);
  expect(both.code).toBe(1);
});

test('other limits, origin personas and synthetic marks of sources are planned as a run has them', async () => {
  const entries = [
    '{name: rows, path: rows.jsonl, limit: 80, persona: poet, prior_strength: 1}',
    '{name: made, path: made.jsonl}',
  ].join(', ');
  const other = join(folder, 'other.yaml');
  await writeFile(other, config('', 0.9).replace(/sources: .*/, `sources: [${entries}]`));
  const otherOut = join(folder, 'other');
  expect((await runCli(['--config', other, '--out', otherOut])).code).toBe(0);
  const ran = (await plan('--run', out)).now;
  const ranOther = (await plan('--run', otherOut)).now;
  expect(ranOther.total).not.toEqual(ran.total);

  const sets = settings(
    'sources.0.limit=80',
    'sources.0.persona=poet',
    'sources.0.prior_strength=1',
    'sources.1.synthetic=false',
  );
  const byRun = await plan('--run', out, ...sets);
  expect([byRun.now, byRun.revised, byRun.missing]).toEqual([ran, ranOther, []]);
  const byConfig = await plan('--config', join(folder, 'run.yaml'), '--out', out, ...sets);
  expect([byConfig.now, byConfig.revised]).toEqual([ran, ranOther]);
  expect((await plan('--config', other, '--out', out)).now).toEqual(ranOther);
  expect(await plan('--config', join(folder, 'run.yaml'), '--out', otherOut)).toMatchObject({
    now: ran,
    missing: [],
  });
});

test('rows of a source that --set takes away leave, and those of the others are compared with themselves', async () => {
  const { now, revised, entering, leaving, missing } = await plan(
    '--run',
    out,
    ...settings('balance.total=max', 'persona_weights={}', 'sources.0.name=elsewhere'),
  );
  expect(missing).toEqual([
    'source "elsewhere" is not tagged yet',
    'source "elsewhere" declares no rows: give sources[].rows, or tag it',
  ]);
  const distinct = ({ total }: { total: { rows: number; copies: number } }) => total.rows - total.copies;
  expect(distinct(revised)).toBe(distinct(now) - leaving.rows + entering.rows);
  expect(distinct(revised)).toBeLessThanOrEqual(100);
  expect(entering.rows).toBeLessThanOrEqual(100);
  const filesOf = (change: { examples: { place: string }[] }) =>
    new Set(change.examples.map(({ place }) => place.split(':')[0]));
  expect(filesOf(leaving)).toEqual(new Set(['rows.jsonl']));
  expect(filesOf(entering)).toEqual(new Set(['made.jsonl']));
});

test('settings under which rows would be read or tagged anew are told, and change nothing', async () => {
  const sets = settings(
    'sources.0.path=no-such.jsonl',
    'sources.0.columns={output: text}',
    'sources.0.persona=poet',
    'run.limit=50',
    'dataset.data_path=data',
    'taggers.persona=minilm-v1',
    'cascade.budget=0.5',
  );
  const sentences = [
    'the rows were tagged with taggers.persona persona-v1, not with taggers.persona minilm-v1: run again to tag them anew',
    'the rows were tagged with no cascade, not with cascade {"tagger":"minilm-v1","budget":0.5,"correct":true}: run again to tag them anew',
    'the rows were read with no dataset.data_path, not with dataset.data_path data: run again to read them anew',
    'the rows were read with no run.limit, not with run.limit 50: run again to read them anew',
    'the rows of source "rows" were read with path rows.jsonl, not with path no-such.jsonl: run again to read them anew',
    'the rows of source "rows" were read with no columns, not with columns {"output":"text"}: run again to read them anew',
    'the rows of source "rows" were tagged with no persona, not with persona poet: run again to tag them anew',
  ];
  const byRun = await plan('--run', out, ...sets);
  expect(byRun.missing).toEqual(sentences);
  expect(byRun.revised).toEqual(byRun.now);
  const byConfig = await plan('--config', join(folder, 'run.yaml'), '--out', out, ...sets);
  expect(byConfig.missing).toEqual(sentences);
});
