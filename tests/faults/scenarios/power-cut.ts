import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { Lab } from '../harness/lab.ts';
import { watchPower } from '../harness/power.ts';
import type { Outcome, Progress, Scenario, Size } from '../harness/scenario.ts';
import { noStrace } from '../harness/strace.ts';
import { Trial } from '../harness/trial.ts';

/** What strace does to the journal's flushes while the power fails. */
export const FLUSH_FAULTS = {
  slow: ['-e', 'inject=fdatasync:delay_enter=100000'],
  /** The first two of each thread are well, then none is: at first they fail now and then. */
  failing: ['-e', 'inject=fdatasync:error=EIO:when=3+'],
} as const;
export type FlushFault = keyof typeof FLUSH_FAULTS;
const ROUNDS: readonly FlushFault[] = ['slow', 'failing'];

/** A fault that does not come, or lets nothing through, is waited for so long, ms. */
const PATIENCE_MS = 5_000;
/** Failed flushes before the power is cut. */
const FAILURES = 5;

/** The power is cut under load with each flush slow, or failing from some moment on. */
export const powerCut: Scenario = {
  id: 'power',
  title: 'The power is cut while flushes are slow, or fail',
  promise: 'of the journal only flushed pages are left, of the store nothing new; what was acknowledged is stored once',
  short: { devices: 50, rounds: 2, rate: 1_000, messages: 600, seconds: 0 },
  long: { devices: 200, rounds: 20, rate: 2_000, messages: 2_000, seconds: 0 },
  unavailable: noStrace,
  run: cutPower,
};

/** The same on any build: what it finds is for the caller to judge. */
export async function cutPower(lab: Lab, size: Size, progress: Progress, faults = ROUNDS): Promise<Outcome> {
  const trial = await Trial.begin(lab, size);
  const random = xoroshiro128plus(3);
  let [flushes, failures, unflushed] = [0, 0, 0];
  for (let round = 1; round <= size.rounds; round += 1) {
    const fault = faults[(round - 1) % faults.length] ?? 'slow';
    progress(round - 1, size.rounds, `power cut, flushes ${fault}`);
    await trial.load.drain();
    await lab.city.settled();
    const watched = await watchPower(lab, dirname(lab.dataDir), FLUSH_FAULTS[fault]);
    const before = trial.load.memory.acknowledgedCount;
    trial.load.resume();
    const until = performance.now() + PATIENCE_MS;
    const enough = async (): Promise<boolean> =>
      fault === 'failing'
        ? (await watched.failures()) >= FAILURES
        : trial.load.memory.acknowledgedCount - before >= size.messages;
    while (performance.now() < until && !(await enough())) await delay(20);
    // Acknowledgements come in bursts: not always right behind one.
    await delay(uniformInt(random, 0, 150));
    const cut = await watched.cut();
    flushes += cut.flushes;
    failures += cut.failures;
    unflushed += cut.unflushed;
    await lab.start();
    await trial.balance(`start after power cut ${round}`);
    await trial.recovered(`power cut ${round}`, lab.startedAt);
  }
  return trial.outcome({
    'power cuts': size.rounds,
    'flushes of the journal': flushes,
    'failed flushes': failures,
    'pages lost': unflushed,
  });
}
