import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Scenario } from '../harness/scenario.ts';
import { attach, noStrace } from '../harness/strace.ts';
import { Trial } from '../harness/trial.ts';

/** µs that are added to each flush. */
const SLOW = 250_000;

/** fdatasync becomes slow, then fails with EIO, then works again: on the journal and on whatever else uses it. */
export const badDisk: Scenario = {
  id: 'd',
  title: 'Flushes to disk (fdatasync) become slow, then fail with EIO, then work again',
  promise:
    'slow flushes only slow the acknowledgements; while they fail there is none; then everything goes on by itself',
  short: { devices: 100, rounds: 1, rate: 1_500, messages: 500, seconds: 2 },
  long: { devices: 300, rounds: 10, rate: 3_000, messages: 2_000, seconds: 8 },
  unavailable: noStrace,
  async run(lab, size, progress) {
    const trial = await Trial.begin(lab, size);
    const injected = (number: number, what: string) =>
      attach(lab.city.pid, join(lab.dataDir, `trace-${number}`), [
        ...['-e', 'trace=fdatasync', '-e', `inject=fdatasync:${what}`],
      ]);
    const { memory } = trial.load;
    let slowed = 0;
    let failed = 0;
    for (let round = 1; round <= size.rounds; round += 1) {
      await trial.load.acknowledged(size.messages);

      progress(round - 1, size.rounds, `${SLOW / 1_000} ms more for each flush`);
      const slow = await injected(round, `delay_enter=${SLOW}`);
      const atSlow = memory.acknowledgedCount;
      await delay(size.seconds * 1_000);
      slowed += (await slow.calls()).length;
      trial.expect(memory.acknowledgedCount > atSlow, `slow disk ${round}: nothing was acknowledged`);
      await slow.stop();

      progress(round - 1, size.rounds, 'each flush fails');
      const failing = await injected(round, 'error=EIO');
      // A flush that had succeeded before may still be on its way to the devices.
      for (let tries = 0; (await failing.calls()).length < 2 && tries < 600; tries += 1) await delay(50);
      const atFailure = memory.acknowledgedCount;
      await delay(size.seconds * 1_000);
      const during = memory.acknowledgedCount - atFailure;
      failed += (await failing.calls()).length;
      trial.expect(during === 0, `failing disk ${round}: ${during} messages were acknowledged`);
      const { status } = await fetch(`${lab.url}/healthz`);
      trial.expect(status === 200, `failing disk ${round}: the process does not answer`);
      await trial.balance(`failing disk ${round}`);
      await failing.stop();
      await trial.recovered(`bad disk ${round}`, performance.now());
    }
    return trial.outcome({ 'slow flushes': slowed, 'failed flushes': failed });
  },
};
