#!/usr/bin/env node
import { describeSystemError, loadHint } from '../core/errors.ts';

/** Loads the program; where even that fails (no file handles left, a damaged installation) it is one sentence too. */
try {
  await import('./main.ts');
} catch (error) {
  const system = describeSystemError(error);
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(
    system
      ? `${system.message}\n→ ${system.hint}\n`
      : `the program cannot be loaded: ${message}\n→ ${loadHint}\n`,
  );
  process.exitCode = 3;
}
