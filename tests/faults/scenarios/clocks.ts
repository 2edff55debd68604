import { numbered } from '../harness/load.ts';
import type { Scenario } from '../harness/scenario.ts';
import { Trial } from '../harness/trial.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/**
 * How far off clocks may be and still be believed, ms: odd numbers, so that no two messages come to tell the same
 * observation. The devices' own times lie within the last six hours.
 */
const MINUTES_OFF = [0, -7 * MINUTE - 13, 4 * MINUTE + 7, -3 * 60 * MINUTE - 31, -2 * DAY - 71];
/** What nobody believes: quarantined, each with its reason. */
const YEARS_OFF = [-30 * 365 * DAY, 2 * 365 * DAY];

/** Devices whose clocks jump while they send, and others whose clocks are off by years. */
export const clocks: Scenario = {
  id: 'g',
  title: 'Devices’ clocks move by minutes and by years',
  promise:
    'every observation is stored at the time it tells, the latest is the latest by that time; times that cannot be are quarantined, each counted, and disturb nobody',
  short: { devices: 60, rounds: 3, rate: 1_000, messages: 500, seconds: 0 },
  long: { devices: 300, rounds: 15, rate: 3_000, messages: 5_000, seconds: 0 },
  async run(lab, size, progress) {
    const began = Date.now();
    const right = numbered(began);
    let shift = 0;
    const message = (n: number, device: string) => {
      const told = right(n, device);
      const off = MINUTES_OFF[(shift + Number(device.split('-').at(-1))) % MINUTES_OFF.length] ?? 0;
      return { ...told, time: told.time + off };
    };
    const trial = await Trial.begin(lab, size, { message });
    const strangers = lab.load({
      credentials: await lab.register(Math.ceil(size.devices / 10), 'years'),
      rate: Math.ceil(size.rate / 10),
      message: (n, device) => ({ device, time: began + n + (YEARS_OFF[n % YEARS_OFF.length] ?? 0), value: 1 }),
    });
    strangers.resume();
    for (let round = 0; round < size.rounds; round += 1) {
      progress(round, size.rounds, 'clocks jump');
      await trial.load.acknowledged(size.messages);
      shift += 1;
      const ended = performance.now();
      await strangers.drain();
      await trial.recovered(`jump ${round + 1}`, ended);
      await trial.balance(`jump ${round + 1}`);
      strangers.resume();
    }
    await strangers.drain();
    const { observations } = await lab.city.settled();
    const told = strangers.memory.acknowledgedCount;
    trial.expect(
      told > 0 && observations.quarantined === told,
      `${observations.quarantined} of ${told} impossible times were quarantined`,
    );
    return trial.outcome({ jumps: size.rounds, 'impossible times, all quarantined': told });
  },
};
