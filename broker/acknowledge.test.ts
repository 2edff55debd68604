import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openJournal, openJournalReader } from '../storage/journal/lmdb.ts';
import { JournalUnavailable } from '../storage/journal/port.ts';
import {
  closed,
  connect,
  connectPacket,
  eventually,
  inbox,
  publishPacket,
  READING,
  rawClient,
  startBroker,
  startHandBroker,
  TELEMETRY,
} from './harness.fixture.ts';

/** Resolves after the broker has handled everything sent before: it answers a second client's PINGREQ only later. */
async function roundTrip(port: number, connectAs: Parameters<Awaited<ReturnType<typeof rawClient>>['send']>[0]) {
  const other = await rawClient(port);
  other.send(connectAs, { cmd: 'pingreq' });
  await eventually(() => expect(other.of('pingresp')).toHaveLength(1));
}

describe('an acknowledgement', () => {
  it('of QoS 1 leaves after the flush, in the order of the messages', async () => {
    const { port, journal, ...rest } = await startHandBroker();
    rest.device('cam-2');
    const running = { port, ...rest };
    journal.automatic = false;
    const raw = await rawClient(port);
    raw.send(connectPacket(running, 'cam-1'));
    raw.send(...[1, 2, 3].map((id) => publishPacket(TELEMETRY, `{"n":${id}}`, id)));
    await eventually(() => expect(journal.waiting()).toBe(3));
    await roundTrip(port, connectPacket(running, 'cam-2'));
    expect(raw.of('puback')).toHaveLength(0);
    journal.flush(2);
    await eventually(() => expect(raw.of('puback').map((packet) => packet.messageId)).toEqual([1, 2]));
    journal.flush();
    await eventually(() => expect(raw.of('puback').map((packet) => packet.messageId)).toEqual([1, 2, 3]));
    expect(journal.entries[0]).toMatchObject({ device: 'cam-1', domain: 'traffic', provider: 'hanoi', format: 'json' });
    expect(journal.texts()).toEqual(['{"n":1}', '{"n":2}', '{"n":3}']);
  });

  it('of QoS 2 begins after the flush, and a message sent again within the handshake is one', async () => {
    const running = await startHandBroker();
    const { journal } = running;
    running.observer('wall');
    const wall = await connect(running, 'wall');
    const seen = inbox(wall);
    await wall.subscribeAsync('city/#', { qos: 2 });
    journal.automatic = false;
    const raw = await rawClient(running.port);
    raw.send(connectPacket(running, 'cam-1'), publishPacket(TELEMETRY, READING, 7, { qos: 2 }));
    await eventually(() => expect(journal.waiting()).toBe(1));
    raw.send(publishPacket(TELEMETRY, READING, 7, { qos: 2, dup: true }), { cmd: 'pingreq' });
    expect(raw.of('pubrec')).toHaveLength(0);
    journal.flush();
    await eventually(() => expect(raw.of('pubrec').length).toBeGreaterThan(0));
    raw.send(publishPacket(TELEMETRY, READING, 7, { qos: 2, dup: true }));
    await eventually(() => expect(raw.of('pubrec').length).toBe(3));
    raw.send({ cmd: 'pubrel', messageId: 7 });
    await eventually(() => expect(raw.of('pubcomp')).toHaveLength(1));
    expect(journal.entries).toHaveLength(1);
    // The id is free again: a new message under it is a new message.
    raw.send(publishPacket(TELEMETRY, '{"next":1}', 7, { qos: 2 }));
    await eventually(() => expect(journal.waiting()).toBe(1));
    journal.flush();
    await eventually(() => expect(seen.at(-1)?.text).toBe('{"next":1}'));
    expect(journal.entries).toHaveLength(2);
  });

  it('is owed to nobody at QoS 0, and the message is journalled all the same', async () => {
    const running = await startHandBroker();
    const cam = await connect(running, 'cam-1');
    cam.publish(TELEMETRY, READING, { qos: 0 });
    await eventually(() => expect(running.journal.texts()).toEqual([READING]));
  });

  it('is never sent for what the journal does not take: the client is disconnected and the broker lives', async () => {
    const running = await startHandBroker();
    running.journal.automatic = false;
    const raw = await rawClient(running.port);
    raw.send(
      connectPacket(running, 'cam-1'),
      publishPacket(TELEMETRY, READING, 1),
      publishPacket(TELEMETRY, READING, 2, { qos: 2 }),
    );
    await eventually(() => expect(running.journal.waiting()).toBe(2));
    raw.send(publishPacket(TELEMETRY, READING, 2, { qos: 2, dup: true }));
    running.journal.fail(new JournalUnavailable('no space left'));
    await raw.gone;
    expect(raw.packets.map(({ cmd }) => cmd)).toEqual(['connack']);
    expect(running.broker.stats()).toMatchObject({ refusedMessages: 2, acceptedMessages: 0, waitingMessages: 0 });
    running.journal.automatic = true;
    const again = await connect(running, 'cam-1');
    await again.publishAsync(TELEMETRY, READING, { qos: 1 });
  });

  it('waits no longer than a keepalive allows: the client is disconnected to send again, unacknowledged', async () => {
    const running = await startHandBroker({ commitGiveUpMs: 100 });
    running.journal.automatic = false;
    const raw = await rawClient(running.port);
    raw.send(connectPacket(running, 'cam-1'), publishPacket(TELEMETRY, READING, 1));
    await raw.gone;
    running.journal.flush();
    expect(raw.of('puback')).toHaveLength(0);
    expect(running.broker.stats().clientsGivenUp).toBe(1);
  });

  it('is still sent when the city stops', async () => {
    const running = await startHandBroker();
    running.journal.automatic = false;
    const raw = await rawClient(running.port);
    raw.send(connectPacket(running, 'cam-1'), publishPacket(TELEMETRY, READING, 1));
    await eventually(() => expect(running.journal.waiting()).toBe(1));
    const stopped = running.broker.close();
    running.journal.flush();
    await stopped;
    await raw.gone;
    expect(raw.of('puback')).toHaveLength(1);
  });

  it('of a command’s result keeps its place behind telemetry that waits', async () => {
    const running = await startHandBroker();
    running.journal.automatic = false;
    const raw = await rawClient(running.port);
    const result = publishPacket('city/traffic/cam-1/commands/9/result', 'done', 2);
    raw.send(connectPacket(running, 'cam-1'), publishPacket(TELEMETRY, READING, 1), result);
    await eventually(() => expect(running.journal.waiting()).toBe(1));
    await running.journal.flush();
    await eventually(() => expect(raw.of('puback').map(({ messageId }) => messageId)).toEqual([1, 2]));
    expect(running.journal.entries).toHaveLength(1);
  });

  it('means that the real journal has the payload, byte for byte', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'nhip-broker-'));
    const journal = await openJournal({ path: folder });
    onTestFinished(() => journal.close());
    const running = await startBroker({}, journal);
    running.device('cam-1');
    const cam = await connect(running, 'cam-1');
    const payloads = ['{"values":{"mean_speed":1}}', 'not json at all', '', '\u0000đường phố'];
    await Promise.all(payloads.map((payload) => cam.publishAsync(TELEMETRY, payload, { qos: 1 })));
    await cam.publishAsync(`${TELEMETRY}/senml`, '[]', { qos: 2 });
    const reader = await openJournalReader({ path: folder });
    onTestFinished(() => reader.close());
    const records = reader.read(0, 10);
    expect(records.map(({ payload }) => Buffer.from(payload).toString())).toEqual([...payloads, '[]']);
    expect(records.map(({ format }) => format)).toEqual(['json', 'json', 'json', 'json', 'senml']);
  });
});

describe('a will', () => {
  const will = (topic: string) => ({ will: { topic, payload: Buffer.from(READING), qos: 1 as const, retain: true } });

  it('on the device’s own telemetry goes through the journal like any message, and is not retained', async () => {
    const running = await startHandBroker();
    running.observer('wall');
    const raw = await rawClient(running.port);
    raw.send(connectPacket(running, 'cam-1', will(TELEMETRY)));
    await eventually(() => expect(raw.of('connack')).toHaveLength(1));
    raw.socket.destroy();
    await eventually(() => expect(running.journal.texts()).toEqual([READING]));
    const wall = await connect(running, 'wall');
    const seen = inbox(wall);
    await wall.subscribeAsync('city/#');
    await eventually(() => expect(seen.map(({ topic }) => topic)).toContain('city/traffic/cam-1/status'));
    expect(seen.filter(({ topic }) => topic === TELEMETRY)).toEqual([]);
  });

  it('on a topic that is not the device’s is refused with the connection', async () => {
    const running = await startHandBroker();
    for (const topic of ['city/traffic/cam-2/telemetry', 'city/traffic/cam-1/status', '$SYS/x']) {
      const raw = await rawClient(running.port);
      raw.send(connectPacket(running, 'cam-1', will(topic)));
      await eventually(() => expect(raw.of('connack')).toMatchObject([{ returnCode: 5 }]));
    }
  });

  it('that the journal does not take harms nobody', async () => {
    const running = await startHandBroker();
    running.journal.failure = new JournalUnavailable('gone');
    const cam = await connect(running, 'cam-1', will(TELEMETRY));
    cam.stream.destroy();
    await closed(cam);
    await eventually(() => expect(running.broker.stats()).toMatchObject({ refusedMessages: 1, sessions: 0 }));
    running.journal.failure = undefined;
    await connect(running, 'cam-1');
  });

  it('of a retired device, or at the city’s own stop, is not taken', async () => {
    const running = await startHandBroker();
    running.device('cam-2');
    const first = await connect(running, 'cam-1', will(TELEMETRY));
    await connect(running, 'cam-2', will('city/traffic/cam-2/telemetry'));
    const gone = closed(first);
    running.change('cam-1', { active: false });
    await gone;
    await running.broker.close();
    expect(running.journal.entries).toEqual([]);
  });
});
