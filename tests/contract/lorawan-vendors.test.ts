import { describe, expect, it } from 'vitest';
import { isUnreadable, type Measurement } from '../../ingest/decoders/decoder.ts';
import { PRODUCTS } from '../../ingest/decoders/registry.ts';
import { uplinkDecoder } from '../../ingest/formats/uplink.ts';
import { type VendorPayload, vendorPayload } from '../helpers/lorawan-vendors.ts';
import { withSharedFolder } from '../helpers/shared-data.ts';

/** Kinds of the city, the folder of the model that each is, its payload files and the expected results in them. */
const MODELS = [
  ['bosch-parking-lot', 'Bosch_Parking_Lot_Sensor', 13, 18],
  ['decentlab-dl-cws', 'Decentlab_DL-CWS', 15, 63],
  ['decentlab-dl-iam', 'Decentlab_DL-IAM', 22, 151],
  ['decentlab-dl-lp8p', 'Decentlab_DL-LP8P', 22, 146],
  ['decentlab-dl-pm', 'Decentlab_DL-PM', 22, 147],
  ['elsys-ers2-co2', 'Elsys_ERS2_CO2', 5, 30],
  ['elsys-ers2-sound', 'Elsys_ERS2_Sound', 5, 35],
  ['milesight-am103', 'Milesight_AM103', 10, 58],
  ['milesight-am107', 'Milesight_AM107', 6, 60],
  ['milesight-am307', 'Milesight_AM307', 10, 106],
  ['milesight-am319', 'Milesight_AM319', 10, 154],
  ['milesight-em300-th', 'Milesight_EM300-TH', 5, 15],
  ['milesight-vs350', 'Milesight_VS350', 4, 16],
  ['milesight-ws302', 'Milesight_WS302', 6, 24],
  ['netvox-r72624', 'Netvox_R72624', 9, 22],
  ['tektelic-comfort', 'Tektelic_Comfort', 5, 15],
] as const;
const KINDS: ReadonlyMap<string, string> = new Map(MODELS.map(([kind, model]) => [model, kind]));

/** Names of the expectations that are others of ours. */
const OURS: Readonly<Record<string, string>> = {
  vdd: 'battery_millivolts',
  soundPeak: 'sound_peak',
  soundAvg: 'sound_average',
  battery_volt: 'battery_voltage',
  // The file's report of a period is that of an alarm within it.
  period_in: 'alarm_period_in',
  period_out: 'alarm_period_out',
};
const PIR: Readonly<Record<string, string>> = { Elsys_ERS2_CO2: 'motion', Elsys_ERS2_Sound: 'motion' };

/** What is expected and is no result of the sensor: of the radio, worked out of others, or words. */
const isResult = (name: string, value: unknown) =>
  !name.startsWith('lora_') && name !== 'illuminance' && (typeof value === 'number' || typeof value === 'boolean');

/**
 * The history in two files has its bytes the wrong way round, so that its temperature lies outside what the sensor can
 * send; they expect it unsigned, which the maker's guide does not say.
 */
const INT16 = 32_767;
const signed = (name: string, value: number) =>
  name === 'temperature' && value * 10 > INT16 ? value - 6_553.6 : value;

/** The results that are expected of a measurement, by our names. */
function resultsOf(model: string, values: Readonly<Record<string, unknown>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(values)
      .filter(([name, value]) => isResult(name, value))
      .map(([name, value]) => [(name === 'pir' ? PIR[model] : OURS[name]) ?? name, signed(name, Number(value))]),
  );
}

function close(values: Measurement['values'], expected: Readonly<Record<string, number>>, file: string): number {
  for (const [name, value] of Object.entries(expected)) expect(values[name], `${file} ${name}`).toBeCloseTo(value, 9);
  return Object.keys(expected).length;
}

await withSharedFolder('payloads/lorawan-vendors', 'payload files of the makers', async (files, read) => {
  const samples: VendorPayload[] = [];
  for (const file of files) {
    if (!KINDS.has(file.split('/')[0] ?? '') || !file.includes('.payload')) continue;
    samples.push(vendorPayload(file, await read(file), await read(file.replace('.payload', '.result'))));
  }

  it.each(MODELS)('%s: every expected result is what its decoder reads', (kind, model, fileCount, resultCount) => {
    const own = samples.filter((sample) => sample.model === model);
    const { decode } = PRODUCTS.get(kind) ?? expect.fail(`${kind} has no decoder`);
    let checked = 0;
    for (const { file, fPort, payload, expected } of own) {
      const decoded = decode(fPort, payload);
      if (isUnreadable(decoded)) throw new Error(`${file}: ${decoded.fault}`);
      const wanted = expected.map(({ time, values }) => ({ time, results: resultsOf(model, values) }));
      for (const [i, { time, results }] of wanted.entries()) {
        if (Object.keys(results).length === 0) continue;
        checked += close(decoded.measurements[i]?.values ?? {}, results, file);
        if (i > 0) expect(decoded.measurements[i]?.time, file).toBe(time);
      }
    }
    expect({ files: own.length, results: checked }).toEqual({ files: fileCount, results: resultCount });
  });

  describe('as webhooks', () => {
    const posted = samples.flatMap(({ network, ...sample }) => (network === 'other' ? [] : [{ network, ...sample }]));

    it('become readings in the metrics of their kinds, at the time of the network server', () => {
      let checked = 0;
      for (const { network, body, received, model, file, expected } of posted) {
        const kind = KINDS.get(model) ?? '';
        const decoding = uplinkDecoder(network, PRODUCTS)(Buffer.from(body), { kind, received: 0 });
        if (!('readings' in decoding)) throw new Error(`${file}: ${decoding.detail}`);
        const names = PRODUCTS.get(kind)?.values ?? {};
        const wanted = expected.flatMap(({ values }) => {
          const results = resultsOf(model, values);
          const metrics = Object.entries(names).flatMap(([metric, name]) => {
            const value = name === 'free' ? 1 - (results.occupied ?? 0) : results[name];
            return value === undefined ? [] : [[metric, expect.closeTo(value, 9)] as const];
          });
          return metrics.length === 0 ? [] : [{ values: Object.fromEntries(metrics) }];
        });
        expect(decoding.readings, file).toMatchObject(wanted);
        expect(decoding.readings.length, file).toBe(wanted.length);
        for (const { time } of decoding.readings.slice(0, 1)) expect(time, file).toBe(received);
        checked += wanted.length;
      }
      expect(checked).toBeGreaterThan(50);
    });
  });
});
