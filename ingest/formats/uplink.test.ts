import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../model/catalogue.ts';
import type { Device } from '../../model/device.ts';
import type { JournalRecord } from '../../storage/journal/port.ts';
import { createDecoder } from '../decode.ts';
import { DECODERS, PRODUCTS, productsOf } from '../decoders/registry.ts';
import { FORMAT_DECODERS } from './formats.ts';
import { uplinkDecoder } from './uplink.ts';

const TIME = '2026-11-24T01:00:00.641841782Z';
const RECEIVED = Date.parse(TIME) + 900;
const DAY = 86_400_000;

const ttsBody = (hex: string, fPort = 85) =>
  Buffer.from(
    JSON.stringify({
      end_device_ids: { dev_eui: '24E124707C141234' },
      uplink_message: { f_port: fPort, frm_payload: Buffer.from(hex, 'hex').toString('base64'), received_at: TIME },
    }),
  );
const decode = (hex: string, kind: string, products = PRODUCTS) =>
  uplinkDecoder('tts', products)(ttsBody(hex), { kind, received: RECEIVED });

describe('the payload of an uplink', () => {
  it('becomes the metrics of the device’s kind at the time of the network server, and nothing else of it is kept', () => {
    expect(decode('0175640367180104686d077dc501', 'milesight-am103')).toEqual({
      readings: [{ time: TIME, values: { co2: 453, indoor_temperature: 28 } }],
      rejections: [],
    });
  });

  it('has a reading of its own for what the device kept', () => {
    expect(decode('077dc50120ce781a4165df006e9001', 'milesight-am103')).toMatchObject({
      readings: [{ time: TIME }, { time: 1_698_765_432_000, values: { co2: 400, indoor_temperature: 22.3 } }],
    });
  });

  it('is set aside for what is not known of it, and kept for what is', () => {
    expect(decode('077dc501abcd00', 'milesight-am103')).toEqual({
      readings: [{ time: TIME, values: { co2: 453 } }],
      rejections: [{ reason: 'undecodable-payload', detail: 'unknown channel abcd at byte 4', metric: 'frm_payload' }],
    });
  });

  it('that cannot be read is set aside as undecodable-payload', () => {
    expect(decode('077dc5', 'milesight-am103')).toMatchObject({ reason: 'undecodable-payload' });
    const bosch = uplinkDecoder('tts', PRODUCTS)(ttsBody('01', 9), { kind: 'bosch-parking-lot', received: RECEIVED });
    expect(bosch).toEqual({ reason: 'undecodable-payload', detail: 'port 9 carries no state of the space' });
  });

  it('that is still encrypted is read as nothing', () => {
    const body = { time: TIME, deviceInfo: { devEui: '24e124707c141234' }, fPort: 85, data: 'B33FAQ==' };
    const read = (more: object) =>
      uplinkDecoder('chirpstack', PRODUCTS)(Buffer.from(JSON.stringify({ ...body, ...more })), {
        ...{ kind: 'milesight-am103', received: RECEIVED },
      });
    expect(read({})).toMatchObject({ readings: [{ values: { co2: 453 } }] });
    expect(read({ joinServerContext: { sessionKeyId: 'x' } })).toMatchObject({ reason: 'undecodable-payload' });
  });

  it('of a kind without a decoder is set aside as no-decoder, and read once there is one', () => {
    const before = productsOf(catalogue.domains, new Map([...DECODERS].filter(([id]) => id !== 'elsys')));
    expect(decode('060308', 'elsys-ers2-co2', before)).toMatchObject({ reason: 'no-decoder' });
    expect(decode('060308', 'counter')).toMatchObject({ reason: 'no-decoder' });
    expect(decode('060308', 'elsys-ers2-co2')).toMatchObject({ readings: [{ values: { co2: 776 } }] });
  });

  it('may say nothing of the city: that is no fault', () => {
    for (const hex of ['017564', 'ff0bff', ''])
      expect(decode(hex, 'milesight-am103')).toEqual({ readings: [], rejections: [] });
  });

  it('is set aside where the body is no uplink', () => {
    for (const body of ['', '{}', '[]', '{"uplink_message": 3}'])
      expect(
        uplinkDecoder('chirpstack', PRODUCTS)(Buffer.from(body), { kind: 'elsys-ers2-co2', received: 0 }),
      ).toMatchObject({ reason: 'wrong-shape' });
  });

  it('never throws, whatever the bytes', () => {
    const kinds = fc.constantFrom(...PRODUCTS.keys(), 'counter');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), kinds, (bytes, kind) => {
        expect(decode(Buffer.from(bytes).toString('hex'), kind)).toBeTypeOf('object');
        expect(uplinkDecoder('tts', PRODUCTS)(bytes, { kind, received: 0 })).toMatchObject({ reason: 'wrong-shape' });
      }),
    );
  });
});

describe('an uplink in the journal', () => {
  const device: Device = {
    ...{ id: 'eui-24e124707c141234', domain: 'education', kind: 'milesight-am103', name: 'Room 4' },
    ...{ geometry: { type: 'Point', coordinates: [105.85, 21.03] }, provider: 'hanoi', tags: {}, simulated: false },
    ...{ state: 'active', created: TIME, updated: TIME },
  };
  const record = (payload: Uint8Array, change: Partial<JournalRecord> = {}): JournalRecord => ({
    ...{
      seq: 1,
      device: device.id,
      domain: 'education',
      provider: 'hanoi',
      format: 'tts',
      received: RECEIVED,
      payload,
    },
    ...change,
  });
  const judge = { catalogue, convert: () => 'unknown-unit' as const, rawRetention: 90 * DAY };
  const one = async (entry: JournalRecord, known: Device | undefined = device, formats = FORMAT_DECODERS) => {
    const [decoded] = await createDecoder(judge, async () => known, formats).decode([entry]);
    return decoded ?? expect.fail('nothing');
  };

  it('is decoded by the device’s domain, whatever domain it was posted for', async () => {
    for (const domain of ['', 'education', 'traffic']) {
      const { observations, rejected } = await one(record(ttsBody('077dc501'), { domain }));
      expect(rejected).toBeUndefined();
      expect(observations).toMatchObject([{ metric: 'co2', value: 453, time: Date.parse(TIME) }]);
    }
  });

  it('that speaks of the device alone is processed, without an observation', async () => {
    expect(await one(record(ttsBody('017564')))).toMatchObject({
      observations: [],
      rejections: [],
      rejected: undefined,
    });
  });

  it('says the same however late it is delivered again, and is too old behind raw retention', async () => {
    const again = async (later: number) => await one(record(ttsBody('077dc501'), { received: RECEIVED + later }));
    const [first] = (await again(0)).observations;
    for (const later of [1_000, DAY, 89 * DAY]) {
      const [observation] = (await again(later)).observations;
      expect(observation).toMatchObject({
        device: device.id,
        metric: first?.metric,
        time: first?.time,
        value: first?.value,
      });
    }
    const stale = await again(91 * DAY);
    expect(stale.observations).toEqual([]);
    expect(stale.rejections).toMatchObject([{ reason: 'too-old', metric: 'co2' }]);
  });

  it('that was set aside is read when its cause is mended: the device registered, or its decoder there', async () => {
    const entry = record(ttsBody('077dc501'), { domain: '' });
    const decoder = createDecoder(judge, async () => undefined);
    expect(await decoder.decode([entry])).toMatchObject([{ rejected: { reason: 'unknown-device' } }]);
    const without = { ...FORMAT_DECODERS, tts: uplinkDecoder('tts', new Map()) };
    expect(await one(entry, device, without)).toMatchObject({ rejected: { reason: 'no-decoder' } });
    expect(await one(entry)).toMatchObject({ rejected: undefined, observations: [{ value: 453 }] });
  });
});
