/** Solves a file of balance cases with the balancer that `plan` uses and prints {name: {feasible, quotas, conflicts, cure}}. */
import { readFile } from 'node:fs/promises';

import { type BalanceCase, readCase } from '../src/balance/read-case.ts';
import { solveBalance } from '../src/balance/solve.ts';

const [file] = process.argv.slice(2);
if (file === undefined) {
  process.stderr.write('usage: npm run -s balance-cases -- FILE\n');
  process.exitCode = 1;
} else {
  process.stdout.write(`${JSON.stringify(await solveCases(file))}\n`);
}

async function solveCases(path: string): Promise<Record<string, unknown>> {
  const { cases }: { cases: BalanceCase[] } = JSON.parse(await readFile(path, 'utf8'));
  const results: Record<string, unknown> = {};
  for (const entry of cases) {
    const { feasible, quotas, certificate } = await solveBalance(readCase(entry));
    results[entry.name] = {
      feasible,
      quotas,
      ...(certificate ? { conflicts: certificate.conflicts, cure: certificate.cure } : {}),
    };
  }
  return results;
}
