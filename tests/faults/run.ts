import { parseArgs } from 'node:util';
import { SingleBar } from 'cli-progress';
import { build, isStale } from '../../scripts/build.ts';
import { FUZZERS } from './fuzzers.ts';
import { type Form, failuresOf, play } from './harness/play.ts';
import type { Progress } from './harness/scenario.ts';
import { type Chapter, chapterOf, chapterOfFuzzing, writeReport } from './report.ts';
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
const ids = [...SCENARIOS, ...FUZZERS].map(({ id }) => id);
for (const id of wanted ?? []) if (!ids.includes(id)) throw new Error(`there is no ${id}: ${ids.join(', ')}`);
const chosen = ({ id }: { readonly id: string }): boolean => wanted === undefined || wanted.includes(id);
/** The short form of a fuzzer knocks so much less often. */
const SHORTER = 50;

/** A bar on the error stream, or a line a step where nobody sees a bar. */
function progressOf({ id }: { readonly id: string }): { progress: Progress; done: () => void } {
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
let failed = false;
/** Keeps what was found, from the first on: a run of an hour that is ended has not been for nothing. */
async function keep(chapter: Chapter): Promise<void> {
  process.stdout.write(`${chapter.text}\n\n`);
  if (!args.short) await writeReport([chapter]);
}
for (const scenario of SCENARIOS.filter(chosen)) {
  const skipped = await scenario.unavailable?.();
  if (skipped !== undefined) {
    process.stderr.write(`${scenario.id} skipped: ${skipped}\n`);
    await keep(chapterOf({ scenario, form, skipped }));
    continue;
  }
  const { progress, done } = progressOf(scenario);
  try {
    const began = performance.now();
    const outcome = await play(scenario, form, progress);
    const failures = failuresOf(scenario, outcome);
    failed ||= failures.length > 0;
    await keep(chapterOf({ scenario, form, outcome, failures, seconds: (performance.now() - began) / 1_000 }));
  } catch (error) {
    // One that breaks off must not keep the others from being played.
    failed = true;
    process.stderr.write(`${error instanceof Error ? `${error.message}\n${String(error.cause)}` : String(error)}\n`);
    await keep(chapterOf({ scenario, form, skipped: 'it was not played to its end' }));
  } finally {
    done();
  }
}
for (const fuzzer of FUZZERS.filter(chosen)) {
  const count = form === 'short' ? fuzzer.count / SHORTER : fuzzer.count;
  const { progress, done } = progressOf(fuzzer);
  const began = performance.now();
  const fuzzed = await fuzzer.run(count, (so) => progress(so, count, 'knocking'));
  done();
  failed ||= fuzzed.failures.length > 0;
  await keep(chapterOfFuzzing(fuzzer, fuzzed, (performance.now() - began) / 1_000));
}
process.exit(failed ? 1 : 0);
