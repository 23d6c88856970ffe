import { KeyHistogram } from '../../balance/key-histogram.ts';
import type { BalanceProblem } from '../../balance/problem.ts';
import type { BalanceSolution } from '../../balance/solution.ts';
import { StreamSelection } from '../../balance/stream-select.ts';
import type { Config } from '../../config/schema.ts';
import { ConfigError } from '../../core/errors.ts';
import type { Taxonomy } from '../../core/taxonomy.ts';
import type { CorpusSource } from './corpus.ts';
import { DroppedRows } from './dropped-rows.ts';
import { type CellCount, cellCoder, describeCell, requiredTraits } from './plan-cells.ts';
import { drawKeys, solvePlan } from './plan-pass.ts';
import { type PlanTable, stateIndex } from './plan-table.ts';
import type { UnitStream } from './unit-stream.ts';

/** A plan that holds no row; it answers for one unit at a time, in any order. */
export interface StreamingPlan extends Disposable {
  readonly problem: BalanceProblem;
  readonly solution: BalanceSolution;
  /** The unit's rows with their final states, and how often each enters. */
  decide(unit: number): Promise<{ readonly table: PlanTable; readonly copies: Uint8Array }>;
}

/**
 * The selection of `planRun`, row for row, in memory that does not grow with the rows: sidecars stream by, once for
 * duplicates, twice for the selection (twice more where a source has a limit), and again as units are decided.
 * Memory: one unit, one partition of duplicates (about a million rows), and 16 KiB a cell for the key histogram.
 * Disk: 28 bytes a row in `spill` while duplicates are sought.
 * @throws ValidationError `infeasible` when balance.on_infeasible is error
 */
export async function planStreaming(params: {
  readonly stream: UnitStream;
  readonly sources: readonly CorpusSource[];
  readonly config: Config;
  readonly taxonomy: Taxonomy;
  /** A folder of its own for what does not fit into memory. */
  readonly spill: string;
  /** Rows per partition of duplicates; default a million. */
  readonly rowsPerPart?: number;
}): Promise<StreamingPlan> {
  const { stream, sources, config, taxonomy } = params;
  refuseOthers(config);
  const dropped =
    config.dataset.deduplicate && config.dataset.filter_duplicates
      ? await DroppedRows.find(stream, {
          folder: params.spill,
          sources,
          rowsPerPart: params.rowsPerPart,
        })
      : null;
  const withoutDuplicates: Reader = {
    stream,
    async read(unit) {
      const table = await stream.read(unit);
      dropped?.mark(unit, table);
      return { table, keys: drawKeys(table, config, sources) };
    },
  };
  const reader = await withinLimits(withoutDuplicates, sources);
  const { codes, counts, histogram } = await countCells(reader, { config, taxonomy, sources });
  const sorted = [...counts.keys()].toSorted((a, b) => a - b);
  const supply = sorted.map((code) => describeCell(code, counts.get(code), config, taxonomy));
  const { problem, solution } = await solvePlan(supply, config, taxonomy);
  const quotas = new Array<number>(sorted.length).fill(0);
  sorted.forEach((code, cell) => {
    quotas[codes.get(code) ?? 0] = solution.quotas[cell] ?? 0;
  });
  const cellsOf = cellFinder(codes, { config, taxonomy, sources });
  const selection = await select(reader, histogram, quotas, cellsOf);
  return {
    problem,
    solution,
    async decide(unit) {
      const read = await reader.read(unit);
      const copies = new Uint8Array(read.table.rows);
      forEachRow(stream, unit, read, cellsOf, (cell, high, low, sequence, row) => {
        copies[row] = selection.copies(cell, high, low, sequence);
      });
      return { table: read.table, copies };
    },
    [Symbol.dispose]() {
      dropped?.[Symbol.dispose]();
    },
  };
}

/** What needs all rows at once: shares of tokens (chosen by the rows' lengths), near-duplicates, decontamination. */
function refuseOthers({ balance, dataset }: Config): void {
  const { near_duplicates: near, decontaminate } = dataset;
  const others = [
    ...(balance.unit === 'rows' ? [] : [`balance.unit: ${balance.unit}`]),
    ...(near.mode === 'none' ? [] : ['dataset.near_duplicates']),
    ...(decontaminate.files.length + Object.keys(decontaminate.benchmarks).length > 0
      ? ['dataset.decontaminate']
      : []),
  ];
  if (others.length === 0) return;
  throw new ConfigError(`${others.join(', ')}: not possible in a plan that holds no rows`, {
    code: 'plan-not-streamable',
    hint: 'plan in memory, or leave it out',
  });
}

interface ReadUnit {
  readonly table: PlanTable;
  readonly keys: Uint32Array;
}

interface Reader {
  readonly stream: UnitStream;
  read(unit: number): Promise<ReadUnit>;
}

/** For the rows of one unit's table: the cell of an eligible row, or -1. */
type CellsOf = (table: PlanTable, unit: number) => (row: number) => number;

interface Settings {
  readonly config: Config;
  readonly taxonomy: Taxonomy;
  readonly sources: readonly CorpusSource[];
}

/** A reader that marks what is above a source's limit; reads everything twice where there is one. */
async function withinLimits(reader: Reader, sources: readonly CorpusSource[]): Promise<Reader> {
  if (sources.every((source) => source.limit === null)) return reader;
  const { stream } = reader;
  const sourceOf: CellsOf = (_table, unit) => {
    const source = stream.units[unit]?.source ?? -1;
    return () => (sources[source]?.limit === null ? -1 : source);
  };
  const histogram = new KeyHistogram();
  for (let unit = 0; unit < stream.units.length; unit++)
    forEachRow(stream, unit, await reader.read(unit), sourceOf, (source, high) =>
      histogram.add(source, high),
    );
  const quotas = sources.map(({ limit }, source) =>
    source < histogram.cells ? Math.min(limit ?? 0, histogram.rows(source)) : 0,
  );
  const kept = await select(reader, histogram, quotas, sourceOf);
  return {
    stream,
    async read(unit) {
      const read = await reader.read(unit);
      forEachRow(stream, unit, read, sourceOf, (source, high, low, sequence, row) => {
        if (kept.copies(source, high, low, sequence) === 0)
          read.table.state[row] = stateIndex['source-limit'];
      });
      return read;
    },
  };
}

/** Pass one: cells in the order of their first row, with rows, units and the spread of their keys. */
async function countCells(
  reader: Reader,
  settings: Settings,
): Promise<{ codes: Map<number, number>; counts: Map<number, CellCount>; histogram: KeyHistogram }> {
  const required = requiredTraits(settings.config, settings.taxonomy);
  const codes = new Map<number, number>();
  const counts = new Map<number, CellCount>();
  const histogram = new KeyHistogram();
  for (let unit = 0; unit < reader.stream.units.length; unit++) {
    const { table, keys } = await reader.read(unit);
    const codeOf = cellCoder(table, settings, required);
    for (let row = 0; row < table.rows; row++) {
      if (table.state[row] !== stateIndex.eligible) continue;
      const code = codeOf(row);
      let cell = codes.get(code);
      if (cell === undefined) codes.set(code, (cell = codes.size));
      const count = counts.get(code);
      if (count) {
        count.rows++;
        count.units++;
      } else counts.set(code, { rows: 1, units: 1 });
      histogram.add(cell, keys[row * 2] ?? 0);
    }
  }
  return { codes, counts, histogram };
}

function cellFinder(codes: ReadonlyMap<number, number>, settings: Settings): CellsOf {
  const required = requiredTraits(settings.config, settings.taxonomy);
  return (table) => {
    const codeOf = cellCoder(table, settings, required);
    return (row) => codes.get(codeOf(row)) ?? -1;
  };
}

/** Pass two. */
async function select(
  reader: Reader,
  histogram: KeyHistogram,
  quotas: readonly number[],
  cellsOf: CellsOf,
): Promise<StreamSelection> {
  const selection = new StreamSelection(histogram, quotas);
  for (let unit = 0; unit < reader.stream.units.length; unit++) {
    forEachRow(reader.stream, unit, await reader.read(unit), cellsOf, (cell, high, low, sequence) =>
      selection.offer(cell, high, low, sequence),
    );
  }
  selection.settle();
  return selection;
}

function forEachRow(
  stream: UnitStream,
  unit: number,
  { table, keys }: ReadUnit,
  cellsOf: CellsOf,
  visit: (cell: number, high: number, low: number, sequence: number, row: number) => void,
): void {
  const first = stream.firstRow[unit] ?? 0;
  const cellOf = cellsOf(table, unit);
  for (let row = 0; row < table.rows; row++) {
    if (table.state[row] !== stateIndex.eligible) continue;
    const cell = cellOf(row);
    if (cell >= 0) visit(cell, keys[row * 2] ?? 0, keys[row * 2 + 1] ?? 0, first + row, row);
  }
}
