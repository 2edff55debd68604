import { once } from 'node:events';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import { normalAddress, type Trusts, trusted } from '../../model/network-address.ts';
import type { BrokerConfig } from '../config.ts';
import type { Peer } from './peer.ts';
import { readProxyHeader } from './proxy-protocol.ts';

/** Takes a socket that speaks MQTT. */
export type Accept = (socket: Duplex, peer: Peer) => void;

export type ListenerLimits = Pick<
  BrokerConfig,
  'highWaterMarkBytes' | 'maxConnections' | 'connectTimeoutMs' | 'proxyProtocol' | 'trustedProxies'
>;

export interface Listener {
  readonly port: number;
  /** Closes the listener and every socket of it, also those still shaking hands. */
  close(): Promise<void>;
}

/** A socket just accepted, and the address of whoever is at its other end. */
type Arrived = (socket: net.Socket, address: string) => void;

async function listen(server: net.Server, host: string, port: number): Promise<Listener> {
  const open = new Set<net.Socket>();
  server.on('connection', (socket: net.Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  server.listen(port, host);
  // Rejects with what the system says, such as EADDRINUSE.
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : port,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

/** The client's address: where a trusted proxy speaks first, as its header says; undefined where the socket is gone. */
function addressOf(socket: net.Socket, limits: ListenerLimits, trusts: Trusts): string | Promise<string | undefined> {
  const remote = normalAddress(socket.remoteAddress ?? '') ?? '';
  if (!limits.proxyProtocol || !trusts(remote)) return remote;
  return readProxyHeader(socket, remote, limits.connectTimeoutMs);
}

/** Listens for plain sockets and finds out whose each is, before a byte of what the client sent is read. */
export function listenPlain(
  host: string,
  port: number,
  limits: ListenerLimits,
  highWaterMark: number,
  arrived: Arrived,
): Promise<Listener> {
  const trusts = trusted(limits.trustedProxies);
  const server = net.createServer({ highWaterMark, noDelay: true }, (socket) => {
    const address = addressOf(socket, limits, trusts);
    if (typeof address === 'string') arrived(socket, address);
    else void address.then((known) => known !== undefined && arrived(socket, known));
  });
  server.maxConnections = limits.maxConnections;
  return listen(server, host, port);
}

/** MQTT over TCP. */
export function listenTcp(host: string, port: number, limits: ListenerLimits, accept: Accept): Promise<Listener> {
  return listenPlain(host, port, limits, limits.highWaterMarkBytes, (socket, address) => accept(socket, { address }));
}
