import { defineConfig } from 'vitest/config';

/** The long part of the fault suite, `npm run test:faults`: two files at once, since most of a file's time is the start of processes. */
export default defineConfig({
  test: {
    include: ['tests/faults/**/*.faults.ts'],
    pool: 'forks',
    maxWorkers: 2,
    execArgv: ['--import', new URL('./scripts/register-ts.mjs', import.meta.url).href],
    reporters: ['verbose', './tests/support/reporter.ts'],
    globalSetup: ['./tests/support/build.ts'],
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});
