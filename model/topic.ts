/**
 * The city's topics (MQTT 3.1.1, section 4.7): `city/{domain}/{device}/{channel}`.
 * Pure: who may use which is the broker's policy.
 */
export const TOPIC_ROOT = 'city';

/** What a device publishes, and what the city publishes to it. */
export const CHANNELS = ['telemetry', 'telemetry/senml', 'telemetry/line', 'status', 'commands', 'rejected'] as const;
export type Channel = (typeof CHANNELS)[number];

/** The payload format of each telemetry channel. */
export const FORMATS = ['json', 'senml', 'line'] as const;
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
export function formatOf(channel: string): Format | undefined {
  if (channel === 'telemetry') return 'json';
  if (channel === 'telemetry/senml') return 'senml';
  if (channel === 'telemetry/line') return 'line';
  return undefined;
}
