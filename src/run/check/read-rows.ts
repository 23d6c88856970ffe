import { basename, resolve } from 'node:path';

import type { Finding } from '../../core/finding.ts';
import type { Row } from '../../core/row.ts';
import { listFiles } from '../../source/list-files.ts';
import { openBytes } from '../../source/open-bytes.ts';
import { readUnit } from '../../source/read-unit.ts';
import { scanFile } from '../../source/scan-file.ts';

/** A row, or what stood in its place. */
export interface FoundRow {
  /** `rows.jsonl row 17`, or the file alone. */
  readonly place: string;
  readonly row: Row | null;
  readonly finding: Finding | null;
}

/**
 * Every row of a file or folder of any format that a run reads, one after another. What cannot be read comes as a finding.
 * Holds one batch. @throws ConfigError `source-not-found`
 */
export async function* readRows(path: string, signal: AbortSignal | undefined): AsyncGenerator<FoundRow> {
  const { files } = await listFiles({ source: basename(path), paths: [resolve(path)], baseDir: '/' });
  for (const file of files) {
    const scan = await scanFile({ file, options: {} }, { openBytes, ...(signal ? { signal } : {}) });
    if (scan.skipped) yield problem(file.name, scan.skipped);
    for (const unit of scan.units)
      for await (const batch of readUnit(unit, {
        keepExtra: false,
        openBytes,
        ...(signal ? { signal } : {}),
      }))
        for (const entry of batch) {
          const place = `${file.name} row ${entry.row}`;
          if ('value' in entry) yield { place, row: entry.value, finding: null };
          else yield problem(place, entry.reject);
        }
  }
}

function problem(
  place: string,
  { code, message }: { readonly code: string; readonly message: string },
): FoundRow {
  return { place, row: null, finding: { code, severity: 'error', place, message } };
}
