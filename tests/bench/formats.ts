import { encode } from 'cborg';
import type { FormatDecoder } from '../../ingest/formats/format.ts';
import { FORMAT_DECODERS } from '../../ingest/formats/formats.ts';
import { isRejection } from '../../ingest/rejection.ts';
import type { Format } from '../../model/topic.ts';
import { percentile } from './section.ts';

/** What a format costs to read, beside the others in the same rounds. */
export interface FormatCost {
  readonly format: Format;
  /** Readings of two values each in one message. */
  readonly readings: number;
  readonly bytes: number;
  /** µs of one core. */
  readonly message: number;
  readonly observation: number;
  /** Against the city's JSON with as many readings. */
  readonly overJson: number;
}

const RECEIVED = 1_764_000_000_000;
const ROUNDS = 41;
/** Of one format in one round. */
const ROUND_MS = 20;

interface Sample {
  readonly format: Format;
  readonly kind: string;
  readonly readings: number;
  readonly payload: Uint8Array;
}

/** The same readings of a traffic counter in every format that devices speak. */
function samplesOf(readings: number): readonly Sample[] {
  const rows = Array.from({ length: readings }, (_, i) => ({
    time: RECEIVED - 1000 * (readings - i),
    speed: 30 + (i % 100) / 8,
    count: i % 50,
  }));
  const json = rows.map(({ time, speed, count }) => ({ time, values: { mean_speed: speed, vehicle_count: count } }));
  const bn = 'urn:dev:mac:0024befffe804ff1:';
  const pack = rows.flatMap(({ time, speed, count }, i) => [
    {
      ...(i === 0 ? { bn, bt: RECEIVED / 1000 } : {}),
      n: 'mean_speed',
      u: 'km/h',
      t: (time - RECEIVED) / 1000,
      v: speed,
    },
    { n: 'vehicle_count', t: (time - RECEIVED) / 1000, v: count },
  ]);
  const labels: Readonly<Record<string, number>> = { bn: -2, bt: -3, n: 0, u: 1, v: 2, t: 6 };
  const integers = pack.map(
    (record) => new Map(Object.entries(record).map(([label, value]) => [labels[label], value])),
  );
  const lines = rows.map(
    ({ time, speed, count }) => `counter,lane=1 mean_speed=${speed},vehicle_count=${count}i ${time}000000`,
  );
  const text = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));
  const payloads: readonly (readonly [Format, Uint8Array])[] = [
    ['json', text(readings === 1 ? json[0] : json)],
    ['senml', text(pack)],
    ['senml-cbor', encode(integers)],
    ['line', Buffer.from(lines.join('\n'))],
  ];
  return payloads.map(([format, payload]) => ({ format, kind: 'counter', readings, payload }));
}

/** One uplink of a product with two values that the city keeps. */
function uplinks(): readonly Sample[] {
  const data = 'A2cYAQRobQd9xQE=';
  const at = new Date(RECEIVED).toISOString();
  const eui = '24e124707c141234';
  const bodies = {
    tts: { end_device_ids: { dev_eui: eui }, uplink_message: { f_port: 85, frm_payload: data, received_at: at } },
    chirpstack: { deduplicationId: 'x', deviceInfo: { devEui: eui }, time: at, fPort: 85, data },
  };
  return (['tts', 'chirpstack'] as const).map((format) => {
    const payload = Buffer.from(JSON.stringify(bodies[format]));
    return { format, kind: 'milesight-am103', readings: 1, payload };
  });
}

/** Decodes each sample again and again, all of them in every round; the median of the rounds counts. */
export function formatCosts(): readonly FormatCost[] {
  const samples = [...samplesOf(1), ...uplinks(), ...samplesOf(100)];
  const rounds = samples.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round += 1)
    for (const [i, sample] of samples.entries()) rounds[i]?.push(once(sample));
  // The first rounds warm the compiler up.
  const costs = samples.map((sample, i) => ({ sample, message: percentile(rounds[i]?.slice(5) ?? [], 0.5) }));
  return costs.map(({ sample: { format, kind, readings, payload }, message }) => {
    const json = costs.find(({ sample }) => sample.format === 'json' && sample.readings === readings);
    const observations = observationsOf(decoderOf(format), payload, kind);
    return {
      format,
      readings,
      bytes: payload.length,
      message,
      observation: message / observations,
      overJson: message / (json?.message ?? Number.NaN),
    };
  });
}

/** µs that one message takes, over a round. */
function once({ format, kind, payload }: Sample): number {
  const decode = decoderOf(format);
  const began = performance.now();
  let messages = 0;
  let elapsed = 0;
  while (elapsed < ROUND_MS) {
    for (let i = 0; i < 20; i += 1) decode(payload, { kind, received: RECEIVED });
    messages += 20;
    elapsed = performance.now() - began;
  }
  return (elapsed * 1000) / messages;
}

function decoderOf(format: Format): FormatDecoder {
  const decode = FORMAT_DECODERS[format];
  if (!decode) throw new Error(`${format} has no decoder`);
  return decode;
}

/** Throws where the sample is not read in full: its cost would say nothing. */
function observationsOf(decode: FormatDecoder, payload: Uint8Array, kind: string): number {
  const decoding = decode(payload, { kind, received: RECEIVED });
  if (isRejection(decoding) || decoding.rejections.length > 0) throw new Error(JSON.stringify(decoding));
  return decoding.readings.reduce((sum, { values }) => sum + Object.keys(values).length, 0);
}
