import { setTimeout as delay } from 'node:timers/promises';
import { startTcpProxy } from '../../helpers/tcp-proxy.ts';
import type { Scenario } from '../harness/scenario.ts';
import { Trial } from '../harness/trial.ts';

/** Seconds of the devices' keepalive: a stalled line outlasts it. */
const KEEPALIVE = 2;

/** Four ways in which a line fails, in turns, for all devices at once. */
export const sockets: Scenario = {
  id: 'e',
  title: 'Devices’ sockets are cut, delayed, stalled and half closed',
  promise: 'what was acknowledged is stored once, whatever the line did to messages and acknowledgements under way',
  short: { devices: 80, rounds: 4, rate: 1_500, messages: 500, seconds: 4 },
  long: { devices: 300, rounds: 24, rate: 3_000, messages: 3_000, seconds: 10 },
  async run(lab, size, progress) {
    await lab.start();
    const proxy = await startTcpProxy(() => lab.mqttPort);
    try {
      const trial = await Trial.begin(lab, size, { mqttPort: () => proxy.port, keepalive: KEEPALIVE });
      const faults: readonly (readonly [name: string, strike: () => Promise<void>])[] = [
        ['cut', async () => proxy.cut()],
        [
          'delayed',
          async () => {
            proxy.set({ delayMs: 300 });
            await trial.load.acknowledged(Math.ceil(size.messages / 2));
            proxy.cut();
            proxy.set('clear');
          },
        ],
        [
          'stalled',
          async () => {
            proxy.set('stalled');
            await delay(size.seconds * 1_000);
            proxy.set('clear');
          },
        ],
        ['half closed', async () => proxy.halfClose()],
      ];
      for (let round = 0; round < size.rounds; round += 1) {
        const [name, strike] = faults[round % faults.length] ?? ['', async () => {}];
        progress(round, size.rounds, name);
        await trial.load.acknowledged(size.messages);
        await strike();
        await trial.recovered(`${name}, round ${round + 1}`, performance.now());
        await trial.balance(name);
      }
      return trial.outcome({ faults: size.rounds, 'longest stall, s': size.seconds });
    } finally {
      await proxy.close();
    }
  },
};
