import { setTimeout as delay } from 'node:timers/promises';
import { type Action, type Gateway, startGateway } from '../../helpers/gateway.ts';
import { type Influxd, startInfluxd } from '../../helpers/influxd.ts';
import { findTool } from '../../helpers/tools.ts';
import type { Scenario } from '../harness/scenario.ts';
import { Trial } from '../harness/trial.ts';

const PARTIAL = '{"error":"partial write: points beyond retention policy dropped=1"}';

/** Ways in which InfluxDB fails while devices send; each lasts the given seconds and ends by itself. */
function troubles(influxd: Influxd, answer: (writes: Action) => void) {
  const during = (writes: Action) => async (seconds: number) => {
    answer(writes);
    await delay(seconds * 1_000);
    answer('pass');
  };
  return [
    [
      'away',
      async (seconds: number) => {
        await influxd.kill();
        await delay(seconds * 1_000);
        await influxd.restart();
      },
    ],
    [
      'killed',
      async () => {
        await influxd.kill();
        await influxd.restart();
      },
    ],
    ['slow', during({ after: 700 })],
    ['429', during({ status: 429, headers: { 'retry-after': '1' } })],
    ['503', during({ status: 503, body: '{"error":"engine: cache maximum memory size exceeded"}' })],
    ['500 after half', during({ status: 500, body: '{"error":"timeout"}', half: true })],
    ['breaking off', during('break')],
    ['partial', async () => answer({ status: 400, body: PARTIAL, half: true })],
  ] as const satisfies readonly (readonly [string, (seconds: number) => Promise<void>])[];
}

/** A real influxd behind a gateway that makes it misbehave. */
export const influxdb: Scenario = {
  id: 'i',
  title: 'InfluxDB is away, killed, slow, answers 429, 500 and 503, breaks off, stores parts of a write',
  promise: 'devices are acknowledged all the while; afterwards every observation is in InfluxDB once',
  short: { devices: 60, rounds: 8, rate: 800, messages: 300, seconds: 1.5 },
  long: { devices: 200, rounds: 16, rate: 1_500, messages: 2_000, seconds: 30 },
  async unavailable() {
    return (await findTool('influxd')) ? undefined : 'there is no influxd';
  },
  async run(lab, size, progress) {
    const influxd = await startInfluxd();
    let writes: Action = 'pass';
    let gateway: Gateway | undefined;
    try {
      gateway = await startGateway(
        ({ method, path }) => {
          if (method !== 'POST' || path !== '/write') return 'pass';
          const action = writes;
          // A part of a write is stored once: what is sent again of it is taken.
          if (typeof action === 'object' && 'status' in action && action.status === 400) writes = 'pass';
          return action;
        },
        influxd.url,
        false,
      );
      await lab.start({ env: { STORE: 'influxdb', INFLUX_URL: gateway.url } });
      const trial = await Trial.begin(lab, size);
      const all = troubles(influxd, (action) => {
        writes = action;
      });
      for (let round = 0; round < size.rounds; round += 1) {
        const trouble = all[round % all.length];
        if (!trouble) break;
        const [name, strike] = trouble;
        progress(round, size.rounds, name);
        await trial.load.acknowledged(size.messages);
        const before = trial.load.memory.acknowledgedCount;
        // One outage of the long form lasts minutes.
        await strike(round === 0 ? size.seconds * 4 : size.seconds);
        await trial.balance(name);
        await trial.recovered(`${name}, round ${round + 1}`, performance.now());
        trial.expect(trial.load.memory.acknowledgedCount > before, `${name}: nobody was acknowledged`);
      }
      return trial.outcome({ faults: size.rounds, 'longest outage, s': size.seconds * 4 });
    } finally {
      await lab.close();
      await gateway?.close();
      await influxd.stop();
    }
  },
};
