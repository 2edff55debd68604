import { channelOf, DEVICE_FORMATS, type DeviceFormat, TOPIC_ROOT } from '../../model/topic.ts';
import type { Principal } from '../../storage/registry/port.ts';

/**
 * Who may use which topic. Pure. A device publishes and subscribes below its own prefix only; an observer reads the
 * city and publishes nothing; `$SYS` is closed to everyone.
 */
export type Holder = Pick<Principal, 'kind' | 'username' | 'domain'>;

const ROOT_PREFIX = `${TOPIC_ROOT}/`;
const NO_TOPICS: ReadonlyMap<string, DeviceFormat> = new Map();
/** `{cmd}` in `commands/{cmd}/result`: an id the city made. */
const RESULT = /^commands\/[A-Za-z0-9_-]{1,64}\/result$/;

/** Everything of a device lies below `city/{domain}/{id}/`. */
export function prefixOf(holder: Holder): string {
  return `${ROOT_PREFIX}${holder.domain}/${holder.username}/`;
}

/** The device's own telemetry topics and the format each carries; none for an observer. */
export function telemetryTopics(holder: Holder): ReadonlyMap<string, DeviceFormat> {
  if (holder.kind !== 'device') return NO_TOPICS;
  const prefix = prefixOf(holder);
  return new Map(DEVICE_FORMATS.map((format) => [`${prefix}${channelOf(format)}`, format]));
}

/** Whether the topic is where the device answers a command. */
export function isCommandResult(holder: Holder, topic: string): boolean {
  const prefix = prefixOf(holder);
  return holder.kind === 'device' && topic.startsWith(prefix) && RESULT.test(topic.slice(prefix.length));
}

/** Whether the holder may publish to the topic at all. */
export function mayPublish(holder: Holder, topic: string): boolean {
  return telemetryTopics(holder).has(topic) || isCommandResult(holder, topic);
}

/** Whether the holder may subscribe to the filter (MQTT 3.1.1, section 4.7). */
export function maySubscribe(holder: Holder, filter: string): boolean {
  const prefix = holder.kind === 'device' ? prefixOf(holder) : ROOT_PREFIX;
  return filter.length > prefix.length && filter.startsWith(prefix);
}

/**
 * The client id a session has within the city. It is bound to the credential: the user name, alone or with `:` and what
 * the client calls itself behind it. No user name has a colon, so nobody can push another off its session; a device's
 * own second connection (a monitor beside the sender) takes nothing over unless it calls itself the same.
 */
export function boundClientId(holder: Holder, clientId: string): string {
  const { username } = holder;
  if (clientId === username || clientId.startsWith(`${username}:`)) return clientId;
  return `${username}:${clientId}`;
}
