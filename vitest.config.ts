import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    execArgv: ['--import', new URL('./scripts/register-ts.mjs', import.meta.url).href],
    reporters: ['default', './tests/support/reporter.ts'],
    setupFiles: ['./tests/support/property-seed.ts'],
    globalSetup: ['./tests/support/build.ts'],
    // A machine with other work beside takes several times as long.
    testTimeout: 240_000,
    hookTimeout: 60_000,
  },
});
