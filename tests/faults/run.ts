import { parseArgs } from 'node:util';
import { SingleBar } from 'cli-progress';
import { build, isStale } from '../../scripts/build.ts';
import { type Form, failuresOf, play } from './harness/play.ts';
import type { Progress, Scenario } from './harness/scenario.ts';
import { type Played, renderReport, writeReport } from './report.ts';
import { SCENARIOS } from './scenarios/all.ts';

/**
 * `npm run faults`: all scenarios in their long form, one after the other, each on a city of its own; what was found goes
 * into docs/reliability.md. `--only` some of their ids (a,d,power), `--short` as `npm test` plays them, only printed.
 * Ends with 1 where a promise was broken.
 */
const { values: args } = parseArgs({
  options: {
    only: { type: 'string' },
    short: { type: 'boolean', default: false },
  },
});
const form: Form = args.short ? 'short' : 'long';
const wanted = args.only?.split(',');
for (const id of wanted ?? [])
  if (!SCENARIOS.some((scenario) => scenario.id === id))
    throw new Error(`there is no scenario ${id}: ${SCENARIOS.map((scenario) => scenario.id).join(', ')}`);
const chosen = SCENARIOS.filter(({ id }) => wanted === undefined || wanted.includes(id));

/** A bar on the error stream, or a line a step where nobody sees a bar. */
function progressOf({ id }: Scenario): { progress: Progress; done: () => void } {
  if (!process.stderr.isTTY) {
    const progress: Progress = (done, of, what) => void process.stderr.write(`${id} ${done}/${of} ${what}\n`);
    return { progress, done: () => {} };
  }
  const bar = new SingleBar({
    stream: process.stderr,
    format: `${id} {bar} {value}/{total} | {duration_formatted} | {what}`,
  });
  bar.start(1, 0, { what: 'starting' });
  return {
    progress: (done, of, what) => {
      bar.setTotal(of);
      bar.update(done, { what });
    },
    done: () => bar.stop(),
  };
}

if (isStale()) build();
const played: Played[] = [];
let failed = false;
for (const scenario of chosen) {
  const skipped = await scenario.unavailable?.();
  if (skipped !== undefined) {
    process.stderr.write(`${scenario.id} skipped: ${skipped}\n`);
    played.push({ scenario, form, skipped });
    continue;
  }
  const { progress, done } = progressOf(scenario);
  try {
    const began = performance.now();
    const outcome = await play(scenario, form, progress);
    const failures = failuresOf(scenario, outcome);
    played.push({ scenario, form, outcome, failures, seconds: (performance.now() - began) / 1_000 });
    failed ||= failures.length > 0;
  } catch (error) {
    // One that breaks off must not keep the others from being played.
    failed = true;
    process.stderr.write(`${error instanceof Error ? `${error.message}\n${String(error.cause)}` : String(error)}\n`);
    played.push({ scenario, form, skipped: 'it was not played to its end' });
  } finally {
    done();
  }
}
process.stdout.write(`${renderReport(played)}\n`);
if (!args.short) await writeReport(played);
process.exit(failed ? 1 : 0);
