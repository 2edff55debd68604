import { describe, expect, it } from 'vitest';
import { connect, eventually, inbox, publishPacket, READING, startHandBroker, TELEMETRY } from '../harness.fixture.ts';
import { keptClient, publishAll, type Running, textOf } from './raw-session.fixture.ts';

describe('a message of QoS 2 that a device sends again', () => {
  it('after it came back is journalled once, and its next message under the same id is another', async () => {
    const running = await startHandBroker();
    const cam = await keptClient(running, 'cam-1');
    cam.send(publishPacket(TELEMETRY, 'one', 7, { qos: 2 }));
    await eventually(() => expect(cam.of('pubrec')).toHaveLength(1));
    await cam.lose();
    const back = await keptClient(running, 'cam-1');
    expect(back.present()).toBe(true);
    back.send(publishPacket(TELEMETRY, 'one', 7, { qos: 2, dup: true }));
    await eventually(() => expect(back.of('pubrec')).toMatchObject([{ messageId: 7 }]));
    back.send({ cmd: 'pubrel', messageId: 7 });
    await eventually(() => expect(back.of('pubcomp')).toHaveLength(1));
    expect(running.journal.texts()).toEqual(['one']);
    // Lost before the broker saw it, and so marked DUP when it comes: a message of its own all the same.
    back.send(publishPacket(TELEMETRY, 'two', 7, { qos: 2, dup: true }));
    await eventually(() => expect(back.of('pubrec')).toHaveLength(2));
    expect(running.journal.texts()).toEqual(['one', 'two']);
  });

  it('while its first copy waits for the disk is acknowledged by that flush, and sent once more where that fails', async () => {
    const running = await startHandBroker();
    const { journal } = running;
    journal.automatic = false;
    const cam = await keptClient(running, 'cam-1');
    cam.send(publishPacket(TELEMETRY, 'one', 7, { qos: 2 }));
    await eventually(() => expect(journal.waiting()).toBe(1));
    const back = await keptClient(running, 'cam-1');
    back.send(publishPacket(TELEMETRY, 'one', 7, { qos: 2, dup: true }), { cmd: 'pingreq' });
    await eventually(() => expect(back.of('pingresp')).toHaveLength(1));
    expect(back.of('pubrec')).toEqual([]);
    journal.fail(new Error('EIO'));
    await back.gone;
    const third = await keptClient(running, 'cam-1');
    third.send(publishPacket(TELEMETRY, 'one', 7, { qos: 2, dup: true }));
    await eventually(() => expect(journal.waiting()).toBe(1));
    journal.flush();
    await eventually(() => expect(third.of('pubrec')).toHaveLength(1));
    expect(journal.texts()).toEqual(['one', 'one']);
  });

  it('from a client that lost its own state, without DUP, is a new message', async () => {
    const running = await startHandBroker();
    const cam = await keptClient(running, 'cam-1');
    cam.send(publishPacket(TELEMETRY, 'before', 7, { qos: 2 }));
    await eventually(() => expect(cam.of('pubrec')).toHaveLength(1));
    await cam.lose();
    const wall = await connect(running, 'wall');
    const seen = inbox(wall);
    await wall.subscribeAsync('city/+/+/telemetry');
    const back = await keptClient(running, 'cam-1');
    back.send(publishPacket(TELEMETRY, 'after', 7, { qos: 2 }));
    await eventually(() => expect(back.of('pubrec')).toHaveLength(1));
    expect(running.journal.texts()).toEqual(['before', 'after']);
    await eventually(() => expect(seen.map(({ text }) => text)).toEqual(['after']));
  });
});

describe('the queue of an absent client', () => {
  const queued = async (running: Running) => {
    const wall = await keptClient(running, 'wall');
    await wall.subscribe({ topic: 'city/+/+/telemetry', qos: 1 });
    await wall.lose();
  };

  it('holds so many messages: the oldest stay, the rest cost nothing, and the client goes on live when it is back', async () => {
    const running = await startHandBroker({ maxQueuedMessages: 3 });
    await queued(running);
    const cam = await connect(running, 'cam-1');
    await publishAll(cam, ['one', 'two', 'three', 'four', 'five']);
    expect(running.broker.stats()).toMatchObject({ queuesOverflowed: 1, queuedDropped: 1 });
    const back = await keptClient(running, 'wall');
    await eventually(() => expect(back.published().map(textOf)).toEqual(['one', 'two', 'three']));
    for (const { messageId = 0 } of back.published()) back.send({ cmd: 'puback', messageId });
    back.send({ cmd: 'pingreq' });
    await eventually(() => expect(back.of('pingresp')).toHaveLength(1));
    await publishAll(cam, ['six']);
    await eventually(() => expect(back.published().at(-1)?.payload.toString()).toBe('six'));
  });

  it('holds so many bytes, of its own and of all together', async () => {
    const running = await startHandBroker({ maxQueuedBytes: 3_000, maxQueuedBytesInAll: 4_000 });
    running.observer('other');
    await queued(running);
    const other = await keptClient(running, 'other');
    await other.subscribe({ topic: 'city/#', qos: 1 });
    await other.lose();
    const cam = await connect(running, 'cam-1');
    await publishAll(
      cam,
      Array.from({ length: 10 }, () => 'x'.repeat(800)),
    );
    expect(running.broker.stats().queuedBytes).toBeLessThanOrEqual(4_000);
    expect(running.broker.stats().queuedDropped).toBeGreaterThan(0);
  });

  it('does not hold the read buffer that a message came in', async () => {
    const running = await startHandBroker();
    await queued(running);
    const cam = await connect(running, 'cam-1');
    await publishAll(cam, [READING]);
    expect(running.broker.stats().queuedBytes).toBeLessThan(1_000);
  });

  it('ends with its session when the client stays away too long', async () => {
    const running = await startHandBroker({ sessionExpiryMs: 50 });
    await queued(running);
    await eventually(() => expect(running.broker.stats()).toMatchObject({ keptSessions: 0, keptSessionsExpired: 1 }));
    expect((await keptClient(running, 'wall')).present()).toBe(false);
  });

  it('and its session give way to others, longest absent first', async () => {
    const running = await startHandBroker({ maxKeptSessions: 2 });
    running.observer('other');
    await queued(running);
    const cam = await keptClient(running, 'cam-1');
    await cam.lose();
    await keptClient(running, 'other');
    expect(running.broker.stats().keptSessions).toBe(2);
    expect((await keptClient(running, 'cam-1')).present()).toBe(true);
    expect((await keptClient(running, 'wall')).present()).toBe(false);
  });
});
