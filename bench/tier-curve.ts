import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import type { Row } from '../src/core/row.ts';
import type { Tagger } from '../src/core/tagger.ts';
import type { Judgements } from '../src/evaluate/judgements.ts';
import { evaluateLabels } from '../src/evaluate/metrics.ts';
import { writeFileAtomic } from '../src/lib/atomic-file.ts';
import { colours } from '../src/report/charts/colours.ts';
import { drawChart } from '../src/report/charts/draw.ts';
import { createJudge } from '../src/run/evaluate/judge-step.ts';
import { labelColumns, personaReader, readLabelledRows } from '../src/run/evaluate/labelled-rows.ts';
import { listFiles } from '../src/source/list-files.ts';
import { openBytes } from '../src/source/open-bytes.ts';
import { scanFile } from '../src/source/scan-file.ts';
import { RowEncoder } from '../src/tag/encode.ts';
import { mergeLessons } from '../src/run/tag/lessons.ts';
import {
  chooseLeastSure,
  confidencesOfBatch,
  isLeastSure,
  joinConfidences,
  type LeastSureChoice,
} from '../src/tag/least-sure.ts';
import { compileCorrection } from '../src/fit/correction.ts';
import { fitCorrection } from '../src/fit/fit-correction.ts';
import { loadTaxonomy, openTagger, taggersRoot } from '../taggers/index.ts';

/**
 * Accuracy against speed of the fast tier, cascades and the accurate tier on labelled rows:
 * `node --import ./scripts/register-ts.mjs bench/tier-curve.ts --data labelled.jsonl.gz --out docs/tiers.svg`.
 * Both taggers see every row once, on one core; the cascades are made from their scores by the rule of a run, with and without correction.
 * Rows/s of a cascade: the time of the fast tier on all rows, of the accurate tier, by its own mean, on its share, and where it corrects, of
 * the fast tier once more and of the correction. Prints a Markdown table; the chart has the corrected ones, and what a
 * run would write: any of all labels, abstaining.
 */
const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    fast: { type: 'string', default: 'persona-v1' },
    accurate: { type: 'string', default: 'minilm-v1' },
    rows: { type: 'string' },
    shares: { type: 'string', default: '0,0.01,0.05,0.2,1' },
    out: { type: 'string' },
  },
});
if (!values.data) throw new Error('--data: name a labelled file');
const taxonomy = await loadTaxonomy();
const batchRows = 256;

interface Labelled {
  readonly rows: Row[];
  readonly gold: Uint8Array;
}

interface TierScores {
  readonly scores: readonly Float32Array[];
  readonly rowsPerSecond: number;
  readonly info: Tagger['info'];
}

interface CurvePoint {
  readonly share: number;
  /** Whether the accurate tier's rows corrected the fast tier. */
  readonly corrected: boolean;
  readonly refined: number;
  readonly rowsPerSecond: number;
  readonly accuracy: number;
  readonly categories: number;
  /** What a run would write: any of all labels, or none. */
  readonly withAbstention: number;
  readonly categoriesWithAbstention: number;
  readonly abstained: number;
}

const labelled = await readData(values.data);
const fast = await scoreAll(values.fast, labelled.rows);
const accurate = await scoreAll(values.accurate, labelled.rows);
const surveyed = confidences();
const plain = values.shares.split(',').map((share) => pointOf(Number(share), false));
const points = plain.map((point) => correctedPoint(point.share) ?? point);
process.stdout.write(tableOf([...points, ...plain.filter((point) => !points.includes(point))]));
if (values.out) await writeFileAtomic(values.out, `${chartOf(points)}\n`);

async function readData(path: string): Promise<Labelled> {
  const { files } = await listFiles({ source: basename(path), paths: [resolve(path)], baseDir: '/' });
  const goldOf = personaReader(taxonomy);
  const rows: Row[] = [];
  const gold: number[] = [];
  for (const file of files) {
    const { units } = await scanFile({ file, options: { unitBytes: 4 * 2 ** 20 } }, { openBytes });
    for (const unit of units) {
      for await (const batch of readLabelledRows(unit)) {
        for (const row of batch.rows) {
          gold.push(goldOf(labelColumns(row), row.at));
          rows.push(row.row);
        }
      }
    }
  }
  return sample(rows, gold, values.rows ? Number(values.rows) : rows.length);
}

/** Every n-th row, so that all labels of a sorted file stay. */
function sample(rows: readonly Row[], gold: readonly number[], wanted: number): Labelled {
  const step = Math.max(1, rows.length / wanted);
  const picked = Array.from({ length: Math.min(wanted, rows.length) }, (_, i) => Math.floor(i * step));
  return {
    rows: picked.flatMap((row) => rows[row] ?? []),
    gold: Uint8Array.from(picked, (row) => gold[row] ?? 0),
  };
}

async function scoreAll(name: string, rows: readonly Row[]): Promise<TierScores> {
  await using tagger = await openTagger(join(taggersRoot, name), taxonomy);
  const encoder = new RowEncoder();
  await tagger.tag(encoder.encode(rows.slice(0, 16)).text); // warm-up
  const scores: Float32Array[] = [];
  const started = performance.now();
  for (let from = 0; from < rows.length; from += batchRows)
    scores.push((await tagger.tag(encoder.encode(rows.slice(from, from + batchRows)).text)).scores);
  const seconds = (performance.now() - started) / 1000;
  return { scores, rowsPerSecond: rows.length / seconds, info: tagger.info };
}

/** undefined where too few rows are refined to correct anything. */
function correctedPoint(share: number): CurvePoint | undefined {
  return choose(share, true).drawnRows > 0 ? pointOf(share, true) : undefined;
}

function choose(share: number, correct: boolean): LeastSureChoice {
  return chooseLeastSure([surveyed], (eligible) => Math.round(eligible * share), correct);
}

function pointOf(share: number, correct: boolean): CurvePoint {
  const choice = choose(share, correct);
  const { confidence, hash } = surveyed;
  const isRefined = (row: number): boolean =>
    share === 1 || isLeastSure(choice, confidence[row] ?? -1, hash[row] ?? 0);
  const correction = correct ? correctionOf(choice) : null;
  const labels = [...new Set(labelled.gold)].toSorted((x, y) => x - y);
  const scores = correction?.scores ?? fast.scores;
  const among = evaluateLabels(judge(labels, scores, isRefined), taxonomy);
  const all = evaluateLabels(judge(null, scores, isRefined), taxonomy);
  const refined = labelled.rows.reduce((sum, _, row) => sum + (isRefined(row) ? 1 : 0), 0);
  const passes = (share === 1 ? 0 : 1) + (correct ? 1 : 0);
  const seconds =
    passes / fast.rowsPerSecond +
    refined / labelled.rows.length / accurate.rowsPerSecond +
    (correction?.seconds ?? 0) / labelled.rows.length;
  return {
    share,
    corrected: correct,
    refined,
    rowsPerSecond: 1 / seconds,
    accuracy: among.accuracy,
    categories: among.category_accuracy,
    withAbstention: all.accuracy,
    categoriesWithAbstention: all.category_accuracy,
    abstained: all.abstention_rate,
  };
}

/** The fast tier's scores as the chosen rows correct them, and what that took, from the fit on. */
function correctionOf(choice: LeastSureChoice): { scores: Float32Array[]; seconds: number } {
  const started = performance.now();
  const { labels, doubt } = fast.info;
  const width = labels.length;
  const { confidence, hash } = surveyed;
  const chosen = labelled.rows
    .map((_, row) => row)
    .filter((row) => isLeastSure(choice, confidence[row] ?? -1, hash[row] ?? 0));
  const pick = (of: (row: number, label: string) => number): Float32Array =>
    Float32Array.from(chosen.flatMap((row) => labels.map((label) => of(row, label))));
  const lessons = {
    hash: Uint32Array.from(chosen, (row) => hash[row] ?? 0),
    fast: pick((row, label) => scoreOf(fast, row, label)),
    accurate: pick((row, label) => scoreOf(accurate, row, label)),
  };
  const correct = compileCorrection(fitCorrection(mergeLessons([lessons], choice, width), doubt));
  const scores = fast.scores.map((batch) => Float32Array.from(batch));
  for (const [row, one] of confidence.entries()) {
    const at = (row % batchRows) * width;
    if (one >= 0)
      correct((scores[Math.floor(row / batchRows)] ?? new Float32Array()).subarray(at, at + width));
  }
  return { scores, seconds: (performance.now() - started) / 1000 };
}

function scoreOf({ scores, info }: TierScores, row: number, label: string): number {
  const at = (row % batchRows) * info.labels.length + info.labels.indexOf(label);
  return scores[Math.floor(row / batchRows)]?.[at] ?? 0;
}

function confidences(): ReturnType<typeof joinConfidences> {
  const encoder = new RowEncoder();
  return joinConfidences(
    fast.scores.map((scores, batch) =>
      confidencesOfBatch(
        encoder.encode(labelled.rows.slice(batch * batchRows, (batch + 1) * batchRows)),
        scores,
      ),
    ),
  );
}

function judge(
  among: readonly number[] | null,
  fastScores: readonly Float32Array[],
  isRefined: (row: number) => boolean,
): Judgements {
  const { rows, gold } = labelled;
  const out = {
    rows: rows.length,
    gold,
    best: new Uint8Array(rows.length),
    scores: new Float64Array(rows.length),
    isSure: new Uint8Array(rows.length),
  };
  const judges = [fast, accurate].map(({ info }) => createJudge(info, taxonomy, among));
  for (let row = 0; row < rows.length; row++) {
    const tier = isRefined(row) ? 1 : 0;
    const batch = (tier === 1 ? accurate.scores : fastScores)[Math.floor(row / batchRows)];
    const said = judges[tier]?.(batch ?? new Float32Array(), row % batchRows);
    out.best[row] = said?.best ?? 0;
    out.scores[row] = said?.score ?? 0;
    out.isSure[row] = said?.isSure ? 1 : 0;
  }
  return out;
}

function nameOf({ share, corrected }: CurvePoint): string {
  if (share === 0) return fast.info.id;
  if (share === 1) return accurate.info.id;
  return `cascade ${share * 100} %${corrected ? '' : ', no correction'}`;
}

function shortNameOf({ share }: CurvePoint): string {
  if (share === 0) return 'fast';
  return share === 1 ? 'accurate' : `${share * 100} %`;
}

function tableOf(all: readonly CurvePoint[]): string {
  const percent = (value: number): string => `${(value * 100).toFixed(1)} %`;
  const lines = all.map(
    (point) =>
      `| ${nameOf(point)} | ${point.refined} | ${Math.round(point.rowsPerSecond)} | ${percent(point.accuracy)} | ${percent(point.categories)} | ${percent(point.withAbstention)} | ${percent(point.categoriesWithAbstention)} | ${percent(point.abstained)} |`,
  );
  const classes = new Set(labelled.gold).size;
  return [
    `${labelled.rows.length} rows of ${classes} classes, one core\n`,
    `| tier | rows refined | rows/s | right among the ${classes} classes | right category | right among all, abstaining | right category | abstained |`,
    '|---|---|---|---|---|---|---|---|',
    ...lines,
    '',
  ].join('\n');
}

function chartOf(all: readonly CurvePoint[]): string {
  const axisText = { color: colours.quiet.light, fontSize: 11 };
  const line = (color: string, valueOf: (point: CurvePoint) => number, name: string) => ({
    type: 'line' as const,
    silent: true,
    symbolSize: 8,
    itemStyle: { color },
    lineStyle: { color },
    data: all.toReversed().map((point) => ({
      value: [point.rowsPerSecond, valueOf(point) * 100],
      label: { show: true, position: 'top' as const, color, fontSize: 10.5, formatter: shortNameOf(point) },
    })),
    endLabel: { show: true, formatter: name, color, distance: 14 },
  });
  return drawChart({
    id: 'tiers',
    title: 'Accuracy against rows per second and core',
    description: all
      .map(
        (point) =>
          `${nameOf(point)}: ${Math.round(point.rowsPerSecond)} rows/s, ${(point.withAbstention * 100).toFixed(1)} %`,
      )
      .join('; '),
    width: 760,
    height: 380,
    option: {
      grid: { left: 56, right: 90, top: 34, bottom: 52 },
      xAxis: {
        type: 'log',
        name: 'rows/s and core',
        nameLocation: 'middle',
        nameGap: 30,
        nameTextStyle: axisText,
        axisLabel: axisText,
        splitLine: { lineStyle: { color: colours.grid.light } },
      },
      yAxis: {
        type: 'value',
        scale: true,
        name: '% right',
        nameTextStyle: axisText,
        axisLabel: axisText,
        splitLine: { lineStyle: { color: colours.grid.light } },
      },
      series: [
        line(colours.after.light, (point) => point.withAbstention, 'class'),
        line(colours.flowC.light, (point) => point.categoriesWithAbstention, 'category'),
      ],
    },
  });
}
