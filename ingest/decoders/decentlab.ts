import { measured, type PayloadDecoder, type Values, viewOf } from './decoder.ts';

/**
 * Decentlab payloads, protocol version 2: a version byte, the serial number, a bit for each group of sensors that is
 * there, then the groups in the order of their bits, each of so many big-endian 16-bit words.
 */
interface Group {
  readonly words: number;
  /** `word(n)` is the n-th word of the group. */
  readonly read: (word: (n: number) => number) => Values;
}

const VERSION = 2;
const HEAD = 5;

function product(groups: readonly Group[]): PayloadDecoder {
  return (_, payload) => {
    const head = viewOf(payload, 0, HEAD);
    if (!head) return { fault: `it has ${payload.length} of at least ${HEAD} bytes` };
    if (head.getUint8(0) !== VERSION) return { fault: `its protocol version is ${head.getUint8(0)}, not ${VERSION}` };
    const flags = head.getUint16(3);
    if (flags >>> groups.length !== 0)
      return { fault: `its flags are 0x${flags.toString(16)}, of more sensors than there are` };
    const there = groups.filter((_, bit) => (flags >>> bit) & 1);
    const size = HEAD + 2 * there.reduce((sum, { words }) => sum + words, 0);
    if (payload.length !== size) return { fault: `it has ${payload.length} bytes, not ${size} as its flags say` };
    let values: Values = {};
    let at = HEAD;
    for (const { words, read } of there) {
      const bytes = viewOf(payload, at, 2 * words);
      if (bytes) values = { ...values, ...read((n) => bytes.getUint16(2 * n)) };
      at += 2 * words;
    }
    return measured(values);
  };
}

/** Signed results are sent as offset from 32,768. */
const signed = (word: number): number => word - 32_768;
const battery: Group = { words: 1, read: (word) => ({ battery_voltage: word(0) / 1_000 }) };
/** Sensirion's formulas for SHT3x, and for SHT2x. */
const sht3x: Group = {
  words: 2,
  read: (word) => ({ air_temperature: (175 * word(0)) / 65_535 - 45, air_humidity: (100 * word(1)) / 65_535 }),
};
const sht2x: Group = {
  words: 2,
  read: (word) => ({
    air_temperature: (175.72 * word(0)) / 65_536 - 46.85,
    air_humidity: (125 * word(1)) / 65_536 - 6,
  }),
};
const pressure: Group = { words: 1, read: (word) => ({ barometric_pressure: word(0) * 2 }) };

const PM: readonly Group[] = [
  battery,
  {
    words: 10,
    read: (word) => ({
      pm1_0_mass_concentration: word(0) / 10,
      pm2_5_mass_concentration: word(1) / 10,
      pm4_mass_concentration: word(2) / 10,
      pm10_mass_concentration: word(3) / 10,
      typical_particle_size: word(4),
      pm0_5_number_concentration: word(5) / 10,
      pm1_0_number_concentration: word(6) / 10,
      pm2_5_number_concentration: word(7) / 10,
      pm4_number_concentration: word(8) / 10,
      pm10_number_concentration: word(9) / 10,
    }),
  },
  sht2x,
  pressure,
];

const IAM: readonly Group[] = [
  battery,
  sht3x,
  pressure,
  { words: 2, read: (word) => ({ ambient_light_visible_infrared: word(0), ambient_light_infrared: word(1) }) },
  {
    words: 3,
    read: (word) => ({ co2_concentration: signed(word(0)), co2_sensor_status: word(1), raw_ir_reading: word(2) }),
  },
  { words: 1, read: (word) => ({ activity_counter: word(0) }) },
  { words: 1, read: (word) => ({ total_voc: word(0) }) },
];

const LP8P: readonly Group[] = [
  sht2x,
  {
    words: 2,
    read: (word) => ({ barometer_temperature: (word(0) - 5_000) / 100, barometric_pressure: word(1) * 2 }),
  },
  {
    words: 8,
    read: (word) => ({
      co2_concentration: signed(word(0)),
      co2_concentration_lpf: signed(word(1)),
      co2_sensor_temperature: signed(word(2)) / 100,
      capacitor_voltage_1: word(3) / 1_000,
      capacitor_voltage_2: word(4) / 1_000,
      co2_sensor_status: word(5),
      raw_ir_reading: word(6),
      raw_ir_reading_lpf: word(7),
    }),
  },
  battery,
];

const CWS: readonly Group[] = [
  {
    words: 6,
    read: (word) => ({
      surface_temperature: signed(word(0)) / 100,
      air_temperature: signed(word(1)) / 100,
      air_humidity: signed(word(2)) / 100,
      dew_point: signed(word(3)) / 100,
      angle: signed(word(4)),
      sensor_temperature: signed(word(5)) / 100,
    }),
  },
  battery,
];

/** The port is not part of the protocol. */
export const DECENTLAB = {
  'decentlab-dl-pm': product(PM),
  'decentlab-dl-iam': product(IAM),
  'decentlab-dl-lp8p': product(LP8P),
  'decentlab-dl-cws': product(CWS),
} as const;
