import type { Finding } from '../../core/finding.ts';
import type { Persona, Taxonomy } from '../../core/taxonomy.ts';
import { cohenKappa } from '../../evaluate/agreement.ts';
import { canonicalJson } from '../../lib/canonical-json.ts';
import { createNearIndex, type NearIndex } from '../../lib/near-index.ts';
import type { AnswerProvenance } from '../../llm/ask.ts';
import type { Reply } from '../../make/replies/check-reply.ts';
import type { Exemplars } from '../../make/replies/exemplar.ts';
import type { GapCells, ReplyCell } from '../../make/replies/gap-cells.ts';
import type { ReplyLibrary } from '../../make/replies/library.ts';
import { replyAsk, type ReplySlot, slotName } from '../../make/replies/reply-ask.ts';
import type { TagKit } from '../../tag/tag-unit.ts';
import { labelReplies, type ReplyLabel } from './label-replies.ts';
import type { Made, MakeJob, Maker } from './maker.ts';

export interface RepliesParams {
  readonly gaps: GapCells;
  readonly taxonomy: Taxonomy;
  readonly library: ReplyLibrary;
  readonly exemplars: Exemplars;
  /** Opens the taggers that judge the rows; ids for the record. */
  readonly taggers: { readonly ids: readonly string[]; open(): Promise<TagKit & AsyncDisposable> };
  /** Rounds in all: a row that is not accepted is made anew in the next. */
  readonly rounds: number;
}

/**
 * Makes training rows for the cells of a gap list. The taggers label every row blind to what was asked; only rows whose
 * label is the persona wanted, with the traits wanted, and that resemble no earlier row or exemplar, are kept; what is
 * missing then is made anew, `rounds` times.
 */
export function repliesMaker(params: RepliesParams): Maker {
  const { gaps, taggers, rounds } = params;
  return {
    name: 'replies',
    options: { cells: gaps.cells, taggers: taggers.ids, rounds },
    make: (job) => makeReplies(params, job),
  };
}

interface MadeRow {
  readonly slot: ReplySlot;
  readonly reply: Reply;
  readonly provenance: AnswerProvenance;
  readonly label: ReplyLabel | null;
}

interface CellState {
  readonly cell: ReplyCell;
  readonly persona: Persona;
  readonly rows: MadeRow[];
  /** Number of the next slot. */
  next: number;
}

async function makeReplies(params: RepliesParams, job: MakeJob): Promise<Made> {
  const { gaps, taxonomy } = params;
  const states = gaps.cells.map((cell): CellState => {
    const persona = taxonomy.personas.find(({ id }) => id === cell.persona);
    if (!persona) throw new TypeError(`no persona ${cell.persona}`); // checked when the gaps were read
    return { cell, persona, rows: [], next: 0 };
  });
  if (job.isTrial) {
    const made = await makeRound(params, job, states, 0);
    return result(made, states, { findings: gaps.findings, pairs: [], isTrial: true });
  }
  const findings: Finding[] = [...gaps.findings];
  const pairs: [string, string][] = [];
  const near = indexExemplars(params.exemplars, gaps.cells);
  await using kit = await params.taggers.open();
  for (let round = 0; round < params.rounds && states.some(isShort); round++) {
    const made = await makeRound(params, job, states.filter(isShort), round);
    const labels = await labelReplies(
      kit,
      made.map(({ reply }) => reply),
    );
    made.forEach((row, at) => {
      const label = labels[at];
      if (!label) return;
      if (round === 0) pairs.push([row.slot.persona.id, label.persona]);
      const finding = judge(row, label, near);
      const state = states.find(
        ({ persona, cell }) => persona === row.slot.persona && cell.traits === row.slot.traits,
      );
      if (finding) findings.push(finding);
      else if (state) keep(state, { ...row, label }, near);
    });
  }
  const rows = states.flatMap((state) => state.rows);
  return result(rows, states, { findings, pairs, isTrial: false });
}

function isShort({ cell, rows }: CellState): boolean {
  return rows.length < cell.rows;
}

/** One row for everything that is missing; none after an ask of an earlier round got no answer, as `MakeJob.each` says. */
async function makeRound(
  params: RepliesParams,
  job: MakeJob,
  states: readonly CellState[],
  round: number,
): Promise<MadeRow[]> {
  const slots = states.flatMap((state) => {
    const { cell, persona, rows } = state;
    const first = state.next;
    state.next += cell.rows - rows.length;
    return Array.from({ length: state.next - first }, (_, at): ReplySlot => ({
      persona,
      traits: cell.traits,
      index: first + at,
      round,
    }));
  });
  const { library } = params;
  const answers = await job.each(slots, async (slot) => {
    const exemplars = params.exemplars.get(slot.persona.id) ?? [];
    const { value, provenance } = await job.llm.ask(replyAsk(slot, { library, exemplars }));
    return value && { slot, reply: value, provenance, label: null };
  });
  return answers.filter((row) => row !== null);
}

/** A row that is made from two exemplars shares half of its words with each; only more is a copy. */
const nearSimilarity = 0.7;

function judge({ slot, reply }: MadeRow, label: ReplyLabel, near: NearIndex): Finding | undefined {
  const place = slotName(slot);
  const warn = (code: string, message: string): Finding => ({ code, severity: 'warning', place, message });
  if (label.persona !== slot.persona.id) {
    return warn('reply-label', `the tagger says ${label.persona} (${label.score}), not ${slot.persona.id}`);
  }
  const missing = slot.traits.filter((trait) => !label.traits.includes(trait));
  if (missing.length > 0) return warn('reply-traits', `the tagger does not see ${missing.join(', ')}`);
  const twin = near.nearest(textOf(reply));
  if (twin && twin.similarity >= nearSimilarity) {
    return warn('reply-near-duplicate', `${Math.round(twin.similarity * 100)} % of it is in ${twin.id}`);
  }
  return undefined;
}

function keep(state: CellState, row: MadeRow, near: NearIndex): void {
  state.rows.push(row);
  near.add(slotName(row.slot), textOf(row.reply));
}

function textOf({ instruction, answer }: Reply): string {
  return `${instruction}\n${answer}`;
}

/** The exemplars that rows may have been copied from. */
function indexExemplars(exemplars: Exemplars, cells: readonly ReplyCell[]): NearIndex {
  const near = createNearIndex();
  for (const persona of new Set(cells.map((cell) => cell.persona))) {
    (exemplars.get(persona) ?? []).forEach((exemplar, at) =>
      near.add(`exemplar ${persona} ${at}`, textOf(exemplar)),
    );
  }
  return near;
}

function result(
  rows: readonly MadeRow[],
  states: readonly CellState[],
  outcome: {
    readonly findings: readonly Finding[];
    readonly pairs: readonly (readonly [string, string])[];
    readonly isTrial: boolean;
  },
): Made {
  const wanted = states.reduce((sum, { cell }) => sum + cell.rows, 0);
  const cells = states.map(({ cell, rows: made }) => ({ ...cell, made: made.length }));
  const short = cells.filter(({ rows: asked, made }) => made < asked);
  const findings = short.map(({ persona, traits, rows: asked, made }): Finding => ({
    code: 'replies-short',
    severity: 'error',
    place: `${persona}/${traits.join('+') || 'any'}`,
    message: `${made} of ${asked} rows were made that the taggers accept`,
  }));
  const agreement = cohenKappa(outcome.pairs);
  const summary = { schema: 'replies/1', cells, agreement: agreement && roundAll({ ...agreement }) };
  return {
    files: [
      { path: 'replies.jsonl', content: rows.map((row) => `${JSON.stringify(rowOf(row))}\n`).join('') },
      { path: 'replies.json', content: canonicalJson(summary) },
    ],
    counts: { cells: states.length, wanted, rows: rows.length },
    findings: outcome.isTrial ? outcome.findings : [...outcome.findings, ...findings],
    missing: outcome.isTrial ? 0 : wanted - rows.length,
  };
}

/** A training row, marked as made; `synthetic: true` at its source marks it in the shards. */
function rowOf({ slot, reply, label, provenance }: MadeRow): Record<string, unknown> {
  return {
    messages: [
      { role: 'user', content: reply.instruction },
      { role: 'assistant', content: reply.answer },
    ],
    _synthetic: true,
    id: slotName(slot),
    intent: { persona: slot.persona.id, traits: slot.traits },
    label,
    provenance,
  };
}

function roundAll<T extends Readonly<Record<string, number>>>(values: T): Record<string, number> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, Math.round(value * 1e4) / 1e4]),
  );
}
