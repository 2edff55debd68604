import { expect, it } from 'vitest';
import {
  connect,
  connectPacket,
  eventually,
  publishPacket,
  READING,
  rawClient,
  startHandBroker,
  TELEMETRY,
} from '../harness.fixture.ts';

const KIB = 1024;

it('of all sockets together hold so much: the greediest is closed, and who sends little goes on', async () => {
  const running = await startHandBroker({ maxBufferedBytes: 300 * KIB, maxPendingPerClient: 4 });
  const { journal, broker } = running;
  running.device('cam-3');
  const modest = await connect(running, 'cam-2');
  journal.automatic = false;
  const held = modest.publishAsync('city/traffic/cam-2/telemetry', READING, { qos: 1 });
  await eventually(() => expect(journal.waiting()).toBe(1));

  // Each is held after a few messages, and what it sends on fills its buffer.
  const flooders = await Promise.all(['cam-3', 'cam-1'].map(() => rawClient(running.port)));
  for (const [i, raw] of flooders.entries()) {
    raw.send(connectPacket(running, i === 0 ? 'cam-3' : 'cam-1'));
    await eventually(() => expect(raw.of('connack')).toHaveLength(1));
    const topic = i === 0 ? 'city/traffic/cam-3/telemetry' : TELEMETRY;
    const reading = JSON.stringify({ values: { mean_speed: 1 }, note: 'x'.repeat(10_000) });
    raw.send(...Array.from({ length: 100 }, (_, id) => publishPacket(topic, reading, id + 1)));
  }
  await eventually(() => expect(broker.stats().socketsTooGreedy).toBeGreaterThan(0));
  await Promise.race(flooders.map(({ gone }) => gone));
  await eventually(() => expect(broker.stats().bufferedBytes).toBeLessThanOrEqual(300 * KIB));
  expect(modest.connected).toBe(true);
  // Nothing that was not flushed was acknowledged.
  expect(flooders.flatMap((raw) => raw.of('puback'))).toEqual([]);
  journal.automatic = true;
  journal.flush();
  await held;
});
