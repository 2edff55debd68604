import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { createWebSocketStream, type WebSocket, WebSocketServer } from 'ws';
import { clientAddress, trusted } from '../../model/network-address.ts';
import type { BrokerConfig } from '../config.ts';
import type { Accept } from './listeners.ts';

type Limits = Pick<BrokerConfig, 'highWaterMarkBytes' | 'maxPacketBytes' | 'trustedProxies'>;

/** MQTT over WebSocket (MQTT 3.1.1, section 6), on connections that an HTTP server hands over. */
export function createWebSocketDoor(limits: Limits, accept: Accept) {
  const trusts = trusted(limits.trustedProxies);
  const server = new WebSocketServer({
    noServer: true,
    // Deflate would let a small frame unpack into a large one.
    perMessageDeflate: false,
    // A message may hold several packets, or a part of one (MQTT-6.0.0-2).
    maxPayload: Math.max(limits.highWaterMarkBytes, limits.maxPacketBytes * 2),
    handleProtocols: (offered) => ['mqtt', 'mqttv3.1'].find((protocol) => offered.has(protocol)) ?? false,
  });

  function enter(socket: WebSocket, address: string): void {
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
    accept(stream, { address });
  }

  return {
    handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
      const { headers } = request;
      const header = (name: string) => [headers[name] ?? []].flat().join(',');
      const address = clientAddress(request.socket.remoteAddress, header, trusts);
      server.handleUpgrade(request, socket, head, (client) => enter(client, address));
    },
    close(): void {
      server.close();
    },
  };
}
