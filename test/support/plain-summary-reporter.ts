import type { AggregatedResult, Reporter, TestContext } from '@jest/reporters';

/** Prints `N passed, N failed, N skipped` as the last line of the run, for tools that read logs. */
export default class PlainSummaryReporter implements Pick<Reporter, 'onRunComplete'> {
  onRunComplete(_contexts: Set<TestContext>, results: AggregatedResult): void {
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests + results.numTodoTests;
    // Jest always runs its own summary after every other reporter, so the line waits for the end of the process.
    process.once('exit', () => {
      process.stdout.write(`\n${results.numPassedTests} passed, ${failed} failed, ${skipped} skipped\n`);
    });
  }
}
