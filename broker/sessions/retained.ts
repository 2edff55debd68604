import type { AedesPublishPacket } from 'aedes';
import { matches } from './filters.ts';

/** `city/{domain}/{device}`: what is retained lies below, a topic or two for each device. */
const BUCKET_LEVELS = 3;
const WILDCARD = /[+#]/;

/** Retained messages by topic. A filter that names its device looks at what that device has and at nothing else. */
export class Retained {
  readonly #buckets = new Map<string, Map<string, AedesPublishPacket>>();

  /** Keeps the message as its topic's; an empty one clears it (MQTT-3.3.1-10, -11). */
  store(packet: AedesPublishPacket): void {
    const key = bucketOf(packet.topic);
    const bucket = this.#buckets.get(key);
    if (packet.payload.length > 0) {
      if (bucket) bucket.set(packet.topic, packet);
      else this.#buckets.set(key, new Map([[packet.topic, packet]]));
    } else if (bucket?.delete(packet.topic) && bucket.size === 0) this.#buckets.delete(key);
  }

  /** What each of the filters matches, filter by filter. */
  *matching(filters: readonly string[]): Generator<AedesPublishPacket> {
    for (const filter of filters) {
      const key = bucketOf(filter);
      const buckets = WILDCARD.test(key) ? this.#buckets.values() : [this.#buckets.get(key) ?? new Map()];
      for (const bucket of buckets) for (const [topic, packet] of bucket) if (matches(filter, topic)) yield packet;
    }
  }
}

function bucketOf(topic: string): string {
  return topic.split('/', BUCKET_LEVELS).join('/');
}
