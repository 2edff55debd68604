import { setTimeout as delay } from 'node:timers/promises';
import type { Scenario } from '../harness/scenario.ts';
import { Trial } from '../harness/trial.ts';

/** Seconds of the devices' keepalive: shorter than the longest freeze, so that they give their connections up. */
const KEEPALIVE = 2;

/** SIGSTOP and SIGCONT, in turns shorter and longer than the devices' keepalive. */
export const freeze: Scenario = {
  id: 'b',
  title: 'The process is frozen and resumed (SIGSTOP, SIGCONT)',
  promise:
    'devices wait or come back, also where the freeze outlasted their keepalive; nothing is lost or stored twice',
  short: { devices: 100, rounds: 2, rate: 1_500, messages: 500, seconds: 4 },
  long: { devices: 300, rounds: 20, rate: 3_000, messages: 3_000, seconds: 15 },
  async run(lab, size, progress) {
    const trial = await Trial.begin(lab, size, { keepalive: KEEPALIVE });
    for (let round = 1; round <= size.rounds; round += 1) {
      const seconds = round % 2 === 0 ? size.seconds : 1;
      progress(round - 1, size.rounds, `frozen for ${seconds} s`);
      await trial.load.acknowledged(size.messages);
      lab.signal('SIGSTOP');
      await delay(seconds * 1_000);
      const before = trial.load.memory.acknowledgedCount;
      lab.signal('SIGCONT');
      const ended = performance.now();
      await trial.recovered(`freeze ${round} of ${seconds} s`, ended);
      trial.expect(trial.load.memory.acknowledgedCount > before, `freeze ${round}: nothing was acknowledged after it`);
      await trial.balance(`freeze ${round}`);
    }
    return trial.outcome({ freezes: size.rounds, 'longest freeze, s': size.seconds });
  },
};
