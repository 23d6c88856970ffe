import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { CommandModule } from 'yargs';

import { type BenchResult, measureRun } from '../../../bench/measure-run.ts';
import { withProcess } from '../process.ts';
import { findConfig } from '../tools.ts';

interface BenchArguments {
  rows: number;
  workers: string;
  config: string;
  folder?: string;
  json: boolean;
}

export const benchCommand: CommandModule<object, BenchArguments> = {
  command: 'bench',
  describe: 'Measure throughput per stage, peak memory and scaling on a generated corpus',
  builder: (yargs) =>
    yargs
      .option('rows', {
        type: 'number',
        default: 200_000,
        describe: 'Rows to generate, about 900 bytes each',
      })
      .option('workers', {
        type: 'string',
        default: `1,${availableParallelism()}`,
        describe: 'Worker counts to try',
      })
      .option('config', {
        type: 'string',
        default: 'configs/bench.yaml',
        describe: 'Configuration of the runs; its sources are replaced',
      })
      .option('folder', {
        type: 'string',
        describe: 'Work here and keep the files; default a temporary folder',
      })
      .option('json', { type: 'boolean', default: false, describe: 'Print JSON' })
      .example('$0 bench --rows 1000000 --workers 1,2', 'about 0.9 GB'),
  async handler(args) {
    await withProcess({ json: args.json }, async (effects) => {
      const main = fileURLToPath(
        new URL(`../main${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url),
      );
      const result = await measureRun({
        rows: args.rows,
        workers: args.workers.split(',').map(Number),
        config: findConfig(args.config),
        cli: [process.execPath, ...process.execArgv, main],
        folder: args.folder,
      });
      effects.print(args.json ? JSON.stringify(result, null, 2) : render(result));
    });
  },
};

function render(result: BenchResult): string {
  const lines = [
    `${result.machine}, Node ${result.node}; ${result.rows} rows, ${(result.bytes / 1e6).toFixed(0)} MB`,
    `limits of one core: reading ${result.limits.read_mb_per_second} MB/s, reading and JSON.parse ${result.limits.parse_rows_per_second} rows/s`,
    '',
    `${'workers'.padEnd(8)} ${'stage'.padEnd(9)} ${'seconds'.padStart(9)} ${'rows/s'.padStart(10)}  of the parse limit`,
  ];
  for (const run of result.runs) {
    const limit = result.limits.parse_rows_per_second * run.workers;
    for (const [stage, figures] of Object.entries(run.stages)) {
      const share =
        stage === 'tag' ? `${((figures.rows_per_second / limit) * 100).toFixed(0).padStart(3)} %` : '';
      lines.push(
        `${String(run.workers).padEnd(8)} ${stage.padEnd(9)} ${figures.seconds.toFixed(2).padStart(9)} ${String(figures.rows_per_second).padStart(10)}  ${share}`,
      );
    }
    lines.push(
      `${String(run.workers).padEnd(8)} ${'whole run'.padEnd(9)} ${run.seconds.toFixed(2).padStart(9)} ${String(run.rows_per_second).padStart(10)}  peak memory ${(run.peak_rss_bytes / 2 ** 20).toFixed(0)} MiB`,
    );
  }
  if (result.tag_scaling !== null)
    lines.push(
      '',
      `TAG with ${result.runs.at(-1)?.workers} workers is ${result.tag_scaling.toFixed(2)} × ${result.runs[0]?.workers}`,
    );
  return lines.join('\n');
}
