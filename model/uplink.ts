import { z } from 'zod';
import type { UplinkFormat } from './topic.ts';

/** LoRaWAN uplinks as network servers post them. Only members the city needs are declared; others are allowed. */

const DevEui = z
  .string()
  .regex(/^[0-9a-fA-F]{16}$/, 'a DevEUI is 16 hexadecimal digits')
  .meta({ example: '70B3D57BA0003BB8' });
/** LoRaWAN 1.0.4, section 4.3.2: 0 is for MAC commands, 1 to 223 for the application. */
const FPort = z.number().int().min(0).max(255).optional();
const FCnt = z.number().int().min(0).optional();
const Payload = z.base64('the payload is base64').optional();
const Time = z.iso.datetime({ offset: true, error: 'a time is RFC 3339' });

/** A member that is there only where the network server has no AppSKey, so that the payload is still encrypted. */
const Undecrypted = z.looseObject({}).nullish();

/** The Things Stack v3, webhook “uplink message” in JSON. `uplink_message.received_at` is the network server’s time. */
export const TtsUplink = z
  .object({
    end_device_ids: z.object({ dev_eui: DevEui }),
    uplink_message: z.object({
      f_port: FPort,
      f_cnt: FCnt,
      frm_payload: Payload,
      received_at: Time,
      app_s_key: Undecrypted,
    }),
    simulated: z.boolean().optional().meta({ description: 'Made by “Simulate uplink” in the console: not stored.' }),
  })
  .meta({ id: 'TtsUplink' });
export type TtsUplink = z.infer<typeof TtsUplink>;

/** ChirpStack v4, HTTP integration, event `up` in JSON. `time` is that of the first gateway with a clock, else the server’s. */
export const ChirpStackUplink = z
  .object({
    deduplicationId: z.string().optional(),
    time: Time,
    deviceInfo: z.object({ devEui: DevEui }),
    fPort: FPort,
    fCnt: FCnt,
    data: Payload,
    joinServerContext: Undecrypted,
  })
  .meta({ id: 'ChirpStackUplink' });
export type ChirpStackUplink = z.infer<typeof ChirpStackUplink>;

/** An uplink, whichever server received it. */
export interface Uplink {
  /** The device’s id in the city. */
  readonly device: string;
  /** 0 where it carries nothing of the application. */
  readonly fPort: number;
  /** FRMPayload. */
  readonly payload: Uint8Array;
  /** Whether the payload is as it was on the air: the network server has not the key. */
  readonly encrypted: boolean;
  /** When it was received, as the network server says, RFC 3339: the same however often the uplink is delivered. */
  readonly time: string;
  /** Made in a console and received by no gateway. */
  readonly simulated: boolean;
}

/** The id in the city of the device with this DevEUI: `eui-` and it in lower case, as The Things Stack names devices. */
export const deviceOfEui = (devEui: string): string => `eui-${devEui.toLowerCase()}`;

/** The DevEUI of a device of the city, in lower case; undefined where its id is of another form. */
export const devEuiOf = (device: string): string | undefined => /^eui-([0-9a-f]{16})$/.exec(device)?.[1];

const bytes = (base64 = ''): Uint8Array => Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));

function ofTts({ end_device_ids, uplink_message, simulated = false }: TtsUplink): Uplink {
  const { f_port = 0, frm_payload, received_at, app_s_key } = uplink_message;
  return {
    device: deviceOfEui(end_device_ids.dev_eui),
    fPort: f_port,
    payload: bytes(frm_payload),
    encrypted: Boolean(app_s_key),
    time: received_at,
    simulated,
  };
}

function ofChirpStack({ deviceInfo, fPort = 0, data, time, joinServerContext }: ChirpStackUplink): Uplink {
  return {
    device: deviceOfEui(deviceInfo.devEui),
    fPort,
    payload: bytes(data),
    encrypted: Boolean(joinServerContext),
    time,
    simulated: false,
  };
}

/** Reads the parsed JSON of a server’s message; fails with Zod’s issues where it is not one of its uplinks. */
export function readUplink(format: UplinkFormat, body: unknown): z.ZodSafeParseResult<Uplink> {
  const parsed =
    format === 'tts'
      ? TtsUplink.transform(ofTts).safeParse(body)
      : ChirpStackUplink.transform(ofChirpStack).safeParse(body);
  return parsed;
}

/**
 * Whether a message of The Things Stack is of another type (join_accept, downlink_ack, …): each type has its one member,
 * and a webhook may send several types to one path. ChirpStack says it in the query instead.
 */
export function isOtherTtsMessage(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'end_device_ids' in body && !('uplink_message' in body);
}

/** Whether the uplink carries anything of the application: one of MAC commands alone does not. */
export const carriesPayload = ({ fPort, payload }: Uplink): boolean => fPort > 0 && payload.length > 0;
