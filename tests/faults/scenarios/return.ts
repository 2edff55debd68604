import type { Scenario } from '../harness/scenario.ts';
import { Trial } from '../harness/trial.ts';

/** All devices lose their connection at the same moment, by the line or by the city's end, and come back together. */
export const comeBack: Scenario = {
  id: 'f',
  title: 'All devices come back at once',
  promise: 'every one of them is let in again and goes on; nothing is lost or stored twice',
  short: { devices: 400, rounds: 2, rate: 2_000, messages: 800, seconds: 0 },
  long: { devices: 2_000, rounds: 6, rate: 4_000, messages: 8_000, seconds: 0 },
  async run(lab, size, progress) {
    const trial = await Trial.begin(lab, size, { backoffMs: 50 });
    let slowest = 0;
    for (let round = 0; round < size.rounds; round += 1) {
      const killed = round % 2 === 1;
      progress(round, size.rounds, killed ? 'the city was killed' : 'their lines were cut');
      await trial.load.acknowledged(size.messages);
      let ended = performance.now();
      if (killed) {
        await lab.kill();
        await lab.start();
        ended = lab.startedAt;
      } else trial.load.cut();
      // The load deals its messages out in turn: by then each device has had one through, also the last to come back.
      await trial.load.acknowledged(size.devices * 2);
      await trial.recovered(`return ${round + 1}`, ended);
      slowest = Math.max(slowest, performance.now() - ended);
      await trial.balance(`return ${round + 1}`);
    }
    return trial.outcome({ devices: size.devices, returns: size.rounds });
  },
};
