import mqttPacket, { type Packet } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
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

type Running = Awaited<ReturnType<typeof startHandBroker>>;

const bytes = (...values: number[]) => Buffer.from(values);
/** A string of a packet: two bytes of length, then these. */
const string = (content: Buffer | string) => {
  const body = Buffer.from(content);
  return Buffer.concat([bytes(body.length >> 8, body.length & 0xff), body]);
};
/** A frame with a body of less than 128 bytes. */
const frame = (first: number, ...body: Buffer[]) => {
  const whole = Buffer.concat(body);
  return Buffer.concat([bytes(first, whole.length), whole]);
};
const id = (value: number) => bytes(value >> 8, value & 0xff);
const OWN = 'city/traffic/cam-1/';
const ILL_FORMED: [string, Buffer][] = [
  ['an overlong slash', bytes(0xc0, 0xaf)],
  ['a surrogate', bytes(0xed, 0xa0, 0x80)],
  ['half a character', bytes(0xe1, 0xbb)],
  ['U+0000', bytes(0)],
];
const publish = (topic: string | Buffer, first = 0x32, packetId = 1) =>
  frame(first, string(topic), ...((first & 0x06) > 0 ? [id(packetId)] : []), Buffer.from(READING));

const AFTER_CONNECT: [what: string, statement: string, sent: Buffer][] = [
  ['a second CONNECT', 'MQTT-3.1.0-2', frame(0x10, string('MQTT'), bytes(4, 2, 0, 60), string('x'))],
  ['a CONNACK', '', frame(0x20, bytes(0, 0))],
  ['a SUBACK', '', frame(0x90, id(1), bytes(0))],
  ['an UNSUBACK', '', frame(0xb0, id(1))],
  ['a PINGRESP', '', frame(0xd0)],
  ['a packet of type 0', '', frame(0x00)],
  ['a packet of type 15', '', frame(0xf0)],
  ['a PUBLISH of QoS 3', 'MQTT-3.3.1-4', publish(TELEMETRY, 0x36)],
  ['a PUBLISH of QoS 0 with DUP', 'MQTT-3.3.1-2', publish(TELEMETRY, 0x38)],
  ['a PUBLISH of QoS 1 with packet id 0', 'MQTT-2.3.1-1', publish(TELEMETRY, 0x32, 0)],
  ['a PUBLISH of QoS 2 with packet id 0', 'MQTT-2.3.1-1', publish(TELEMETRY, 0x34, 0)],
  ['a PUBLISH to no topic', 'MQTT-4.7.3-1', publish('')],
  ['a PUBLISH to +', 'MQTT-3.3.2-2', publish('city/+/cam-1/telemetry')],
  ['a PUBLISH to #', 'MQTT-3.3.2-2', publish(`${OWN}#`)],
  ['a PUBACK with flags', 'MQTT-2.2.2-2', frame(0x42, id(1))],
  ['a PUBACK of packet id 0', 'MQTT-2.3.1-1', frame(0x40, id(0))],
  ['a PUBACK of three bytes', '', frame(0x40, id(1), bytes(0))],
  ['a PUBREL without its flag', 'MQTT-3.6.1-1', frame(0x60, id(1))],
  ['a PUBREL of packet id 0', 'MQTT-2.3.1-1', frame(0x62, id(0))],
  ['a SUBSCRIBE without its flag', 'MQTT-3.8.1-1', frame(0x80, id(1), string(`${OWN}#`), bytes(0))],
  ['a SUBSCRIBE with packet id 0', 'MQTT-2.3.1-1', frame(0x82, id(0), string(`${OWN}#`), bytes(0))],
  ['a SUBSCRIBE to nothing', 'MQTT-3.8.3-3', frame(0x82, id(1))],
  ['a SUBSCRIBE of QoS 3', 'MQTT-3-8.3-4', frame(0x82, id(1), string(`${OWN}#`), bytes(3))],
  ['a SUBSCRIBE with reserved QoS bits', 'MQTT-3-8.3-4', frame(0x82, id(1), string(`${OWN}#`), bytes(5))],
  ['a SUBSCRIBE to an empty filter', 'MQTT-4.7.3-1', frame(0x82, id(1), string(''), bytes(0), string('a'), bytes(0))],
  ['a SUBSCRIBE to # before the end', 'MQTT-4.7.1-2', frame(0x82, id(1), string('city/#/x'), bytes(0))],
  ['a SUBSCRIBE to # behind text', 'MQTT-4.7.1-2', frame(0x82, id(1), string(`${OWN}a#`), bytes(0))],
  ['a SUBSCRIBE to + before text', 'MQTT-4.7.1-3', frame(0x82, id(1), string(`${OWN}+a`), bytes(0))],
  ['an UNSUBSCRIBE without its flag', 'MQTT-3.10.1-1', frame(0xa0, id(1), string(`${OWN}#`))],
  ['an UNSUBSCRIBE from nothing', 'MQTT-3.10.3-2', frame(0xa2, id(1))],
  ['an UNSUBSCRIBE with packet id 0', 'MQTT-2.3.1-1', frame(0xa2, id(0), string(`${OWN}#`))],
  ['a PINGREQ with flags', 'MQTT-2.2.2-2', frame(0xc1)],
  ['a PINGREQ with a body', '', frame(0xc0, bytes(1))],
  ['a DISCONNECT with flags', 'MQTT-3.14.1-1', frame(0xe1)],
  ['a DISCONNECT with a body', '', frame(0xe0, bytes(0))],
  ...ILL_FORMED.flatMap(([what, content]): [string, string, Buffer][] => {
    const name = Buffer.concat([Buffer.from(OWN), content]);
    const statement = what === 'U+0000' ? 'MQTT-1.5.3-2' : 'MQTT-1.5.3-1';
    return [
      [`a PUBLISH to ${what}`, statement, publish(name)],
      [`a SUBSCRIBE to ${what}`, statement, frame(0x82, id(1), string(name), bytes(0))],
      [`an UNSUBSCRIBE from ${what}`, statement, frame(0xa2, id(1), string(name))],
    ];
  }),
];

/** Nobody else is harmed: the neighbour was there before, is there still, and is acknowledged. */
async function neighbourOf(running: Running) {
  const neighbour = await connect(running, 'cam-2');
  return () => neighbour.publishAsync('city/traffic/cam-2/telemetry', READING, { qos: 1 });
}

describe('a violation of the protocol ends the connection, journals nothing and harms nobody else', () => {
  it.each(AFTER_CONNECT)('%s (%s)', async (_what, _statement, sent) => {
    const running = await startHandBroker({ lingerMs: 50 });
    const stillThere = await neighbourOf(running);
    const raw = await rawClient(running.port);
    raw.send(connectPacket(running, 'cam-1'));
    await eventually(() => expect(raw.of('connack')).toHaveLength(1));
    raw.socket.write(sent);
    await raw.gone;
    await stillThere();
    expect(running.journal.entries.map(({ device }) => device)).toEqual(['cam-2']);
  });

  it.each([
    ['anything but a CONNECT', 'MQTT-3.1.0-1', () => publish(TELEMETRY)],
    ['a PINGREQ', 'MQTT-3.1.0-1', () => frame(0xc0)],
    ['a CONNECT with flags', 'MQTT-2.2.2-2', (good: Buffer) => changed(good, 0, (first) => first | 1)],
    ['a CONNECT of another protocol', 'MQTT-3.1.2-1', (good: Buffer) => changed(good, 4, () => 0x4e)],
    ['a CONNECT with its reserved flag', 'MQTT-3.1.2-3', (good: Buffer) => changed(good, 9, (flags) => flags | 1)],
    [
      'a CONNECT with a will’s QoS and no will',
      'MQTT-3.1.2-13',
      (good: Buffer) => changed(good, 9, (flags) => flags | 8),
    ],
    [
      'a CONNECT with a will’s retain and no will',
      'MQTT-3.1.2-15',
      (good: Buffer) => changed(good, 9, (flags) => flags | 32),
    ],
  ])('%s as the first packet (%s), without a CONNACK', async (_what, _statement, make) => {
    const running = await startHandBroker();
    const stillThere = await neighbourOf(running);
    const raw = await rawClient(running.port);
    raw.socket.write(make(mqttPacket.generate(connectPacket(running, 'cam-1'))));
    await raw.gone;
    expect(raw.packets).toEqual([]);
    await stillThere();
  });

  it('a CONNECT whose will has QoS 3 (MQTT-3.1.2-14)', async () => {
    const running = await startHandBroker();
    const raw = await rawClient(running.port);
    const will = { topic: TELEMETRY, payload: Buffer.from(READING), qos: 2 as const };
    const good = mqttPacket.generate(connectPacket(running, 'cam-1', { will }));
    raw.socket.write(changed(good, good.indexOf('MQTT') + 5, (flags) => flags | 0x18));
    await raw.gone;
    expect(raw.packets).toEqual([]);
  });

  it.each(ILL_FORMED)('a CONNECT with %s in client id, user name or will topic', async (_what, content) => {
    const running = await startHandBroker();
    for (const field of ['clientId', 'username', 'will']) {
      const raw = await rawClient(running.port);
      const packet = connectPacket(running, 'cam-1', {
        ...(field === 'will'
          ? { will: { topic: 'MARKMARK', payload: Buffer.from(''), qos: 0, retain: false } }
          : { [field]: 'MARKMARK' }),
      });
      const good = mqttPacket.generate(packet);
      content.copy(good, good.indexOf('MARKMARK'));
      raw.socket.write(good);
      await raw.gone;
      expect(raw.packets).toEqual([]);
    }
  });
});

describe('a protocol level that nobody knows', () => {
  it.each([6, 2, 0, 99])('such as %i is answered with return code 1 (MQTT-3.1.2-2)', async (level) => {
    const running = await startHandBroker();
    const raw = await rawClient(running.port);
    raw.socket.write(changed(mqttPacket.generate(connectPacket(running, 'cam-1')), 8, () => level));
    await raw.gone;
    expect(raw.packets).toMatchObject([{ cmd: 'connack', returnCode: 1, sessionPresent: false }]);
  });

  it('such as MQTT 5 too, and MQTT 3.1 is spoken', async () => {
    const running = await startHandBroker();
    const five = await rawClient(running.port);
    five.send(connectPacket(running, 'cam-1', { protocolVersion: 5 }));
    await five.gone;
    expect(five.packets).toMatchObject([{ cmd: 'connack', returnCode: 1 }]);
    const old = await rawClient(running.port);
    const packet: Packet = connectPacket(running, 'cam-1', { protocolId: 'MQIsdp', protocolVersion: 3 });
    old.send(packet, publishPacket(TELEMETRY, READING, 1));
    await eventually(() => expect(old.of('puback')).toHaveLength(1));
  });
});

function changed(packet: Buffer, at: number, change: (byte: number) => number): Buffer {
  const copy = Buffer.from(packet);
  copy[at] = change(copy[at] ?? 0);
  return copy;
}
