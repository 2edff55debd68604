/**
 * The city's topics (MQTT 3.1.1, section 4.7): `city/{domain}/{device}/{channel}`.
 * Pure: who may use which is the broker's policy.
 */
export const TOPIC_ROOT = 'city';

/** What a device publishes, and what the city publishes to it. */
export const CHANNELS = [
  'telemetry',
  'telemetry/senml',
  'telemetry/senml-cbor',
  'telemetry/line',
  'status',
  'commands',
  'rejected',
] as const;
export type Channel = (typeof CHANNELS)[number];

/** Formats that a device speaks itself: the city's JSON, SenML in JSON and CBOR (RFC 8428), InfluxDB line protocol. */
export const DEVICE_FORMATS = ['json', 'senml', 'senml-cbor', 'line'] as const;
export type DeviceFormat = (typeof DEVICE_FORMATS)[number];

/** Uplinks as LoRaWAN network servers post them: The Things Stack, ChirpStack v4. */
export const UPLINK_FORMATS = ['tts', 'chirpstack'] as const;
export type UplinkFormat = (typeof UPLINK_FORMATS)[number];

export const isUplink = (format: Format): format is UplinkFormat => UPLINK_FORMATS.some((uplink) => uplink === format);

/** Every payload format that the journal may hold. Names are kept in it: append-only. */
export const FORMATS = [...DEVICE_FORMATS, ...UPLINK_FORMATS] as const;
export type Format = (typeof FORMATS)[number];

export interface Topic {
  readonly domain: string;
  readonly device: string;
  /** Everything behind the device's level. */
  readonly channel: string;
}

/** Splits a topic name of the city; undefined for any other. */
export function parseTopic(topic: string): Topic | undefined {
  const [root, domain, device, ...rest] = topic.split('/');
  if (root !== TOPIC_ROOT || !domain || !device || rest.length === 0) return undefined;
  return { domain, device, channel: rest.join('/') };
}

/** The topic name of a device's channel. */
export function topicOf(domain: string, device: string, channel: Channel): string {
  return `${TOPIC_ROOT}/${domain}/${device}/${channel}`;
}

/** The format of a telemetry channel, undefined for any other channel. */
export function formatOf(channel: string): DeviceFormat | undefined {
  return DEVICE_FORMATS.find((format) => channelOf(format) === channel);
}

/** The channel that carries a format. */
export function channelOf(format: DeviceFormat): Channel {
  return format === 'json' ? 'telemetry' : `telemetry/${format}`;
}
