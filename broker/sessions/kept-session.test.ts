import { describe, expect, it } from 'vitest';
import { connect, eventually, startHandBroker } from '../harness.fixture.ts';
import { keptClient, publishAll, textOf } from './raw-session.fixture.ts';

describe('a session that is not clean', () => {
  it('says whether there was one, also one with nothing in it, and a clean one ends it', async () => {
    const running = await startHandBroker();
    const first = await keptClient(running, 'wall');
    expect(first.present()).toBe(false);
    await first.lose();
    const second = await keptClient(running, 'wall');
    expect(second.present()).toBe(true);
    await second.subscribe({ topic: 'city/#', qos: 1 });
    await second.lose();
    expect(running.broker.stats().keptSessions).toBe(1);
    const clean = await keptClient(running, 'wall', { clean: true });
    expect(clean.present()).toBe(false);
    expect(running.broker.stats()).toMatchObject({ keptSessions: 0, queuedBytes: 0 });
    await clean.lose();
    expect((await keptClient(running, 'wall')).present()).toBe(false);
  });

  it('keeps its subscriptions, and what came meanwhile at QoS 1 and 2, in order and at the lower QoS of both', async () => {
    const running = await startHandBroker();
    const wall = await keptClient(running, 'wall');
    await wall.subscribe({ topic: 'city/+/+/telemetry', qos: 1 });
    await wall.lose();
    const cam = await connect(running, 'cam-1');
    await publishAll(cam, ['zero'], 0);
    await publishAll(cam, ['one', 'two'], 1);
    await publishAll(cam, ['three'], 2);
    const back = await keptClient(running, 'wall');
    expect(back.present()).toBe(true);
    await eventually(() => expect(back.published()).toHaveLength(3));
    expect(back.published().map((packet) => [textOf(packet), packet.qos, packet.dup, packet.retain])).toEqual([
      ['one', 1, false, false],
      ['two', 1, false, false],
      ['three', 1, false, false],
    ]);
    // Live again, without a new SUBSCRIBE.
    await publishAll(cam, ['four'], 1);
    await eventually(() => expect(back.published().map(textOf)).toEqual(['one', 'two', 'three', 'four']));
  });

  it('is sent again, marked DUP and with its packet ids, what it did not acknowledge; and no more after that', async () => {
    const running = await startHandBroker();
    const wall = await keptClient(running, 'wall');
    await wall.subscribe({ topic: 'city/+/+/telemetry', qos: 1 });
    const cam = await connect(running, 'cam-1');
    await publishAll(cam, ['one', 'two', 'three']);
    await eventually(() => expect(wall.published()).toHaveLength(3));
    const [one, two, three] = wall.published();
    wall.send({ cmd: 'puback', messageId: two?.messageId ?? 0 });
    await wall.lose();
    const back = await keptClient(running, 'wall');
    await eventually(() => expect(back.published()).toHaveLength(2));
    expect(back.published().map((packet) => [textOf(packet), packet.dup, packet.messageId])).toEqual([
      ['one', true, one?.messageId],
      ['three', true, three?.messageId],
    ]);
    for (const { messageId = 0 } of back.published()) back.send({ cmd: 'puback', messageId });
    back.send({ cmd: 'pingreq' });
    await eventually(() => expect(back.of('pingresp')).toHaveLength(1));
    await back.lose();
    const again = await keptClient(running, 'wall');
    again.send({ cmd: 'pingreq' });
    await eventually(() => expect(again.of('pingresp')).toHaveLength(1));
    expect(again.published()).toEqual([]);
  });

  it('goes on with a QoS 2 handshake where it stopped: PUBREL where PUBREC was said', async () => {
    const running = await startHandBroker();
    const wall = await keptClient(running, 'wall');
    await wall.subscribe({ topic: 'city/+/+/telemetry', qos: 2 });
    const cam = await connect(running, 'cam-1');
    await publishAll(cam, ['one', 'two'], 2);
    await eventually(() => expect(wall.published()).toHaveLength(2));
    const [one, two] = wall.published();
    expect([one?.qos, two?.qos]).toEqual([2, 2]);
    wall.send({ cmd: 'pubrec', messageId: one?.messageId ?? 0 });
    await eventually(() => expect(wall.of('pubrel')).toMatchObject([{ messageId: one?.messageId }]));
    await wall.lose();
    const back = await keptClient(running, 'wall');
    await eventually(() => expect(back.packets).toHaveLength(3));
    expect(back.packets.slice(1)).toMatchObject([
      { cmd: 'pubrel', messageId: one?.messageId },
      { cmd: 'publish', messageId: two?.messageId, dup: true, qos: 2 },
    ]);
    back.send({ cmd: 'pubcomp', messageId: one?.messageId ?? 0 }, { cmd: 'pubrec', messageId: two?.messageId ?? 0 });
    await eventually(() => expect(back.of('pubrel')).toHaveLength(2));
    back.send({ cmd: 'pubcomp', messageId: two?.messageId ?? 0 }, { cmd: 'pingreq' });
    await eventually(() => expect(back.of('pingresp')).toHaveLength(1));
    // Its filter is what is left.
    expect(running.broker.stats().queuedBytes).toBeLessThan(300);
  });

  it('forgets a filter that was unsubscribed, and what is denied never queues', async () => {
    const running = await startHandBroker();
    const cam = await keptClient(running, 'cam-2');
    cam.send({
      cmd: 'subscribe',
      messageId: 1,
      subscriptions: [
        { topic: 'city/#', qos: 1 },
        { topic: 'city/traffic/cam-2/commands', qos: 1 },
        { topic: 'city/traffic/cam-2/rejected', qos: 1 },
      ],
    });
    await eventually(() => expect(cam.of('suback')).toMatchObject([{ granted: [128, 1, 1] }]));
    cam.send({ cmd: 'unsubscribe', messageId: 2, unsubscriptions: ['city/traffic/cam-2/rejected'] });
    await eventually(() => expect(cam.of('unsuback')).toHaveLength(1));
    const { queuedBytes } = running.broker.stats();
    await cam.lose();
    await publishAll(await connect(running, 'cam-1'), ['not for cam-2']);
    expect(running.broker.stats().queuedBytes).toBe(queuedBytes);
    const back = await keptClient(running, 'cam-2');
    back.send({ cmd: 'pingreq' });
    await eventually(() => expect(back.of('pingresp')).toHaveLength(1));
    expect(back.published()).toEqual([]);
  });

  it('is taken over by the next connection of its client with all it holds', async () => {
    const running = await startHandBroker();
    const wall = await keptClient(running, 'wall');
    await wall.subscribe({ topic: 'city/+/+/telemetry', qos: 1 });
    const cam = await connect(running, 'cam-1');
    await publishAll(cam, ['one']);
    await eventually(() => expect(wall.published()).toHaveLength(1));
    const next = await keptClient(running, 'wall');
    await wall.gone;
    expect(next.present()).toBe(true);
    await publishAll(cam, ['two']);
    await eventually(() => expect(next.published().map(({ dup }) => dup)).toEqual([true, false]));
    expect(next.published().map(textOf)).toEqual(['one', 'two']);
  });

  it('ends when its device is deleted or retired', async () => {
    const running = await startHandBroker();
    const cam = await keptClient(running, 'cam-1');
    await cam.subscribe({ topic: 'city/traffic/cam-1/commands', qos: 1 });
    await cam.lose();
    running.change('cam-1', { active: false });
    await eventually(() => expect(running.broker.stats().keptSessions).toBe(0));
    running.change('cam-1', { active: true });
    expect((await keptClient(running, 'cam-1')).present()).toBe(false);
  });
});
