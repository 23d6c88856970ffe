import type { ReportModel } from '../../report/model.ts';
import type { RunResult } from '../../run/run.ts';

/** The stable `--json` result of a run: counts are of the balanced corpus, copies counted. */
export function runSummary({ report, out, dataset, reportHtml }: RunResult): string {
  const seconds = report.timings.reduce((sum, timing) => sum + timing.seconds, 0);
  return JSON.stringify(
    {
      rows: report.accounting.input,
      rows_per_second: seconds > 0 ? Math.round(report.accounting.input / seconds) : 0,
      seconds: Math.round(seconds * 100) / 100,
      peak_rss_bytes: report.timings[0]?.peakRssBytes ?? 0,
      personas: countsOf(report, 'persona'),
      traits: countsOf(report, 'trait'),
      quarantined: report.accounting.quarantined,
      accounting: report.accounting,
      feasible: report.feasibility.feasible,
      stages: Object.fromEntries(
        report.timings.map((timing) => [
          timing.stage,
          { seconds: timing.seconds, rows: timing.rows, rows_per_second: Math.round(timing.rowsPerSecond) },
        ]),
      ),
      shards: report.shards.length,
      out,
      dataset,
      report: reportHtml,
    },
    null,
    2,
  );
}

function countsOf(report: ReportModel, axis: 'persona' | 'trait'): Record<string, number> {
  return Object.fromEntries(
    report.axes[axis].filter((entry) => entry.after.rows > 0).map((entry) => [entry.name, entry.after.rows]),
  );
}
