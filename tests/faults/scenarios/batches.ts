import { connectAsync, type MqttClient } from 'mqtt';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { Credentials } from '../harness/load.ts';
import { Memory } from '../harness/memory.ts';
import { brokenIn } from '../harness/play.ts';
import type { Scenario } from '../harness/scenario.ts';
import { verify } from '../harness/verify.ts';

/** Observations of one message. */
const BATCH = 20;
/** Of ten observations one is corrected, some of them twice. */
const CORRECTED = 10;

interface Told {
  readonly time: number;
  readonly value: number;
}

/** What a device has to tell: its observations and, in batches among them, other values for some of the same times. */
function story(device: number, batches: number, began: number): readonly (readonly Told[])[] {
  const random = xoroshiro128plus(device + 1);
  const told: Told[][] = [];
  for (let batch = 0; batch < batches; batch += 1) {
    const first = began + (device * batches + batch) * BATCH;
    const observations = Array.from({ length: BATCH }, (_, i) => ({ time: first + i, value: i }));
    told.push(observations);
    const again = observations.filter(() => uniformInt(random, 1, CORRECTED) === 1);
    if (again.length > 0) told.push(again.map(({ time, value }) => ({ time, value: value + 50 })));
    if (again.length > 1) told.push(again.slice(1).map(({ time, value }) => ({ time, value: value + 100 })));
  }
  return told;
}

/** What becomes of observations in the order they were received: the plain words of the model, told again. */
class Expected {
  stored = 0;
  corrected = 0;
  duplicate = 0;
  /** Values by time, in the order they were first received: the last is the winner. */
  readonly #held = new Map<number, number[]>();

  receive({ time, value }: Told): void {
    const values = this.#held.get(time);
    if (!values) {
      this.#held.set(time, [value]);
      this.stored += 1;
    } else if (values.includes(value)) this.duplicate += 1;
    else {
      values.push(value);
      this.corrected += 1;
    }
  }

  *winners(): Generator<Told> {
    for (const [time, values] of this.#held) yield { time, value: values.at(-1) ?? Number.NaN };
  }
}

/** Every batch is sent three times in two orders, with corrections among them. */
export const batches: Scenario = {
  id: 'h',
  title: 'Batches are sent three times in two orders, with corrections among them',
  promise:
    'each observation is stored once, each new value is one correction, everything else is a duplicate; the value first received last wins, also after a kill',
  short: { devices: 12, rounds: 1, rate: 0, messages: 12, seconds: 0 },
  long: { devices: 200, rounds: 1, rate: 0, messages: 60, seconds: 0 },
  async run(lab, size, progress) {
    await lab.start();
    const credentials: Credentials = await lab.register(size.devices);
    const follower = lab.follow();
    const memory = new Memory();
    const began = Date.now() - 6 * 3_600_000;
    const expected = { stored: 0, corrected: 0, duplicate: 0 };
    let done = 0;

    async function send(client: MqttClient, device: string, batch: readonly Told[]): Promise<void> {
      const readings = batch.map(({ time, value }) => ({ time, values: { mean_speed: value } }));
      await client.publishAsync(`city/traffic/${device}/telemetry`, JSON.stringify(readings), { qos: 1 });
    }
    await Promise.all(
      credentials.map(async ({ username, password }, index) => {
        const clientOptions = { clientId: username, username, password, reconnectPeriod: 0 };
        const client = await connectAsync(`mqtt://127.0.0.1:${lab.mqttPort}`, clientOptions);
        const forward = story(index, size.messages, began);
        const backward = forward.toReversed().map((batch) => batch.toReversed());
        // Half of the devices tell their corrections before what they correct.
        const passes = index % 2 === 0 ? [forward, backward, forward] : [backward, forward, backward];
        const model = new Expected();
        for (const pass of passes) {
          for (const batch of pass) {
            await send(client, username, batch);
            for (const told of batch) model.receive(told);
          }
          done += 1;
          progress(done, credentials.length * passes.length, 'batches');
        }
        for (const winner of model.winners()) {
          memory.send({ device: username, ...winner });
          memory.acknowledge({ device: username, ...winner });
        }
        expected.stored += model.stored;
        expected.corrected += model.corrected;
        expected.duplicate += model.duplicate;
        await client.endAsync();
      }),
    );
    const broken: string[] = [];
    const check = async (when: string) => {
      const figures = await verify(lab.city, memory, follower);
      const { observations } = await lab.city.ledger();
      broken.push(...brokenIn({ figures }).map((what) => `${when}: ${what}`));
      for (const name of ['stored', 'corrected', 'duplicate'] as const)
        if (observations[name] !== expected[name])
          broken.push(`${when}: ${observations[name]} ${name}, expected ${expected[name]}`);
      return figures;
    };
    await check('after three passes');
    await lab.kill();
    await lab.start();
    const figures = await check('after a kill');
    return { figures, broken, more: { corrections: expected.corrected, duplicates: expected.duplicate } };
  },
};
