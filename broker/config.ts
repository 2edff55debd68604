import type { AedesOptions } from 'aedes';
import { z } from 'zod';
import { isAddressRange } from '../model/network-address.ts';

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
  /** Sockets from one remote address that are nobody yet: they may not take all the room there is. */
  maxStrangersPerAddress: count.default(5_000),
  /** New sockets of one address a second, once it has had its burst: those beyond are heard later. */
  strangersPerSecond: count.default(500),
  /** New sockets of one address that may come at once: a fleet behind one router comes back together. */
  strangersAtOnce: count.default(5_000),
  /** TLS handshakes at a time; who comes beyond waits for its turn, within the time to connect. */
  maxHandshakes: count.default(256),
  /** The same of one remote address. */
  maxHandshakesPerAddress: count.default(64),
  /** Whether a trusted proxy's connections begin with a header of the PROXY protocol. Anybody else's never do. */
  proxyProtocol: z.boolean().default(false),
  /** Addresses and CIDR ranges of proxies whose word about a client's address is taken. */
  trustedProxies: z.array(z.string().refine(isAddressRange, 'must be addresses or CIDR ranges')).default([]),
  maxClientIdLength: count.default(128),
  /** Connections that one credential may have at a time, under different client ids. */
  maxSessionsPerCredential: count.default(16),
  maxSubscriptionsPerClient: count.default(100),
  /** Characters of a topic filter. */
  maxFilterLength: count.default(512),
  /** How long a lost connection may take to come back before its device counts as offline. */
  presenceGraceMs: z.number().int().min(0).default(10_000),
  /** The same for devices that were online when the city stopped, from its start on. */
  restartGraceMs: count.default(60_000),
  /** How long a session waits for its client. */
  sessionExpiryMs: count.default(24 * 3_600_000),
  /** Sessions that outlive their connections, of all clients; one more ends the one that has waited longest. */
  maxKeptSessions: count.default(50_000),
  /** Messages of QoS 1 and 2 that one such session holds, under way and waiting. */
  maxQueuedMessages: count.max(30_000).default(1_000),
  /** Their bytes, with about 200 for each beside topic and payload. */
  maxQueuedBytes: count.default(1024 * 1024),
  /** The same, and filters, of all sessions together. */
  maxQueuedBytesInAll: count.default(64 * 1024 * 1024),
  /** From the accepted socket (TLS included) to the CONNACK. */
  connectTimeoutMs: count.default(10_000),
  /** A longer keepalive is refused; a client without one is held to this. */
  keepaliveLimitSeconds: count.max(43_690).default(1_200),
  /** How long a client's own writes may wait for it to read. */
  drainTimeoutMs: count.default(10_000),
  /** Per socket and direction; a live message that would pass it is not sent to that client. */
  highWaterMarkBytes: count.default(256 * 1024),
  /** The same of all sockets together; beyond, the greediest are closed. */
  maxBufferedBytes: count.default(512 * 1024 * 1024),
  /** Messages of one client waiting for the journal before its socket is no longer read. */
  maxPendingPerClient: count.default(2_000),
  /** Memory of all messages waiting for the journal, 1 KiB each beside the payload, before whoever sends is no longer read. */
  maxPendingBytes: count.default(64 * 1024 * 1024),
  /** Half-open QoS 2 handshakes of one client. */
  maxInflightQos2: count.default(1_000),
  /** Messages a second of one device, over all its connections and HTTP alike, before it is read more slowly. */
  deviceRate: count.default(2_000),
  /** The same for all devices of one provider together. */
  providerRate: count.default(20_000),
  /** Uplinks a second of one network server's key, whatever devices they name, before they are answered later. */
  keyRate: count.default(2_000),
  /** A device that stays at a limit for so long is told, at most once a minute. */
  tooFastAfterMs: count.default(5_000),
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
    // What a proxy says of an address is settled before Aedes gets the socket.
    trustProxy: false,
  };
}

/** Certificate, key and, where devices show certificates too, their authorities with any revocation lists: PEM. */
export interface TlsFiles {
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
  readonly ca?: string | Buffer | undefined;
}

/** Whether a device has to show a certificate, where there is an authority, or may bring a password instead. */
export type ClientCertificates = 'require' | 'optional';
