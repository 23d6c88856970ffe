import type { Reporter, TestModule } from 'vitest/node';

/** Ends a test run with `N passed, N failed, N skipped`; a module that fails to load counts as one failure. */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    let [passed, failed, skipped] = [0, errors.length, 0];
    for (const module of modules) {
      const states = [...module.children.allTests()].map((test) => test.result().state);
      passed += states.filter((state) => state === 'passed').length;
      skipped += states.filter((state) => state === 'skipped' || state === 'pending').length;
      const failures = states.filter((state) => state === 'failed').length;
      failed += failures;
      if (failures === 0 && (module.state() === 'failed' || module.errors().length > 0)) failed++;
    }
    process.stdout.write(`\n${passed} passed, ${failed} failed, ${skipped} skipped\n`);
  }
}
