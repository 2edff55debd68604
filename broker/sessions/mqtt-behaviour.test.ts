import type { QoS } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { connect, eventually, publishPacket, READING, startHandBroker, TELEMETRY } from '../harness.fixture.ts';
import { letIn } from './raw-session.fixture.ts';

const STATUS = 'city/traffic/cam-1/status';

describe('retained messages', () => {
  it('come once for each SUBSCRIBE of a matching filter, marked retained; live ones are not (MQTT-3.3.1-6, -8, -9)', async () => {
    const running = await startHandBroker();
    const wall = await letIn(running, 'wall');
    await wall.subscribe({ topic: 'city/+/+/status', qos: 1 });
    const cam = await connect(running, 'cam-1');
    await eventually(() => expect(wall.published()).toMatchObject([{ topic: STATUS, retain: false, qos: 1 }]));
    await wall.subscribe({ topic: 'city/+/+/status', qos: 1 });
    await eventually(() => expect(wall.published()).toHaveLength(2));
    expect(wall.published()[1]).toMatchObject({ topic: STATUS, retain: true });
    await cam.endAsync();
    await eventually(() => expect(wall.published()).toHaveLength(3));
    expect(wall.published()[2]).toMatchObject({ topic: STATUS, retain: false });
    const late = await letIn(running, 'wall', { clientId: 'wall:late' });
    await late.subscribe({ topic: STATUS, qos: 0 });
    await eventually(() => expect(late.published()).toHaveLength(1));
    // The newest only, and at the QoS that was granted.
    expect(late.published()[0]).toMatchObject({ retain: true, qos: 0 });
    expect(JSON.parse(late.published()[0]?.payload.toString() ?? '')).toMatchObject({ online: false });
  });

  it('are cleared by an empty one, which live subscribers see (MQTT-3.3.1-10, -11)', async () => {
    const running = await startHandBroker();
    const wall = await letIn(running, 'wall');
    await connect(running, 'cam-1');
    await wall.subscribe({ topic: STATUS, qos: 1 });
    await eventually(() => expect(wall.published()).toHaveLength(1));
    running.change('cam-1', undefined);
    await eventually(() => expect(wall.published().at(-1)?.payload.toString()).toBe(''));
    const late = await letIn(running, 'wall', { clientId: 'wall:late' });
    await late.subscribe({ topic: STATUS, qos: 1 });
    await late.ping();
    expect(late.published()).toEqual([]);
  });

  it('that somebody with a session of its own did not acknowledge come again, marked DUP', async () => {
    const running = await startHandBroker();
    await connect(running, 'cam-1');
    const wall = await letIn(running, 'wall', { clean: false });
    await wall.subscribe({ topic: STATUS, qos: 1 });
    await eventually(() => expect(wall.published()).toHaveLength(1));
    wall.socket.destroy();
    await eventually(() => expect(running.broker.stats().sessions).toBe(1));
    const back = await letIn(running, 'wall', { clean: false });
    await eventually(() =>
      expect(back.published()).toMatchObject([{ topic: STATUS, retain: true, dup: true, qos: 1 }]),
    );
  });
});

describe('the QoS of a delivery', () => {
  const all = ([0, 1, 2] as const).flatMap((granted) => ([0, 1, 2] as const).map((sent) => [sent, granted] as const));

  it.each(all)(
    'of a message sent with %i to who was granted %i is the lower one (MQTT-3.8.4-6)',
    async (sent, granted) => {
      const running = await startHandBroker();
      for (const clean of [true, false]) {
        const wall = await letIn(running, 'wall', { clean });
        expect(await wall.subscribe({ topic: 'city/+/cam-1/#', qos: granted })).toMatchObject({ granted: [granted] });
        const cam = await connect(running, 'cam-1', { clientId: `cam-1:${clean}` });
        await cam.publishAsync(TELEMETRY, READING, { qos: sent });
        await eventually(() => expect(wall.published().filter(({ topic }) => topic === TELEMETRY)).toHaveLength(1));
        expect(wall.published().find(({ topic }) => topic === TELEMETRY)?.qos).toBe(Math.min(sent, granted));
      }
    },
  );

  it.each([true, false])(
    'to overlapping filters is the highest of them, and the message comes once (MQTT-3.3.5-1; clean: %s)',
    async (clean) => {
      const running = await startHandBroker();
      const wall = await letIn(running, 'wall', { clean });
      await wall.subscribe(
        { topic: 'city/#', qos: 0 },
        { topic: 'city/+/+/telemetry', qos: 2 },
        { topic: TELEMETRY, qos: 1 },
      );
      const cam = await connect(running, 'cam-1');
      await cam.publishAsync(TELEMETRY, READING, { qos: 2 });
      await cam.publishAsync('city/traffic/cam-1/commands/9/result', 'done', { qos: 1 });
      await eventually(() => expect(wall.published().some(({ topic }) => topic.endsWith('result'))).toBe(true));
      await wall.ping();
      expect(wall.published().filter(({ topic }) => topic !== STATUS)).toMatchObject([
        { topic: TELEMETRY, qos: 2 },
        { topic: 'city/traffic/cam-1/commands/9/result', qos: 0 },
      ]);
    },
  );

  it('is that of the newest SUBSCRIBE to a filter (MQTT-3.8.4-3)', async () => {
    const running = await startHandBroker();
    const wall = await letIn(running, 'wall');
    await wall.subscribe({ topic: 'city/+/+/telemetry', qos: 2 });
    await wall.subscribe({ topic: 'city/+/+/telemetry', qos: 0 });
    const cam = await connect(running, 'cam-1');
    await cam.publishAsync(TELEMETRY, READING, { qos: 1 });
    await eventually(() => expect(wall.published()).toMatchObject([{ topic: TELEMETRY, qos: 0 }]));
  });
});

describe('a will', () => {
  const result = 'city/traffic/cam-1/commands/9/result';
  const will = (qos: QoS) => ({ will: { topic: result, payload: Buffer.from('gone'), qos, retain: true } });

  it.each([0, 1, 2] as const)(
    'of QoS %i is sent when the connection is lost, and not retained (MQTT-3.1.2-8)',
    async (qos) => {
      const running = await startHandBroker();
      const wall = await letIn(running, 'wall');
      await wall.subscribe({ topic: result, qos: 2 });
      const cam = await letIn(running, 'cam-1', will(qos));
      cam.socket.destroy();
      await eventually(() => expect(wall.published()).toMatchObject([{ topic: result, qos, retain: false }]));
      await wall.subscribe({ topic: 'city/traffic/cam-1/#', qos: 2 });
      await wall.ping();
      expect(wall.published().filter(({ retain, topic }) => retain && topic === result)).toEqual([]);
    },
  );

  it('is sent when the keepalive runs out and after a violation, once each', async () => {
    const running = await startHandBroker();
    const wall = await letIn(running, 'wall');
    await wall.subscribe({ topic: result, qos: 1 });
    const silent = await letIn(running, 'cam-1', { ...will(1), keepalive: 1 });
    await silent.gone;
    await eventually(() => expect(wall.published()).toHaveLength(1));
    const rude = await letIn(running, 'cam-1', will(1));
    rude.socket.write(Buffer.from([0xc1, 0]));
    await rude.gone;
    await eventually(() => expect(wall.published()).toHaveLength(2));
    await wall.ping();
    expect(wall.published()).toHaveLength(2);
  });

  it('is sent when another connection takes over', async () => {
    const running = await startHandBroker();
    const wall = await letIn(running, 'wall');
    await wall.subscribe({ topic: result, qos: 1 });
    const first = await letIn(running, 'cam-1', will(1));
    await letIn(running, 'cam-1');
    await first.gone;
    await eventually(() => expect(wall.published()).toHaveLength(1));
  });

  it('is not sent after DISCONNECT (MQTT-3.1.2-10, MQTT-3.14.4-3)', async () => {
    const running = await startHandBroker();
    const wall = await letIn(running, 'wall');
    await wall.subscribe({ topic: result, qos: 1 });
    const cam = await letIn(running, 'cam-1', will(1));
    cam.send({ cmd: 'disconnect' });
    await cam.gone;
    await eventually(() => expect(running.broker.stats().sessions).toBe(1));
    await wall.ping();
    expect(wall.published()).toEqual([]);
  });
});

describe('a connection', () => {
  it('that pings within its keepalive stays, and is answered (MQTT-3.12.4-1)', async () => {
    const running = await startHandBroker();
    const silent = await letIn(running, 'cam-1', { keepalive: 1 });
    const talking = await letIn(running, 'cam-2', { keepalive: 1 });
    const timer = setInterval(() => talking.send({ cmd: 'pingreq' }), 300);
    try {
      // The one beside it that says nothing goes after one and a half times its keepalive (MQTT-3.1.2-24).
      await silent.gone;
      expect(talking.socket.destroyed).toBe(false);
      await talking.ping();
    } finally {
      clearInterval(timer);
    }
  });

  it('is taken over by a newer one of the same client id (MQTT-3.1.4-2)', async () => {
    const running = await startHandBroker();
    const first = await letIn(running, 'cam-1');
    const second = await letIn(running, 'cam-1');
    await first.gone;
    second.send(publishPacket(TELEMETRY, READING, 1));
    await eventually(() => expect(second.of('puback')).toHaveLength(1));
  });

  it('is answered with CONNACK before anything else (MQTT-3.2.0-1), also with a session full of messages', async () => {
    const running = await startHandBroker();
    const before = await letIn(running, 'wall', { clean: false });
    await before.subscribe({ topic: 'city/#', qos: 1 });
    const cam = await connect(running, 'cam-1');
    let sending = true;
    const stream = (async () => {
      while (sending)
        await Promise.all([0, 1].map((qos) => cam.publishAsync(TELEMETRY, READING, { qos: qos === 0 ? 0 : 1 })));
    })();
    for (let turn = 0; turn < 10; turn += 1) {
      const wall = await letIn(running, 'wall', { clean: false });
      await eventually(() => expect(wall.packets.length).toBeGreaterThan(1));
      expect(wall.packets[0]?.cmd).toBe('connack');
    }
    sending = false;
    await stream;
  });
});
