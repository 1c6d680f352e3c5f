import { writeSync } from 'node:fs';

/** How many tests of a file have each state. A file that does not load is one failed test. */
function countStates(testModule, counts) {
  let failed = false;
  for (const test of testModule.children.allTests()) {
    const { state } = test.result();
    failed ||= state === 'failed';
    counts[state] = (counts[state] ?? 0) + 1;
  }
  if (testModule.state() === 'failed' && !failed) counts.failed++;
}

/** Ends the output with one line for people and scripts: `123 passed, 0 failed`, and `, 4 skipped` where there are any. */
export class SummaryReporter {
  onTestRunEnd(testModules, unhandledErrors) {
    const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const testModule of testModules) countStates(testModule, counts);
    const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
    // On exit, so that it is the last line whatever other reporters do.
    process.once('exit', () => writeSync(1, `\n${counts.passed} passed, ${counts.failed} failed${skipped}\n`));
  }
}
