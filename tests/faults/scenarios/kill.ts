import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { Scenario } from '../harness/scenario.ts';
import { Trial } from '../harness/trial.ts';

/** kill -9 in the middle of everything that is under way, at instants drawn by a fixed seed. */
export const kill: Scenario = {
  id: 'a',
  title: 'The process is killed (kill -9) at random instants',
  promise: 'what was acknowledged is stored once, the books are exact, and the stream goes on without a gap',
  short: { devices: 100, rounds: 3, rate: 3_000, messages: 1_500, seconds: 0 },
  long: { devices: 300, rounds: 50, rate: 5_000, messages: 4_000, seconds: 0 },
  async run(lab, size, progress) {
    const random = xoroshiro128plus(7);
    const trial = await Trial.begin(lab, size);
    for (let round = 1; round <= size.rounds; round += 1) {
      progress(round - 1, size.rounds, 'kill -9');
      await trial.load.acknowledged(uniformInt(random, 1, size.messages));
      await lab.kill();
      await lab.start();
      // Exact from the first moment on, while messages still wait to be stored.
      await trial.balance(`start after kill ${round}`);
      await trial.recovered(`kill ${round}`, lab.startedAt);
    }
    return trial.outcome({ kills: size.rounds, 'stream resumed': trial.follower.resumes });
  },
};
