import { type Channel, type Channels, number, readChannels, skip } from './channels.ts';
import type { PayloadDecoder } from './decoder.ts';

/** Milesight (Ursalink) payloads: channel and type byte, then little-endian numbers, after the user guide of each product. */
const u8 = (name: string, divisor = 1) => number(name, 1, (bytes) => bytes.getUint8(0) / divisor);
const u16 = (name: string, divisor = 1) => number(name, 2, (bytes) => bytes.getUint16(0, true) / divisor);
const i16 = (name: string, divisor = 1) => number(name, 2, (bytes) => bytes.getInt16(0, true) / divisor);

/** What the device kept while it had no connection: seconds since the epoch, then what it measured. */
const history = (size: number, read: Channel['read'] & {}): Channel => ({
  size,
  read,
  time: (bytes) => bytes.getUint32(0, true) * 1_000,
});

/** What every product tells of itself after it joined, and its battery. */
const COMMON: Channels = {
  '0175': u8('battery'),
  ff01: skip(1),
  ff08: skip(6),
  ff09: skip(2),
  ff0a: skip(2),
  ff0b: skip(1),
  ff0f: skip(1),
  ff16: skip(8),
  fffe: skip(1),
  ffff: skip(2),
};

const CLIMATE: Channels = { ...COMMON, '0367': i16('temperature', 10), '0468': u8('humidity', 2) };
const CO2: Channels = { ...CLIMATE, '077d': u16('co2') };

const AM103: Channels = {
  ...CO2,
  '20ce': history(9, (bytes) => ({
    temperature: bytes.getInt16(4, true) / 10,
    humidity: bytes.getUint8(6) / 2,
    co2: bytes.getUint16(7, true),
  })),
};

const AM107: Channels = {
  ...CO2,
  '056a': u16('activity'),
  '0665': {
    size: 6,
    read: (bytes) => ({
      illumination: bytes.getUint16(0, true),
      infrared_and_visible: bytes.getUint16(2, true),
      infrared: bytes.getUint16(4, true),
    }),
  },
  '087d': u16('tvoc'),
  '0973': u16('pressure', 10),
};

/** What AM307 and AM319 kept, up to the pressure. */
const kept = (bytes: DataView) => ({
  temperature: bytes.getInt16(4, true) / 10,
  humidity: bytes.getUint16(6, true) / 2,
  light_level: bytes.getUint8(9),
  co2: bytes.getUint16(10, true),
  tvoc: bytes.getUint16(12, true),
  pressure: bytes.getUint16(14, true) / 10,
});

const AM300: Channels = {
  ...CO2,
  '0500': u8('motion'),
  '06cb': u8('light_level'),
  '087d': u16('tvoc'),
  '08e6': u16('tvoc'),
  '0973': u16('pressure', 10),
  '0a7d': skip(2),
  '0b7d': u16('pm2_5'),
  '0c7d': u16('pm10'),
  '0d7d': skip(2),
  '0e01': skip(1),
};

const AM307: Channels = { ...AM300, '20ce': history(16, kept) };

const AM319: Channels = {
  ...AM300,
  '0a7d': u16('hcho', 100),
  '20ce': history(22, (bytes) => ({
    ...kept(bytes),
    pm2_5: bytes.getUint16(16, true),
    pm10: bytes.getUint16(18, true),
    hcho: bytes.getUint16(20, true) / 100,
  })),
};

const EM300_TH: Channels = {
  ...CLIMATE,
  '20ce': history(7, (bytes) => ({
    temperature: bytes.getInt16(4, true) / 10,
    humidity: bytes.getUint8(6) / 2,
  })),
};

const WS302: Channels = {
  ...COMMON,
  '055b': {
    size: 7,
    read: (bytes) => ({
      LAF: bytes.getUint16(1, true) / 10,
      LAeq: bytes.getUint16(3, true) / 10,
      LAFmax: bytes.getUint16(5, true) / 10,
    }),
  },
};

const inAndOut = (prefix: string, size: number): Channel => ({
  size,
  read: (bytes) => ({
    [`${prefix}_in`]: bytes.getUint16(0, true),
    [`${prefix}_out`]: bytes.getUint16(2, true),
  }),
});

const VS350: Channels = {
  ...COMMON,
  '0367': i16('temperature', 10),
  '04cc': inAndOut('total', 4),
  '05cc': inAndOut('period', 4),
  '0aef': skip(4),
  '8367': skip(3),
  '84cc': inAndOut('total', 5),
  // An alarm comes within the period, whose counts the next report tells again: added up they would count people twice.
  '85cc': inAndOut('alarm_period', 5),
};

/** The port is the operator's to choose (85 unless changed): it says nothing. */
const product =
  (channels: Channels): PayloadDecoder =>
  (_, payload) =>
    readChannels(payload, 2, channels);

export const MILESIGHT = {
  'milesight-am103': product(AM103),
  'milesight-am107': product(AM107),
  'milesight-am307': product(AM307),
  'milesight-am319': product(AM319),
  'milesight-em300-th': product(EM300_TH),
  'milesight-ws302': product(WS302),
  'milesight-vs350': product(VS350),
} as const;
