import type { AedesOptions } from 'aedes';
import { z } from 'zod';

const count = z.number().int().positive();

/** Limits of the devices' door. Every one of them bounds memory or time that a stranger could otherwise take. */
export const BrokerConfig = z.object({
  /** Bytes behind the fixed header of an MQTT packet, and of an HTTP body. */
  maxPacketBytes: count.default(128 * 1024),
  /** The same for CONNECT, from clients that nobody knows yet. */
  maxConnectBytes: count.default(4 * 1024),
  /** Sockets on all listeners together. */
  maxConnections: count.default(20_000),
  /** Sockets from one remote address; unlimited where undefined, for a whole agency may sit behind one address. */
  maxConnectionsPerAddress: count.optional(),
  maxClientIdLength: count.default(128),
  /** Connections that one credential may have at a time, under different client ids. */
  maxSessionsPerCredential: count.default(16),
  maxSubscriptionsPerClient: count.default(100),
  /** From the accepted socket (TLS included) to the CONNACK. */
  connectTimeoutMs: count.default(10_000),
  /** A longer keepalive is refused; a client without one is held to this. */
  keepaliveLimitSeconds: count.max(43_690).default(1_200),
  /** How long a client's own writes may wait for it to read. */
  drainTimeoutMs: count.default(10_000),
  /** Per socket and direction; a live message that would pass it is not sent to that client. */
  highWaterMarkBytes: count.default(256 * 1024),
  /** Messages of one client waiting for the journal before its socket is no longer read. */
  maxPendingPerClient: count.default(2_000),
  /** Payload bytes of all clients waiting for the journal before whoever sends is no longer read. */
  maxPendingBytes: count.default(64 * 1024 * 1024),
  /** Half-open QoS 2 handshakes of one client. */
  maxInflightQos2: count.default(1_000),
  /** MQTT control packets a second of one connection before it is read more slowly. */
  packetsPerSecond: count.default(20_000),
  /** A client whose messages see no commit for so long is disconnected unacknowledged, so that it sends them again. */
  commitGiveUpMs: count.default(20_000),
  /** Notices a second on one device's `rejected` topic. */
  noticesPerSecond: count.default(10),
  /** How long a client may take to read why it is disconnected. */
  lingerMs: count.default(1_000),
});
export type BrokerConfig = z.infer<typeof BrokerConfig>;

/** Messages mqemitter hands round at a time: at its default of 100 most of the CPU goes into shifting its queue. */
const CONCURRENCY = 100_000;

/** The limits that Aedes itself keeps. What it has none for (packet size, sockets, takeover, offline queues) is ours. */
export function aedesLimits(config: BrokerConfig): AedesOptions {
  return {
    concurrency: CONCURRENCY,
    connectTimeout: config.connectTimeoutMs,
    keepaliveLimit: config.keepaliveLimitSeconds,
    drainTimeout: config.drainTimeoutMs,
    maxInflightInbound: config.maxInflightQos2,
    maxClientsIdLength: config.maxClientIdLength,
    // Nothing in front of us is believed about an address: PROXY protocol ends at the balancer.
    trustProxy: false,
  };
}

/** Certificate, key and, where devices show certificates too, their authority: PEM. */
export interface TlsFiles {
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
  readonly ca?: string | Buffer | undefined;
}
