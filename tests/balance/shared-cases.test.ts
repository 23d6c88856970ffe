import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { expect, test } from 'vitest';

import { type BalanceCase, readCase } from '../../src/balance/read-case.ts';
import { solveBalance } from '../../src/balance/solve.ts';
import { missedMargins } from './margins.ts';

const root = resolve(import.meta.dirname, '../..');
const spec = join(process.env['TAG_DATASETS_SHARED'] ?? join(root, '../shared'), 'spec');
const casesPath = join(spec, 'balance-cases.json');
const available = existsSync(casesPath);
const python = spawnSync('python3', ['--version']).status === 0;
if (!available) console.log('skipped: the independently solved balance cases (../shared is not there)');

test.skipIf(!available)(
  'the independently solved cases agree on what is feasible, and feasible ones meet every margin',
  async () => {
    const {
      cases,
    }: {
      cases: (BalanceCase & {
        expect: { feasible: boolean; max_repeats_needed?: number | null; cure?: object | null };
      })[];
    } = JSON.parse(readFileSync(casesPath, 'utf8'));
    const wrong: string[] = [];
    for (const entry of cases) {
      const problem = readCase(entry);
      const { feasible, quotas, certificate } = await solveBalance(problem);
      if (feasible !== entry.expect.feasible) wrong.push(`${entry.name}: feasible ${feasible}`);
      if (certificate && certificate.maxRepeatsNeeded !== entry.expect.max_repeats_needed) {
        wrong.push(`${entry.name}: max_repeats ${certificate.maxRepeatsNeeded}`);
      }
      if (certificate && (certificate.cure === null) !== (entry.expect.cure === null))
        wrong.push(`${entry.name}: cure`);
      if (feasible) wrong.push(...missedMargins(problem, quotas).map((missed) => `${entry.name}: ${missed}`));
    }
    expect(wrong).toEqual([]);
  },
);

test.skipIf(!available || !python)('the judge passes every case, conflict sets minimal', () => {
  const folder = mkdtempSync(join(tmpdir(), 'balance-'));
  try {
    const results = join(folder, 'results.json');
    const script = ['--import', './scripts/register-ts.mjs', 'scripts/balance-cases.ts', casesPath];
    writeFileSync(results, execFileSync(process.execPath, script, { cwd: root, maxBuffer: 2 ** 26 }));
    const judged = spawnSync('python3', [
      join(spec, 'balance-check.py'),
      casesPath,
      results,
      '--strict',
      '--quiet',
    ]);
    expect(String(judged.stdout).trim()).toMatch(/^\d+ ok, 0 bad$/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
