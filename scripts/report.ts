import { readFile } from 'node:fs/promises';
import { z } from 'zod';

/** Prints the one line that says how the tests ended, from the runner's own report. */
const Report = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number(),
  numFailedTestSuites: z.number(),
  success: z.boolean(),
});

const path = process.argv[2];
if (path === undefined) throw new Error('usage: report.ts REPORT.json');
const report = Report.parse(JSON.parse(await readFile(path, 'utf8')));
const skipped = report.numPendingTests + report.numTodoTests;
// A file that could not even be read has no tests to fail: it counts as one.
const failed =
  report.numFailedTests > 0 || report.success ? report.numFailedTests : Math.max(1, report.numFailedTestSuites);
console.log(`${report.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
if (failed > 0 || report.numPassedTests === 0) process.exitCode = 1;
if (skipped > 0 && process.env.CI === 'true') {
  console.error('with CI=true nothing may be skipped');
  process.exitCode = 1;
}
