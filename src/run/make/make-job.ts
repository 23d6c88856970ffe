import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import pLimit from 'p-limit';

import type { Finding } from '../../core/finding.ts';
import { makeFolder } from '../../lib/make-folder.ts';
import type { Answer, Llm } from '../../llm/ask.ts';
import { createDryLlm, type LlmEstimate } from '../../llm/dry-llm.ts';
import { type Journal, openJournal, readJournal } from '../../llm/journal.ts';
import { type LlmTally, openLlm } from '../../llm/open-llm.ts';
import { openProvider } from '../../llm/open-provider.ts';
import { systemClock } from '../../llm/pace.ts';
import type { LlmSettings } from '../../llm/settings.ts';
import { createSpending, type Spent } from '../../llm/spending.ts';
import type { RunContext } from '../context.ts';
import { lockRun } from '../lock.ts';
import type { RunEffects } from '../run.ts';
import type { Made, MakeJob, Maker } from './maker.ts';
import { publish, readRecord, writeStart } from './make-record.ts';

export interface MakeParams {
  readonly out: string;
  readonly seed: number;
  /** ISO 8601; null: the clock at the first start. */
  readonly now: string | null;
  readonly llm: LlmSettings;
  /** Make only so many cells, show their answers, publish nothing, leave make.json as it is; null: make all. */
  readonly preview: number | null;
  /** Count what would be sent, send and write nothing. */
  readonly dryRun: boolean;
  /** Forget earlier replies of this folder. */
  readonly fresh: boolean;
}

export type MakeOutcome =
  | { readonly kind: 'estimate'; readonly counts: Made['counts']; readonly estimate: LlmEstimate }
  | {
      readonly kind: 'preview';
      readonly answers: readonly Answer<unknown>[];
      readonly tally: LlmTally;
      readonly spent: Spent;
    }
  | {
      readonly kind: 'made';
      readonly out: string;
      /** Published now; none where no ask was answered and files of an earlier finish stay. */
      readonly files: readonly string[];
      readonly counts: Made['counts'];
      readonly missing: number;
      readonly findings: readonly Finding[];
      readonly tally: LlmTally;
      /** Of the whole job, and what this call added. */
      readonly spent: Spent;
      readonly spentNow: Spent;
    };

/**
 * Runs a maker: takes the folder, freezes what was asked, opens the model, makes the cells, and publishes files, findings
 * and make.json. Started again on the same folder it asks only what has no reply yet; equal replies give equal bytes.
 * @throws ConfigError, BudgetError, InterruptedError, FatalError as core/errors says; replies are kept in every case
 */
export async function runMaker(
  maker: Maker,
  params: MakeParams,
  effects: RunEffects,
  context: RunContext,
): Promise<MakeOutcome> {
  const out = resolve(params.out);
  maker.checkOut?.(out);
  const spending = createSpending(params.llm);
  if (params.dryRun) return await estimate(maker, params, out, effects, context);
  await makeFolder(out);
  await using _lock = await lockRun(join(out, 'make.lock'), out);
  const earlier = await readRecord(out, maker.name);
  const now = nowOf(params, effects, params.fresh ? null : (earlier?.now ?? null));
  await using provider = await openProvider(params.llm, params.seed, effects.environment);
  const asked = { maker, seed: params.seed, now, provider };
  if (params.preview === null) await writeStart(out, asked, earlier);
  await using journal = provider.isJournalled ? await startJournal(out, params.fresh) : null;
  await using llm = openLlm({
    ...params.llm,
    provider,
    journal,
    spending,
    seed: params.seed,
    clock: systemClock,
    ...(context.signal ? { signal: context.signal } : {}),
  });
  const notes: Notes = { answers: params.preview === null ? null : [], findings: [] };
  const hasUnanswered = (): boolean => llm.tally().unanswered > 0;
  const made = await maker.make(
    createJob({ llm: recording(llm, notes), hasUnanswered, now, params, context }),
  );
  const tally = llm.tally();
  const [spent, spentNow] = [spending.total('all'), spending.total('sent')];
  if (notes.answers) {
    const answers = notes.answers.toSorted((a, b) => (a.cell < b.cell ? -1 : 1));
    return { kind: 'preview', answers, tally, spent };
  }
  const findings = sortFindings([...notes.findings, ...made.findings]);
  const files = await publish({ out, asked, made, findings, tally, spent }, earlier);
  const { counts, missing } = made;
  return { kind: 'made', out, files, counts, missing, findings, tally, spent, spentNow };
}

/** Replies were paid for: those of earlier runs are forgotten only where everything else is ready to ask for new ones. */
async function startJournal(out: string, fresh: boolean): Promise<Journal> {
  if (fresh) await rm(journalPath(out), { force: true });
  return await openJournal(journalPath(out));
}

async function estimate(
  maker: Maker,
  params: MakeParams,
  out: string,
  effects: RunEffects,
  context: RunContext,
): Promise<MakeOutcome> {
  await readRecord(out, maker.name);
  const { provider: name, model, prices, bestOf } = params.llm;
  const hasJournal = !params.fresh && existsSync(journalPath(out));
  await using journal = hasJournal ? await readJournal(journalPath(out)) : null;
  // Models in files have their name from the file, which need not be there yet.
  const identity = (name === 'openai' ? null : journal?.identity) ?? { name, model };
  const llm = createDryLlm({ identity, journal, prices, seed: params.seed, bestOf });
  const now = nowOf(params, effects, null);
  const { counts } = await maker.make(createJob({ llm, hasUnanswered: () => false, now, params, context }));
  return { kind: 'estimate', counts, estimate: llm.estimate() };
}

function journalPath(out: string): string {
  return join(out, 'state', 'llm.jsonl');
}

function nowOf(params: MakeParams, effects: RunEffects, frozen: string | null): string {
  return params.now ?? frozen ?? new Date(effects.clock()).toISOString();
}

function createJob(parts: {
  readonly llm: Llm;
  readonly hasUnanswered: () => boolean;
  readonly now: string;
  readonly params: MakeParams;
  readonly context: RunContext;
}): MakeJob {
  const { llm, hasUnanswered, now, params, context } = parts;
  return {
    llm,
    seed: params.seed,
    now,
    signal: context.signal,
    isTrial: params.dryRun || params.preview !== null,
    async each(cells, make) {
      if (hasUnanswered()) return [];
      const taken = params.preview === null ? cells : cells.slice(0, params.preview);
      const stage = context.stage('make', taken.length, 0, 0);
      const limit = pLimit(Math.max(cellsAtOnce, 2 * params.llm.concurrency));
      const makeOne = async (cell: (typeof taken)[number], index: number) => {
        const started = performance.now();
        const result = await make(cell, index);
        const ms = performance.now() - started;
        stage.unitEnd({ unit: String(index), rows: 1, bytes: 0, rejected: 0, reused: false, ms });
        return result;
      };
      const results = await Promise.all(taken.map((cell, index) => limit(makeOne, cell, index)));
      stage.end();
      return results;
    },
  };
}

/** Cells begun and not finished; bounds memory, and keeps requests in flight while cells take several each. */
const cellsAtOnce = 64;

/** What is kept of the answers beside what the maker makes of them. */
interface Notes {
  /** Only for a preview. */
  readonly answers: Answer<unknown>[] | null;
  readonly findings: Finding[];
}

function recording(llm: Llm, notes: Notes): Llm {
  return {
    async ask(ask) {
      const answer = await llm.ask(ask);
      notes.answers?.push(answer);
      notes.findings.push(...answer.findings);
      return answer;
    },
  };
}

/** By place, code and message, each finding once: the order in which answers came must not show. */
function sortFindings(findings: readonly Finding[]): Finding[] {
  const byKey = new Map(findings.map((finding) => [sortKey(finding), finding]));
  return [...byKey].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, finding]) => finding);
}

function sortKey({ place, code, severity, message }: Finding): string {
  return JSON.stringify([place, code, severity, message]);
}
