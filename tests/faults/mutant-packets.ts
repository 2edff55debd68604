import mqttPacket, { type Packet } from 'mqtt-packet';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Chance that can be repeated: the same seed, the same packets but for the times in them. */
export interface Chance {
  /** A whole number from 0 to `below` - 1. */
  below(below: number): number;
  pick<T>(from: readonly T[]): T | undefined;
  bytes(length: number): Buffer;
}

export function chance(seed: number): Chance {
  const generator = xoroshiro128plus(seed);
  const below = (limit: number) => Math.floor(uniformFloat64(generator) * limit);
  return {
    below,
    pick: (from) => from[below(from.length)],
    bytes: (length) => Buffer.from(Array.from({ length }, () => below(256))),
  };
}

/** A device as it says CONNECT. */
export interface Speaker {
  readonly id: string;
  readonly password: string;
}

const encode = (packet: Packet) => mqttPacket.generate(packet);

function connectOf({ id, password }: Speaker, random: Chance): Buffer {
  const prefix = `city/traffic/${id}`;
  const will = { topic: `${prefix}/telemetry`, payload: Buffer.from('{"values":{"mean_speed":1}}'), qos: 1 as const };
  const clientId = random.pick([id, `${id}:a`, 'x', '']) ?? id;
  return encode({
    ...{ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, keepalive: random.below(100) },
    ...{ clientId, username: id, password: Buffer.from(password) },
    clean: clientId === '' || random.below(4) > 0,
    ...(random.below(4) === 0 ? { will: { ...will, retain: random.below(2) === 0 } } : {}),
  });
}

/** What a device may say once it is in, in the order in which it would. */
function talkOf({ id }: Speaker, random: Chance): Buffer[] {
  const prefix = `city/traffic/${id}`;
  const time = Date.now() - random.below(86_400_000);
  const payload = JSON.stringify({ time, values: { mean_speed: random.below(80) } });
  const publish = { cmd: 'publish', topic: `${prefix}/telemetry`, payload, dup: false, retain: false } as const;
  const subscriptions = [{ topic: `${prefix}/#`, qos: 1 as const }];
  return [
    encode({ cmd: 'subscribe', messageId: 1, subscriptions }),
    encode({ ...publish, qos: 0 }),
    encode({ ...publish, qos: 1, messageId: 2 }),
    encode({ ...publish, qos: 2, messageId: 3 }),
    encode({ ...publish, topic: `${prefix}/telemetry/line`, payload: 'm v=1', qos: 1, messageId: 4 }),
    encode({ ...publish, topic: `${prefix}/commands/a/result`, qos: 1, messageId: 5 }),
    encode({ cmd: 'pubrel', messageId: 3 }),
    encode({ cmd: 'puback', messageId: 9 }),
    encode({ cmd: 'pubrec', messageId: 9 }),
    encode({ cmd: 'pubcomp', messageId: 9 }),
    encode({ cmd: 'pingreq' }),
    encode({ cmd: 'unsubscribe', messageId: 6, unsubscriptions: [`${prefix}/#`] }),
    encode({ cmd: 'disconnect' }),
  ].filter(() => random.below(3) > 0);
}

type Mutation = (packets: Buffer[], random: Chance) => Buffer[];

/** Changes one of the packets. */
const one = (change: (packet: Buffer, random: Chance) => Buffer): Mutation => {
  return (packets, random) => {
    const at = random.below(packets.length);
    return packets.map((packet, index) => (index === at ? change(Buffer.from(packet), random) : packet));
  };
};

/** A remaining length (MQTT 3.1.1, section 2.2.3) that need not be true, nor end. */
const LENGTHS = ['00', '01', '7f', '8001', 'ff7f', 'ffff7f', 'ffffff7f', 'ffffffff', 'ffffffff7f', '80808000', '8000'];

const MUTATIONS: readonly Mutation[] = [
  one((packet, random) => {
    for (let flips = 1 + random.below(4); flips > 0 && packet.length > 0; flips--) {
      const at = random.below(packet.length);
      packet[at] = (packet[at] ?? 0) ^ (1 << random.below(8));
    }
    return packet;
  }),
  one((packet, random) => {
    if (packet.length > 0) packet[0] = random.below(256);
    return packet;
  }),
  one((packet, random) => {
    const length = Buffer.from(random.pick(LENGTHS) ?? '', 'hex');
    return Buffer.concat([packet.subarray(0, 1), length, packet.subarray(2)]);
  }),
  // The length of a string or a packet id within.
  one((packet, random) => {
    if (packet.length > 4) packet.writeUInt16BE(random.below(65_536), 2 + random.below(packet.length - 4));
    return packet;
  }),
  one((packet, random) => packet.subarray(0, random.below(packet.length + 1))),
  one((packet, random) => Buffer.concat([packet, random.bytes(1 + random.below(40))])),
  one((packet, random) => {
    const at = random.below(packet.length + 1);
    return Buffer.concat([packet.subarray(0, at), random.bytes(1 + random.below(8)), packet.subarray(at)]);
  }),
  one((_, random) => random.bytes(random.below(300))),
  (packets, random) => [...packets, ...packets.filter(() => random.below(2) === 0)],
  (packets, random) => {
    const at = random.below(packets.length);
    return [...packets.slice(at), ...packets.slice(0, at)];
  },
  (packets, random) => packets.filter(() => random.below(3) > 0),
];

/** Bytes of a connection that are wrong somewhere: all of them, or only what follows a CONNECT that is good. */
export function mutant(stranger: Speaker, known: Speaker, random: Chance): Buffer {
  const knows = random.below(3) > 0;
  const speaker = knows ? known : stranger;
  const connect = connectOf(speaker, random);
  let packets = knows ? talkOf(speaker, random) : [connect, ...talkOf(speaker, random)];
  for (let times = 1 + random.below(4); times > 0 && packets.length > 0; times--)
    packets = random.pick(MUTATIONS)?.(packets, random) ?? packets;
  return Buffer.concat(knows ? [connect, ...packets] : packets);
}
