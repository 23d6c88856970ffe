import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommandModule } from 'yargs';

import { ConfigError } from '../../core/errors.ts';
import { compareReports, renderComparison } from '../../report/compare.ts';
import { renderJson } from '../../report/json.ts';
import type { ReportModel } from '../../report/model.ts';
import { renderText } from '../../report/text.ts';

interface ReportArguments {
  run: string;
  compare?: string;
  json: boolean;
}

export const reportCommand: CommandModule<object, ReportArguments> = {
  command: 'report',
  describe: 'Show the report of a run, or the difference of two',
  builder: (yargs) =>
    yargs
      .option('run', { type: 'string', demandOption: true, describe: 'Run folder' })
      .option('compare', { type: 'string', describe: 'Another run folder' })
      .option('json', { type: 'boolean', default: false, describe: 'Print JSON' })
      .example('$0 report --run runs/quickstart', 'what happened')
      .example('$0 report --run runs/a --compare runs/b', 'what changed from a to b'),
  async handler(args) {
    const report = await readReport(args.run);
    if (args.compare === undefined) {
      process.stdout.write(
        args.json
          ? renderJson(report)
          : `${renderText(report, { width: process.stdout.columns ?? 100, color: process.stdout.isTTY })}\n`,
      );
      return;
    }
    const comparison = compareReports(report, await readReport(args.compare));
    process.stdout.write(
      args.json ? `${JSON.stringify(comparison, null, 2)}\n` : `${renderComparison(comparison)}\n`,
    );
  },
};

async function readReport(run: string): Promise<ReportModel> {
  const path = join(run, 'report', 'report.json');
  try {
    return JSON.parse(await readFile(path, 'utf8')) as ReportModel; // written by the run
  } catch (cause) {
    throw new ConfigError(`${path}: no readable report`, {
      code: 'report-not-found',
      hint: 'give the folder of a finished run with --run',
      cause,
    });
  }
}
