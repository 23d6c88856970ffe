import { ConfigError } from '../../core/errors.ts';
import { abstainPersona, type Taxonomy } from '../../core/taxonomy.ts';
import { compareLabels, type Comparison } from '../../evaluate/compare.ts';
import { finalLabels, type Judgements } from '../../evaluate/judgements.ts';
import { evaluateLabels, type Evaluation } from '../../evaluate/metrics.ts';
import type { Correction } from '../../fit/correction.ts';
import type { WorkerPool } from '../../tag/pool.ts';
import type { RunContext } from '../context.ts';
import { cutBlocks, goldLabels, type LabelledData, readLabels } from './labelled-data.ts';
import type { RunTools } from '../run.ts';
import type { BlockJudgements, JudgeTask } from '../tasks.ts';
import { openModels, openWorkers } from '../workers.ts';

/** Which classes a tagger may choose: all of its own with abstention, or those that occur as labels, without. */
export type AmongClasses = 'all' | 'labelled';

export interface TaggerEvaluation extends Evaluation {
  readonly tagger: string;
  readonly among: AmongClasses;
  /** Classes that occur as labels. */
  readonly labelled_classes: number;
  /** Records that could not be read as rows. */
  readonly unreadable: number;
}

export interface EvaluationResult {
  readonly evaluation: TaggerEvaluation;
  /** The second tagger on the same rows; differences are the first minus the second. */
  readonly against?: { readonly evaluation: TaggerEvaluation; readonly comparison: Comparison };
}

/**
 * Scores one or two persona taggers on a labelled file or folder: rows `{instruction, input, output, persona}` or
 * `{messages, persona}`. All labels are checked before a row is tagged. Holds about 40 bytes a row.
 * @throws ConfigError `label-missing`, `label-unknown`, `no-labels`, `data-unreadable`, `no-class-in-common`
 */
export async function evaluateTaggers(
  params: {
    readonly data: string;
    readonly tools: RunTools;
    /** The tools of a second tagger to compare with. */
    readonly against?: RunTools;
    readonly among: AmongClasses;
    readonly workers: number;
  },
  context: RunContext,
): Promise<EvaluationResult> {
  const { taxonomy } = params.tools;
  await using pool = openWorkers(params.tools, params.workers);
  await openModels(pool, 'taggers');
  await using otherPool = params.against && openWorkers(params.against, params.workers);
  if (otherPool) await openModels(otherPool, 'taggers');
  const data = await readLabels(pool, params.data, context);
  const gold = goldLabels(data);
  const labelled = [...new Set(gold)].toSorted((a, b) => a - b);
  for (const tools of [params.tools, params.against])
    if (tools) checkClasses(tools, labelled, taxonomy, params.among);
  const among = params.among === 'all' ? null : labelled;
  const describe = (judgements: Judgements, tools: RunTools): TaggerEvaluation => ({
    tagger: nameOf(tools, params.tools, params.against),
    among: params.among,
    labelled_classes: labelled.length,
    unreadable: data.unreadable,
    ...evaluateLabels(judgements, taxonomy),
  });
  const first = await judgeRows(pool, data, { gold, among, correction: null }, context);
  const evaluation = describe(first, params.tools);
  if (!params.against || !otherPool) return { evaluation };
  const second = await judgeRows(otherPool, data, { gold, among, correction: null }, context);
  const abstain = taxonomy.personas.findIndex((persona) => persona.id === abstainPersona);
  const comparison = compareLabels({
    gold,
    first: finalLabels(first, abstain),
    second: finalLabels(second, abstain),
    classes: taxonomy.personas.length,
  });
  return { evaluation, against: { evaluation: describe(second, params.against), comparison } };
}

/** The tagger's id; of two that have the same one, also where it lies. */
function nameOf({ personaTagger }: RunTools, first: RunTools, second: RunTools | undefined): string {
  const isOne = first.personaTagger.id !== second?.personaTagger.id;
  return isOne ? personaTagger.id : `${personaTagger.id} (${personaTagger.folder})`;
}

function checkClasses(
  { personaTagger }: RunTools,
  labelled: readonly number[],
  taxonomy: Taxonomy,
  among: AmongClasses,
): void {
  const names = labelled.map((index) => taxonomy.personas[index]?.id ?? '');
  if (among === 'all' || names.some((name) => personaTagger.labels.includes(name))) return;
  throw new ConfigError(`${personaTagger.id}: none of its labels occurs in the data (${names.join(', ')})`, {
    code: 'no-class-in-common',
    hint: 'leave --among out, or evaluate another tagger',
  });
}

/** Tags all labelled rows; `among` null: any class, with abstention. */
export async function judgeRows(
  pool: WorkerPool,
  data: LabelledData,
  params: {
    readonly gold: Uint8Array;
    readonly among: readonly number[] | null;
    /** Of the tagger, as a run learnt it; null: it judges as it is. */
    readonly correction: Correction | null;
  },
  context: RunContext,
): Promise<Judgements> {
  const { rows } = data;
  const out = {
    rows,
    gold: params.gold,
    best: new Uint8Array(rows),
    scores: new Float64Array(rows),
    isSure: new Uint8Array(rows),
  };
  const tasks = cutBlocks(data).map((block): JudgeTask => ({
    kind: 'judge',
    block,
    among: params.among,
    correction: params.correction,
  }));
  const stage = context.stage('tag', tasks.length, 0, 0);
  await pool.runAll<JudgeTask, BlockJudgements>(tasks, {
    signal: context.signal,
    onResult(judged, { block }) {
      out.best.set(judged.best, block.at);
      out.scores.set(judged.scores, block.at);
      out.isSure.set(judged.isSure, block.at);
      stage.unitEnd({
        unit: block.unit.file.name,
        rows: block.to - block.from,
        bytes: 0,
        rejected: 0,
        reused: false,
        ms: 0,
      });
    },
  });
  stage.end();
  return out;
}
