import { defineConfig } from 'vitest/config';

/** The long part of the fault suite, `npm run test:faults`: one file after the other, so that a kill hits at about the same moment. */
export default defineConfig({
  test: {
    include: ['tests/faults/**/*.faults.ts'],
    pool: 'forks',
    maxWorkers: 1,
    execArgv: ['--import', new URL('./scripts/register-ts.mjs', import.meta.url).href],
    reporters: ['verbose', './tests/support/reporter.ts'],
    globalSetup: ['./tests/support/build.ts'],
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});
