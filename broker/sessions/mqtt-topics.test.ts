import { describe, expect, it } from 'vitest';
import { closed, connect, eventually, inbox, READING, startHandBroker, TELEMETRY } from '../harness.fixture.ts';
import { letIn } from './raw-session.fixture.ts';

const STATUS = 'city/traffic/cam-1/status';

describe('filters and topics', () => {
  it('are unsubscribed, and UNSUBACK comes also for what never was subscribed (MQTT-3.10.4-1, -5)', async () => {
    const running = await startHandBroker();
    const wall = await letIn(running, 'wall');
    await wall.subscribe({ topic: 'city/+/+/telemetry', qos: 1 }, { topic: 'city/+/+/status', qos: 0 });
    await wall.unsubscribe('city/+/+/telemetry', 'city/never');
    const cam = await connect(running, 'cam-1');
    await cam.publishAsync(TELEMETRY, READING, { qos: 1 });
    await cam.endAsync();
    await eventually(() => expect(wall.published()).toHaveLength(2));
    expect(wall.published().map(({ topic }) => topic)).toEqual([STATUS, STATUS]);
  });

  it('differ by case and by every level (MQTT-4.7.3-4), and # also stands for the level above it', async () => {
    const running = await startHandBroker();
    const wall = await letIn(running, 'wall');
    const quiet = [
      'city/Traffic/#',
      'city//cam-1/telemetry',
      'city/traffic/cam-1/telemetry/',
      'city/+',
      'city/traffic/+/+/+',
    ];
    for (const topic of quiet) await wall.subscribe({ topic, qos: 0 });
    const cam = await connect(running, 'cam-1');
    await cam.publishAsync(TELEMETRY, READING, { qos: 1 });
    await wall.ping();
    expect(wall.published()).toEqual([]);
    await wall.subscribe({ topic: 'city/traffic/cam-1/telemetry/#', qos: 0 });
    await cam.publishAsync(TELEMETRY, READING, { qos: 1 });
    await eventually(() => expect(wall.published()).toMatchObject([{ topic: TELEMETRY }]));
  });

  it('that begin with $ are closed, and no wildcard opens them (MQTT-4.7.2-1)', async () => {
    const running = await startHandBroker();
    const wall = await letIn(running, 'wall');
    const asked = ['$SYS/#', '$share/group/city/#', '#', '+/#', '+'].map((topic) => ({ topic, qos: 0 as const }));
    expect(await wall.subscribe(...asked)).toMatchObject({ granted: [128, 128, 128, 128, 128] });
  });

  it('of a filter are at most so long; the others of the same SUBSCRIBE are granted', async () => {
    const running = await startHandBroker({ maxFilterLength: 100 });
    const wall = await letIn(running, 'wall');
    const long = `city/${'x'.repeat(96)}`;
    const asked = [long, long.slice(1), 'city/#', `city/${'a/'.repeat(40)}`].map((topic) => ({
      topic,
      qos: 1 as const,
    }));
    expect(await wall.subscribe(...asked)).toMatchObject({ granted: [128, 128, 1, 1] });
  });

  it('of a PUBLISH that are longer than any device’s are not its own: it is told and disconnected', async () => {
    const running = await startHandBroker();
    const cam = await connect(running, 'cam-1');
    const gone = closed(cam);
    cam.publish(`city/traffic/cam-1/${'x'.repeat(60_000)}`, READING, { qos: 1 });
    await gone;
    expect(running.journal.entries).toEqual([]);
  });
});

describe('an acknowledgement of the client', () => {
  it('of what nobody sent is harmless: PUBREL is answered with PUBCOMP, the rest with nothing', async () => {
    const running = await startHandBroker();
    for (const clean of [true, false]) {
      const cam = await letIn(running, 'cam-1', { clean });
      cam.send({ cmd: 'puback', messageId: 77 }, { cmd: 'pubcomp', messageId: 77 }, { cmd: 'pubrec', messageId: 78 });
      cam.send({ cmd: 'pubrel', messageId: 79 });
      await eventually(() => expect(cam.of('pubcomp')).toMatchObject([{ messageId: 79 }]));
      await cam.ping();
      expect(cam.socket.destroyed).toBe(false);
    }
  });

  it('ends a delivery of QoS 2: PUBLISH, PUBREC, PUBREL, PUBCOMP (MQTT-4.3.3-1)', async () => {
    const running = await startHandBroker();
    for (const clean of [true, false]) {
      const wall = await letIn(running, 'wall', { clean });
      await wall.subscribe({ topic: 'city/+/+/telemetry', qos: 2 });
      const cam = await connect(running, 'cam-1');
      await cam.publishAsync(TELEMETRY, READING, { qos: 2 });
      await eventually(() => expect(wall.published()).toHaveLength(1));
      const messageId = wall.published()[0]?.messageId ?? 0;
      wall.send({ cmd: 'pubrec', messageId });
      await eventually(() => expect(wall.of('pubrel')).toMatchObject([{ messageId }]));
      wall.send({ cmd: 'pubcomp', messageId });
      await wall.ping();
      expect(wall.published()).toHaveLength(1);
    }
  });

  it('need not come in time: more than the queue holds is left out, and the reader stays', async () => {
    const running = await startHandBroker({ maxQueuedMessages: 5 });
    const wall = await letIn(running, 'wall', { clean: false });
    await wall.subscribe({ topic: 'city/+/+/telemetry', qos: 1 });
    const cam = await connect(running, 'cam-1');
    const seen = inbox(await connect(running, 'wall', { clientId: 'wall:other' }));
    for (let index = 0; index < 9; index += 1) await cam.publishAsync(TELEMETRY, `${index}`, { qos: 1 });
    await wall.ping();
    expect(wall.published().map(({ payload }) => payload.toString())).toEqual(['0', '1', '2', '3', '4']);
    expect(running.broker.stats().queuedDropped).toBe(4);
    for (const { messageId = 0 } of wall.published()) wall.send({ cmd: 'puback', messageId });
    await wall.ping();
    await cam.publishAsync(TELEMETRY, '9', { qos: 1 });
    await eventually(() => expect(wall.published().at(-1)?.payload.toString()).toBe('9'));
    expect(seen).toEqual([]);
  });
});
