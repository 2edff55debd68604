import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Scenario } from '../harness/scenario.ts';
import { mountSmallDisk, noSmallDisk } from '../harness/small-disk.ts';
import { Trial } from '../harness/trial.ts';

/** Bytes: 64 MiB are kept free by the journal, the rest is for what is sent. */
const DISK = 400 * 2 ** 20;

/** Somebody else takes all of the disk in the middle of the load, and gives it back. */
export const fullDisk: Scenario = {
  id: 'c',
  title: 'The disk is filled by somebody else and freed again',
  promise: 'while it is full nothing is acknowledged and the process lives; then everything goes on by itself',
  short: { devices: 100, rounds: 1, rate: 1_500, messages: 1_000, seconds: 2 },
  long: { devices: 300, rounds: 10, rate: 3_000, messages: 3_000, seconds: 10 },
  unavailable: noSmallDisk,
  async run(lab, size, progress) {
    const disk = await mountSmallDisk(dirname(lab.dataDir), DISK);
    if (!disk) throw new Error('this user may not mount a tmpfs');
    try {
      const trial = await Trial.begin(lab, size);
      const status = async (path: string) => (await fetch(`${lab.url}${path}`)).status;
      for (let round = 1; round <= size.rounds; round += 1) {
        progress(round - 1, size.rounds, `full for ${size.seconds} s`);
        await trial.load.acknowledged(size.messages);
        await disk.fill();
        // The journal looks at the room left four times a second; what it flushed before may still be acknowledged.
        await until(async () => (await status('/readyz')) === 503);
        await delay(500);
        const before = trial.load.memory.acknowledgedCount;
        await delay(size.seconds * 1_000);
        const during = trial.load.memory.acknowledgedCount - before;
        trial.expect(during === 0, `full disk ${round}: ${during} messages were acknowledged`);
        trial.expect((await status('/healthz')) === 200, `full disk ${round}: the process does not answer`);
        trial.expect((await status('/readyz')) === 503, `full disk ${round}: the city calls itself ready`);
        await trial.balance(`full disk ${round}`);
        await disk.free();
        await trial.recovered(`full disk ${round}`, performance.now());
      }
      return trial.outcome({ 'times full': size.rounds, 'seconds each': size.seconds });
    } finally {
      await lab.kill();
      await disk.unmount();
    }
  },
};

/** Asks again until it is so, or for ten seconds. */
async function until(so: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 200 && !(await so()); tries += 1) await delay(50);
}
