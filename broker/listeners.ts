import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import net from 'node:net';
import { type Duplex, getDefaultHighWaterMark, setDefaultHighWaterMark } from 'node:stream';
import tls from 'node:tls';
import type { Logger } from 'pino';
import { createWebSocketStream, type WebSocket, WebSocketServer } from 'ws';
import type { BrokerConfig, TlsFiles } from './config.ts';

/** Takes a socket that speaks MQTT. */
export type Accept = (socket: Duplex, address: string | undefined) => void;

type Limits = Pick<BrokerConfig, 'highWaterMarkBytes' | 'maxPacketBytes' | 'maxConnections' | 'connectTimeoutMs'>;

export interface Listener {
  readonly port: number;
  /** Closes the listener and every socket of it, also those still shaking hands. */
  close(): Promise<void>;
}

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

/** MQTT over TCP. */
export async function listenTcp(host: string, port: number, limits: Limits, accept: Accept): Promise<Listener> {
  const server = net.createServer({ highWaterMark: limits.highWaterMarkBytes, noDelay: true }, (socket) =>
    accept(socket, socket.remoteAddress),
  );
  server.maxConnections = limits.maxConnections;
  return listen(server, host, port);
}

/** MQTT over TLS 1.2 or 1.3; with `ca`, only for clients that show a certificate of that authority. */
export async function listenTls(
  host: string,
  port: number,
  files: TlsFiles,
  limits: Limits,
  accept: Accept,
  log: Logger,
): Promise<Listener> {
  const { cert, key, ca } = files;
  const server = tls.createServer({
    cert,
    key,
    ...(ca === undefined ? {} : { ca, requestCert: true, rejectUnauthorized: true }),
    minVersion: 'TLSv1.2',
    handshakeTimeout: limits.connectTimeoutMs,
    noDelay: true,
  });
  // A TLS server has no option for the buffers of its sockets; it makes each socket within this event.
  const usual = getDefaultHighWaterMark(false);
  server.prependListener('connection', () => setDefaultHighWaterMark(false, limits.highWaterMarkBytes));
  server.on('connection', () => setDefaultHighWaterMark(false, usual));
  server.on('secureConnection', (socket) => accept(socket, socket.remoteAddress));
  server.on('tlsClientError', (error) => log.debug({ err: error }, 'TLS handshake failed'));
  server.maxConnections = limits.maxConnections;
  return listen(server, host, port);
}

/** MQTT over WebSocket (MQTT 3.1.1, section 6), on connections that an HTTP server hands over. */
export function createWebSocketDoor(limits: Limits, accept: Accept) {
  const server = new WebSocketServer({
    noServer: true,
    // Deflate would let a small frame unpack into a large one.
    perMessageDeflate: false,
    // A message may hold several packets, or a part of one (MQTT-6.0.0-2).
    maxPayload: Math.max(limits.highWaterMarkBytes, limits.maxPacketBytes * 2),
    handleProtocols: (offered) => ['mqtt', 'mqttv3.1'].find((protocol) => offered.has(protocol)) ?? false,
  });

  function enter(socket: WebSocket, address: string | undefined): void {
    // MQTT-6.0.0-1: control packets come in binary frames.
    socket.on('message', (_data, binary) => {
      if (!binary) socket.terminate();
    });
    const stream = createWebSocketStream(socket, {
      readableHighWaterMark: limits.highWaterMarkBytes,
      writableHighWaterMark: limits.highWaterMarkBytes,
      // One WebSocket frame for all that is waiting, not one for each piece of a packet.
      writev(chunks: { chunk: Buffer }[], callback: (error?: Error | null) => void) {
        socket.send(Buffer.concat(chunks.map(({ chunk }) => chunk)), callback);
      },
    });
    accept(stream, address);
  }

  return {
    handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
      const address = request.socket.remoteAddress;
      server.handleUpgrade(request, socket, head, (client) => enter(client, address));
    },
    close(): void {
      server.close();
    },
  };
}
