import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { asyncBufferFromFile } from 'hyparquet/src/node.js';
import { expect, test } from 'vitest';

import { runCli, temporaryFolder } from '../support/run-cli.ts';

/**
 * Every folder of tests/golden is a run; expected.json holds what it must leave. Rows are compared decoded, because zstd
 * builds may differ in bytes. A missing or, with UPDATE_GOLDEN=1, outdated expected.json is written (never in CI).
 */
const root = join(import.meta.dirname, '..', 'golden');

interface Golden {
  readonly accounting: unknown;
  readonly feasible: boolean;
  readonly files: Readonly<Record<string, { readonly rows: number; readonly sha256: string }>>;
}

async function observe(out: string): Promise<Golden> {
  const report = JSON.parse(await readFile(join(out, 'report', 'report.json'), 'utf8'));
  const manifest = JSON.parse(await readFile(join(out, 'dataset', 'manifest.json'), 'utf8'));
  const files: Record<string, { rows: number; sha256: string }> = {};
  for (const file of manifest.files) {
    const rows = await parquetReadObjects({
      file: await asyncBufferFromFile(join(out, 'dataset', file.path)),
      compressors,
    });
    const text = JSON.stringify(rows, (_, value: unknown) =>
      typeof value === 'number' ? Math.round(value * 1e3) / 1e3 : value,
    );
    files[file.path] = { rows: rows.length, sha256: createHash('sha256').update(text).digest('hex') };
  }
  return { accounting: report.accounting, feasible: report.feasibility.feasible, files };
}

for (const name of await readdir(root)) {
  test(`golden run ${name}`, async () => {
    const out = join(await temporaryFolder(), 'run');
    const result = await runCli(['--config', join(root, name, 'config.yaml'), '--out', out]);
    expect(result.stderr).not.toContain('unexpected');
    expect(result.code).toBe(0);
    const observed = await observe(out);
    const path = join(root, name, 'expected.json');
    if (!process.env['CI'] && (process.env['UPDATE_GOLDEN'] || !existsSync(path))) {
      await writeFile(path, `${JSON.stringify(observed, null, 2)}\n`);
    }
    expect(observed).toEqual(JSON.parse(await readFile(path, 'utf8')));
    const verified = await runCli(['verify', '--run', out]);
    expect([verified.code, verified.stdout]).toEqual([0, expect.stringContaining('rows')]);
  });
}
