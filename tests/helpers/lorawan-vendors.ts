import { z } from 'zod';

/** Payload files of LoRaWAN makers with what is expected of each, as ../shared/data/payloads/lorawan-vendors holds them. */
export interface VendorPayload {
  /** `Milesight_AM103/ChirpStack.payload_1.json` */
  readonly file: string;
  /** Folder: maker and model. */
  readonly model: string;
  readonly network: 'tts' | 'chirpstack' | 'other';
  /** The file as it stands. */
  readonly body: string;
  /** When the network server received it, as its uplink says. */
  readonly received: string;
  readonly fPort: number;
  readonly payload: Uint8Array;
  /** Values by the maker's names, the newest measurement first; `time` in ms where the expectation has a number for it. */
  readonly expected: readonly {
    readonly time: number | undefined;
    readonly values: Readonly<Record<string, unknown>>;
  }[];
}

const base64 = (text: string) => Buffer.from(text, 'base64');
const hex = (text: string) => Buffer.from(text, 'hex');

/** Every network's way of saying port and payload. */
const Body = z.union([
  z
    .object({ uplink_message: z.object({ f_port: z.number(), frm_payload: z.string(), received_at: z.string() }) })
    .transform(({ uplink_message: { f_port, frm_payload, received_at } }) => ({
      ...{ network: 'tts' as const, received: received_at, fPort: f_port, payload: base64(frm_payload) },
    })),
  z
    .object({ deviceInfo: z.object({ devEui: z.string() }), time: z.string(), fPort: z.number(), data: z.string() })
    .transform(({ time, fPort, data }) => ({
      ...{ network: 'chirpstack' as const, received: time, fPort, payload: base64(data) },
    })),
  // ChirpStack v3, and Milesight's gateways.
  z
    .object({ devEUI: z.string(), fPort: z.number(), data: z.string() })
    .transform(({ fPort, data }) => ({ network: 'other' as const, received: '', fPort, payload: base64(data) })),
  z
    .object({ EUI: z.string(), port: z.number(), data: z.string() })
    .transform(({ port, data }) => ({ network: 'other' as const, received: '', fPort: port, payload: hex(data) })),
  z
    .object({ DevEUI_uplink: z.object({ FPort: z.number(), payload_hex: z.string() }) })
    .transform(({ DevEUI_uplink: { FPort, payload_hex } }) => ({
      ...{ network: 'other' as const, received: '', fPort: FPort, payload: hex(payload_hex) },
    })),
]);

const Result = z.object({
  telemetry: z.array(z.object({ ts: z.unknown().optional(), values: z.record(z.string(), z.unknown()) })),
});
/** Some results tell of the gateways behind the device. */
const Results = z.union([Result, z.array(z.unknown()).transform(([first]) => Result.parse(first))]);

/** A payload file and the result file beside it. */
export function vendorPayload(file: string, body: string, result: string): VendorPayload {
  const { telemetry } = Results.parse(JSON.parse(result));
  return {
    file,
    model: file.split('/')[0] ?? '',
    body,
    ...Body.parse(JSON.parse(body)),
    expected: telemetry.map(({ ts, values }) => ({ time: typeof ts === 'number' ? ts : undefined, values })),
  };
}
