import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DOMAINS } from '../../model/domains/index.ts';
import { isUnreadable, type Measured, type PayloadDecoder } from './decoder.ts';
import { DECODERS, PRODUCTS, productsOf } from './registry.ts';

type Range = readonly [low: number, high: number];
const U8: Range = [0, 255];
const U16: Range = [0, 65_535];
const BYTE_HALVES: Range = [0, 127.5];
const TENTHS: Range = [0, 6_553.5];
const SIGNED_TENTHS: Range = [-3_276.8, 3_276.7];
const SIGNED_HUNDREDTHS: Range = [-327.68, 327.67];
const OFFSET: Range = [-32_768, 32_767];
const HUNDREDTHS: Range = [0, 655.35];
const MILLI: Range = [0, 65.535];

interface Sample {
  readonly port: number;
  /** A payload in hexadecimal, cut where it may end. */
  readonly parts: readonly string[];
  /** What the raw field of each value can hold, in the value's unit. */
  readonly ranges: Readonly<Record<string, Range>>;
}

const room = { battery: U8, temperature: SIGNED_TENTHS, humidity: [0, 32_767.5], co2: U16 } as const;
const air = {
  tvoc: U16,
  pressure: TENTHS,
  light_level: U8,
  motion: U8,
  pm2_5: U16,
  pm10: U16,
  hcho: HUNDREDTHS,
} as const;
const counts = Object.fromEntries(
  ['total', 'period', 'alarm_period'].flatMap((name) => [[`${name}_in`, U16] as const, [`${name}_out`, U16] as const]),
);

const SAMPLES: Readonly<Record<string, Sample>> = {
  elsys: {
    port: 5,
    parts: ['0100e2', '0229', '040027', '0506', '060308', '070d62', '150710', '0c00e2', '1400000fa0', '3d00000000'],
    ranges: {
      ...{ temperature: SIGNED_TENTHS, humidity: U8, light: U16, motion: U8, co2: U16, battery_millivolts: U16 },
      ...{ sound_peak: U8, sound_average: U8 },
    },
  },
  'milesight-am103': {
    port: 85,
    parts: ['017564', '03671801', '04686d', '077dc501', '20ce781a4165df006e9001'],
    ranges: room,
  },
  'milesight-am107': {
    port: 85,
    parts: ['01755c', '03673401', '046865', '056a4900', '06651c0079001400', '077de704', '087d0700', '09733f27'],
    ranges: { ...room, ...air, activity: U16, illumination: U16, infrared_and_visible: U16, infrared: U16 },
  },
  'milesight-am307': {
    port: 85,
    parts: ['017555', '0367ee00', '04687c', '050001', '06cb02', '077da803', '20ce781a4165ee007c000102a80325006627'],
    ranges: { ...room, ...air },
  },
  'milesight-am319': {
    port: 85,
    parts: [
      '0367ee00',
      '0a7d0400',
      '0b7d2000',
      '0c7d3000',
      '0e0100',
      '20ce781a4165ee007c000102a80325006627200030000400',
    ],
    ranges: { ...room, ...air },
  },
  'milesight-em300-th': { port: 85, parts: ['01755c', '03673401', '046865', '20ce781a4165340165'], ranges: room },
  'milesight-ws302': {
    port: 85,
    parts: ['017564', '055b053f02da016a02'],
    ranges: { battery: U8, LAF: TENTHS, LAeq: TENTHS, LAFmax: TENTHS },
  },
  'milesight-vs350': {
    port: 85,
    parts: ['017564', '04cc11010811', '05cc0a000b00', '84cc0111081101', '85cce803e90301'],
    ranges: { battery: U8, temperature: SIGNED_TENTHS, ...counts },
  },
  'decentlab-dl-pm': {
    port: 1,
    parts: ['021b50000f0c25002500270027002701f50107012c012d012d012d67bd618dbd10'],
    ranges: {
      ...{
        battery_voltage: MILLI,
        air_temperature: [-46.85, 128.87],
        air_humidity: [-6, 119],
        typical_particle_size: U16,
      },
      ...{ barometric_pressure: [0, 131_070], pm1_0_mass_concentration: TENTHS, pm2_5_mass_concentration: TENTHS },
      ...{ pm4_mass_concentration: TENTHS, pm10_mass_concentration: TENTHS, pm0_5_number_concentration: TENTHS },
      ...{ pm1_0_number_concentration: TENTHS, pm2_5_number_concentration: TENTHS },
      ...{ pm4_number_concentration: TENTHS, pm10_number_concentration: TENTHS },
    },
  },
  'decentlab-dl-iam': {
    port: 1,
    parts: ['020bbd007f0b926a515d48bc4e0262006981c7000093d4000b0111'],
    ranges: {
      ...{
        battery_voltage: MILLI,
        air_temperature: [-45, 130],
        air_humidity: [0, 100],
        barometric_pressure: [0, 131_070],
      },
      ...{ ambient_light_visible_infrared: U16, ambient_light_infrared: U16, co2_concentration: OFFSET },
      ...{ co2_sensor_status: U16, raw_ir_reading: U16, activity_counter: U16, total_voc: U16 },
    },
  },
  'decentlab-dl-lp8p': {
    port: 1,
    parts: ['020578000f67bd618d1cedbd1081d981f4895b0bd80bb50000959895390c25'],
    ranges: {
      ...{ air_temperature: [-46.85, 128.87], air_humidity: [-6, 119], barometer_temperature: [-50, 605.35] },
      ...{ barometric_pressure: [0, 131_070], co2_concentration: OFFSET, co2_concentration_lpf: OFFSET },
      ...{ co2_sensor_temperature: SIGNED_HUNDREDTHS, capacitor_voltage_1: MILLI, capacitor_voltage_2: MILLI },
      ...{ co2_sensor_status: U16, raw_ir_reading: U16, raw_ir_reading_lpf: U16, battery_voltage: MILLI },
    },
  },
  'decentlab-dl-cws': {
    port: 1,
    parts: ['02463900038a778a95977a874c80478a5e0b74'],
    ranges: {
      ...{
        surface_temperature: SIGNED_HUNDREDTHS,
        air_temperature: SIGNED_HUNDREDTHS,
        air_humidity: SIGNED_HUNDREDTHS,
      },
      ...{ dew_point: SIGNED_HUNDREDTHS, angle: OFFSET, sensor_temperature: SIGNED_HUNDREDTHS, battery_voltage: MILLI },
    },
  },
  'tektelic-comfort': {
    port: 10,
    parts: ['036700e1', '04684d', '00ba0b9e'],
    ranges: {
      ...{ ambient_temperature: SIGNED_TENTHS, relative_humidity: BYTE_HALVES, battery_voltage: MILLI },
      ...{ reed_state: U8, reed_count: U16 },
    },
  },
  'bosch-parking-lot': {
    port: 2,
    parts: ['0112'],
    ranges: { occupied: [0, 1], free: [0, 1], temperature: [-128, 127] },
  },
  'netvox-r72624': {
    port: 6,
    parts: ['01090c7809c41b58ffff00'],
    ranges: {
      ...{ battery_voltage: [0, 12.7], co2: TENTHS, nh3: HUNDREDTHS, noise: TENTHS },
      ...{ temperature: SIGNED_HUNDREDTHS, humidity: HUNDREDTHS, wind_speed: HUNDREDTHS },
    },
  },
};

const bytesOf = (...parts: readonly string[]) => Buffer.from(parts.join(''), 'hex');

/** Payloads near to good ones: parts in any order, some of them changed or cut off, and bytes of any kind. */
const payloads = ({ parts }: Sample) =>
  fc.oneof(
    fc.uint8Array({ maxLength: 64 }),
    fc
      .tuple(
        fc.array(fc.constantFrom(...parts), { maxLength: 5 }),
        fc.uint8Array({ maxLength: 4 }),
        fc.nat(),
        fc.nat(255),
      )
      .map(([chosen, tail, at, byte]) => {
        const payload = Buffer.concat([bytesOf(...chosen), tail]);
        if (payload.length > 0) payload[at % payload.length] = byte;
        return payload;
      }),
  );

function measuredBy(decode: PayloadDecoder, port: number, payload: Uint8Array): Measured {
  const decoded = decode(port, payload);
  if (isUnreadable(decoded)) throw new Error(decoded.fault);
  return decoded;
}

describe.each([...DECODERS])('%s', (id, decode) => {
  const sample = SAMPLES[id];
  if (!sample) throw new Error(`${id} has no sample`);

  it('never throws, and gives numbers that the raw field can hold', () => {
    const port = fc.oneof(fc.constant(sample.port), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(port, payloads(sample), (fPort, payload) => {
        const decoded = decode(fPort, payload);
        if (isUnreadable(decoded)) return;
        for (const { values, time = 0 } of decoded.measurements) {
          expect(Number.isInteger(time)).toBe(true);
          for (const [name, value] of Object.entries(values)) {
            const [low, high] = sample.ranges[name] ?? [Number.NaN, Number.NaN];
            expect(value, name).toBeGreaterThanOrEqual(low);
            expect(value, name).toBeLessThanOrEqual(high);
          }
        }
      }),
    );
  });

  it('refuses a payload that is cut off, and takes one that ends where it may', () => {
    const whole = bytesOf(...sample.parts);
    const ends = new Set(sample.parts.map((_, i) => bytesOf(...sample.parts.slice(0, i)).length));
    ends.add(whole.length);
    for (let size = 1; size <= whole.length; size += 1)
      expect(isUnreadable(decode(sample.port, whole.subarray(0, size))), `${size} bytes`).toBe(!ends.has(size));
    expect(measuredBy(decode, sample.port, whole).unread).toBeUndefined();
  });

  it('reads the same from a view into a larger buffer', () => {
    const whole = bytesOf(...sample.parts);
    const inside = new Uint8Array(whole.length + 16).fill(0xff);
    inside.set(whole, 7);
    expect(decode(sample.port, inside.subarray(7, 7 + whole.length))).toEqual(decode(sample.port, whole));
  });
});

describe('what a payload says', () => {
  const am103 = DECODERS.get('milesight-am103') ?? expect.fail('no decoder');

  it('is kept up to a channel that is not known, and the rest is named', () => {
    expect(measuredBy(am103, 85, bytesOf('03671801', 'abcd01'))).toEqual({
      measurements: [{ values: { temperature: 28 } }],
      unread: 'unknown channel abcd at byte 4',
    });
    expect(am103(85, bytesOf('abcd01'))).toEqual({ fault: 'unknown channel abcd at byte 0' });
  });

  it('has negative temperatures', () => {
    expect(measuredBy(am103, 85, bytesOf('0367ceff')).measurements).toEqual([{ values: { temperature: -5 } }]);
  });

  it('has what was kept without a connection at its own time', () => {
    expect(measuredBy(am103, 85, bytesOf('077dc501', '20ce781a4165df006e9001')).measurements).toEqual([
      { values: { co2: 453 } },
      { time: 1_698_765_432_000, values: { temperature: 22.3, humidity: 55, co2: 400 } },
    ]);
  });

  it('is no state of a parking space on another port, and neither is a state that does not exist', () => {
    const bosch = DECODERS.get('bosch-parking-lot') ?? expect.fail('no decoder');
    expect(bosch(4, bytesOf('01'))).toHaveProperty('fault');
    expect(bosch(1, bytesOf('02'))).toHaveProperty('fault');
    expect(measuredBy(bosch, 1, bytesOf('00')).measurements).toEqual([{ values: { occupied: 0, free: 1 } }]);
  });

  it('counts nobody twice who passes before an alarm', () => {
    const vs350 = DECODERS.get('milesight-vs350') ?? expect.fail('no decoder');
    expect(measuredBy(vs350, 85, bytesOf('85cce803e90301')).measurements[0]?.values).not.toHaveProperty('period_in');
  });
});

describe('the LoRaWAN kinds of the city', () => {
  const rows = DOMAINS.flatMap(({ kinds }) => kinds).filter(({ lorawan }) => lorawan !== undefined);

  it('each have a decoder that gives the values that they name', () => {
    expect(rows.length).toBeGreaterThanOrEqual(8);
    for (const { id, metrics, lorawan } of rows) {
      expect(PRODUCTS.has(id), id).toBe(true);
      expect(Object.keys(lorawan?.values ?? {}), id).toEqual(metrics);
      const known = Object.keys(SAMPLES[lorawan?.decoder ?? '']?.ranges ?? {});
      expect(known, id).toEqual(expect.arrayContaining(Object.values(lorawan?.values ?? {})));
    }
  });

  it('without a decoder are no product', () => {
    expect(productsOf(DOMAINS, new Map()).size).toBe(0);
  });
});
