import { describe, expect, it, vi } from 'vitest';
import { RejectedNotice } from '../model/notice.ts';
import {
  closed,
  connect,
  connectPacket,
  eventually,
  inbox,
  publishPacket,
  READING,
  rawClient,
  startHandBroker,
  TELEMETRY,
} from './harness.fixture.ts';

const REJECTED = 'city/traffic/cam-1/rejected';

describe('publishing', () => {
  it.each([
    'city/traffic/cam-2/telemetry',
    'city/health/cam-1/telemetry',
    'city/traffic/cam-1/status',
    'city/traffic/cam-1/commands/9',
    'city/traffic/cam-1/rejected',
    '$SYS/broker/x',
    'anything',
  ])('to %s is not taken: the device reads why and is disconnected', async (topic) => {
    const running = await startHandBroker();
    const wall = await connect(running, 'wall');
    const overheard = inbox(wall);
    await wall.subscribeAsync('city/#');
    const cam = await connect(running, 'cam-1');
    const notices = inbox(cam);
    await cam.subscribeAsync(REJECTED);
    const gone = closed(cam);
    cam.publish(topic, READING, { qos: 1 });
    await gone;
    expect(notices).toHaveLength(1);
    expect(RejectedNotice.parse(JSON.parse(notices[0]?.text ?? ''))).toMatchObject({
      reason: 'forbidden-topic',
      detail: expect.stringContaining(topic),
    });
    expect(running.journal.entries).toEqual([]);
    expect(overheard.filter(({ text }) => text === READING)).toEqual([]);
  });

  it('where it is forbidden loses no acknowledgement that was still to come, nor the notice behind unread input', async () => {
    const running = await startHandBroker();
    running.journal.automatic = false;
    const raw = await rawClient(running.port);
    raw.send(connectPacket(running, 'cam-1'), {
      cmd: 'subscribe',
      messageId: 9,
      subscriptions: [{ topic: REJECTED, qos: 0 }],
    });
    await eventually(() => expect(raw.of('suback')).toHaveLength(1));
    const more = Array.from({ length: 5_000 }, (_, index) => publishPacket(TELEMETRY, READING, index + 3));
    raw.send(publishPacket(TELEMETRY, READING, 1), publishPacket('city/traffic/cam-2/telemetry', READING, 2), ...more);
    await eventually(() => expect(running.journal.waiting()).toBe(1));
    await eventually(() => expect(raw.of('publish')).toMatchObject([{ topic: REJECTED }]));
    running.journal.flush();
    await raw.gone;
    expect(raw.of('puback').map(({ messageId }) => messageId)).toEqual([1]);
    expect(running.journal.entries).toHaveLength(1);
  });

  it('by an observer is not taken and ends its connection', async () => {
    const running = await startHandBroker();
    for (const topic of ['city/traffic/cam-1/telemetry', 'city/traffic/cam-1/commands/9', 'city/x']) {
      const wall = await connect(running, 'wall');
      const gone = closed(wall);
      wall.publish(topic, READING, { qos: 1 });
      await gone;
    }
    expect(running.journal.entries).toEqual([]);
    expect(running.broker.stats().topicsDenied).toBe(3);
  });

  it('of telemetry with the retain flag leaves nothing retained', async () => {
    const running = await startHandBroker();
    const cam = await connect(running, 'cam-1');
    await cam.publishAsync(TELEMETRY, READING, { qos: 1, retain: true });
    await cam.publishAsync('city/traffic/cam-1/commands/9/result', 'done', { qos: 1, retain: true });
    // Retained behind the telemetry, so it is read behind it too.
    await connect(running, 'cam-2');
    const wall = await connect(running, 'wall');
    const seen = inbox(wall);
    await wall.subscribeAsync('city/#');
    await eventually(() => expect(seen.at(-1)?.topic).toBe('city/traffic/cam-2/status'));
    expect(seen.map(({ topic }) => topic)).toEqual(['city/traffic/cam-1/status', 'city/traffic/cam-2/status']);
  });

  it('of a command’s result reaches who reads the city and not the journal', async () => {
    const running = await startHandBroker();
    const wall = await connect(running, 'wall');
    const seen = inbox(wall);
    await wall.subscribeAsync('city/+/+/commands/+/result');
    const cam = await connect(running, 'cam-1');
    await cam.publishAsync('city/traffic/cam-1/commands/9/result', 'done', { qos: 1 });
    await eventually(() => expect(seen).toMatchObject([{ text: 'done' }]));
    expect(running.journal.entries).toEqual([]);
  });

  it('of too large a packet ends the connection, and the device reads why', async () => {
    const running = await startHandBroker({ maxPacketBytes: 10_000 });
    const cam = await connect(running, 'cam-1');
    const notices = inbox(cam);
    await cam.subscribeAsync(REJECTED);
    await cam.publishAsync(TELEMETRY, 'x'.repeat(9_000), { qos: 1 });
    const gone = closed(cam);
    cam.publish(TELEMETRY, 'x'.repeat(10_001), { qos: 1 });
    await gone;
    expect(notices.map(({ text }) => JSON.parse(text).reason)).toEqual(['packet-too-large']);
    expect(running.journal.entries).toHaveLength(1);
  });
});

describe('subscribing', () => {
  it('outside its own prefix is answered to a device with 0x80, and the connection stays', async () => {
    const running = await startHandBroker();
    const raw = await rawClient(running.port);
    const topics = [
      '#',
      '+/#',
      '$SYS/#',
      'city/#',
      'city/+/cam-1/#',
      'city/traffic/cam-2/commands',
      'city/traffic/cam-1/#',
    ];
    raw.send(connectPacket(running, 'cam-1'), {
      cmd: 'subscribe',
      messageId: 1,
      subscriptions: topics.map((topic) => ({ topic, qos: 1 as const })),
    });
    await eventually(() => expect(raw.of('suback')).toHaveLength(1));
    expect(raw.of('suback')).toMatchObject([{ granted: [128, 128, 128, 128, 128, 128, 1] }]);
    raw.send(publishPacket(TELEMETRY, READING, 2));
    await eventually(() => expect(raw.of('puback')).toHaveLength(1));
  });

  it('to what is not the city’s is answered to an observer with 0x80', async () => {
    const running = await startHandBroker();
    const raw = await rawClient(running.port);
    const topics = ['#', '+/+/+/telemetry', '$SYS/#', 'city/#'];
    raw.send(connectPacket(running, 'wall'), {
      cmd: 'subscribe',
      messageId: 1,
      subscriptions: topics.map((topic) => ({ topic, qos: 0 as const })),
    });
    await eventually(() => expect(raw.of('suback')).toMatchObject([{ granted: [128, 128, 128, 0] }]));
  });

  it('has a limit for one client, and unsubscribing makes room', async () => {
    const running = await startHandBroker({ maxSubscriptionsPerClient: 2 });
    const raw = await rawClient(running.port);
    const subscribe = (messageId: number, channel: string) => ({
      cmd: 'subscribe' as const,
      messageId,
      subscriptions: [{ topic: `city/traffic/cam-1/${channel}`, qos: 0 as const }],
    });
    raw.send(
      connectPacket(running, 'cam-1'),
      subscribe(1, 'a'),
      subscribe(2, 'b'),
      subscribe(3, 'c'),
      subscribe(4, 'a'),
    );
    await eventually(() => expect(raw.of('suback')).toHaveLength(4));
    // Answers to SUBSCRIBE have no order of their own.
    for (const [messageId, code] of [
      [1, 0],
      [2, 0],
      [3, 128],
      [4, 0],
    ]) {
      expect(raw.of('suback')).toContainEqual(expect.objectContaining({ messageId, granted: [code] }));
    }
    raw.send({ cmd: 'unsubscribe', messageId: 5, unsubscriptions: ['city/traffic/cam-1/a'] });
    await eventually(() => expect(raw.of('unsuback')).toHaveLength(1));
    raw.send(subscribe(6, 'c'));
    await eventually(() => expect(raw.of('suback')).toHaveLength(5));
    expect(raw.of('suback').at(-1)).toMatchObject({ granted: [0] });
  });

  it('lets an observer read the telemetry of the whole city as it is acknowledged', async () => {
    const running = await startHandBroker();
    const wall = await connect(running, 'wall');
    const seen = inbox(wall);
    await wall.subscribeAsync('city/+/+/telemetry');
    running.journal.automatic = false;
    const cam = await connect(running, 'cam-1');
    const sent = cam.publishAsync(TELEMETRY, READING, { qos: 1 });
    await eventually(() => expect(running.journal.waiting()).toBe(1));
    expect(seen).toEqual([]);
    running.journal.flush();
    await sent;
    await eventually(() => expect(seen).toMatchObject([{ topic: TELEMETRY, text: READING, retain: false }]));
  });
});

describe('what ingest rejects', () => {
  const event = (detail: string) => ({
    device: 'cam-1',
    domain: 'traffic',
    received: 1_700_000_000_000,
    reason: 'out-of-range' as const,
    detail,
    metric: 'mean_speed',
  });

  it('reaches the device on its rejected topic', async () => {
    const running = await startHandBroker();
    const cam = await connect(running, 'cam-1');
    const notices = inbox(cam);
    await cam.subscribeAsync('city/traffic/cam-1/#');
    running.bus.publish('rejected', event('999 is over 200'));
    await eventually(() => expect(notices.some(({ topic }) => topic === REJECTED)).toBe(true));
    const notice = notices.find(({ topic }) => topic === REJECTED);
    expect(RejectedNotice.parse(JSON.parse(notice?.text ?? ''))).toEqual({
      reason: 'out-of-range',
      detail: '999 is over 200',
      metric: 'mean_speed',
      received: '2023-11-14T22:13:20.000Z',
    });
  });

  it('comes at most so often a second, and the next notice says how many were left out', async () => {
    const running = await startHandBroker({ noticesPerSecond: 3 });
    const cam = await connect(running, 'cam-1');
    const notices = inbox(cam);
    await cam.subscribeAsync(REJECTED);
    vi.useFakeTimers({ toFake: ['Date'], now: 1_800_000_000_000 });
    try {
      for (let index = 0; index < 50; index += 1) running.bus.publish('rejected', event(`${index}`));
      vi.setSystemTime(1_800_000_001_000);
      running.bus.publish('rejected', event('later'));
    } finally {
      vi.useRealTimers();
    }
    await eventually(() => expect(notices).toHaveLength(4));
    const read = notices.map(({ text }) => RejectedNotice.parse(JSON.parse(text)));
    expect(read.map(({ detail }) => detail)).toEqual(['0', '1', '2', 'later']);
    expect(read.map(({ suppressed }) => suppressed)).toEqual([undefined, undefined, undefined, 47]);
  });
});
