import type net from 'node:net';
import { getDefaultHighWaterMark, setDefaultHighWaterMark } from 'node:stream';
import tls from 'node:tls';
import type { Logger } from 'pino';
import { addressGroup } from '../../model/network-address.ts';
import type { BrokerConfig, ClientCertificates, TlsFiles } from '../config.ts';
import { Handshakes } from './handshakes.ts';
import { type Accept, type Listener, type ListenerLimits, listenPlain } from './listeners.ts';
import { Tally } from './peer.ts';
import { certificatePolicy, certifiedDevice, contextOptions, validUntil } from './tls.ts';

type TlsLimits = ListenerLimits &
  Pick<BrokerConfig, 'maxHandshakes' | 'maxHandshakesPerAddress' | 'maxStrangersPerAddress'>;

export interface TlsListener extends Listener {
  /** Uses other files from the next handshake on. Throws where they cannot be used: then those of before are. */
  reload(files: TlsFiles): void;
}

/** Bytes that wait of a socket whose handshake has not begun. */
const UNHEARD_BYTES = 16 * 1024;

/** One socket at a time comes from an address and port. */
const endOf = (socket: net.Socket): string => `${socket.remoteAddress}|${socket.remotePort}`;

/**
 * MQTT over TLS 1.2 or 1.3. With `ca` clients show a certificate of that authority, or may where it is optional; one
 * that is not good is refused even then.
 */
export async function listenTls(
  host: string,
  port: number,
  files: TlsFiles,
  clients: ClientCertificates,
  limits: TlsLimits,
  accept: Accept,
  log: Logger,
): Promise<TlsListener> {
  const handshakes = new Handshakes(limits.maxHandshakes, limits.maxHandshakesPerAddress);
  /** Sockets whose handshake has not ended: how many of one address, and those shaking hands now. */
  const arriving = new Tally();
  const shaking = new Map<string, { readonly address: string; readonly over: () => void }>();
  const asked = files.ca !== undefined;
  const server = tls.createServer({
    ...contextOptions(files),
    ...certificatePolicy(files, clients),
    handshakeTimeout: limits.connectTimeoutMs,
  });
  // A TLS server has no option for the buffers of its sockets; it makes each socket within this event.
  const usual = getDefaultHighWaterMark(false);
  server.prependListener('connection', () => setDefaultHighWaterMark(false, limits.highWaterMarkBytes));
  server.on('connection', () => setDefaultHighWaterMark(false, usual));
  // The code alone: the error would bring what the client sent.
  server.on('tlsClientError', (error) => log.debug({ code: codeOf(error) }, 'TLS handshake failed'));
  server.on('secureConnection', (socket) => {
    const shaken = shaking.get(endOf(socket));
    shaken?.over();
    const certificate = asked ? certifiedDevice(socket) : 'none';
    const missing = certificate === 'none' && asked && clients === 'require';
    if (!shaken || certificate === undefined || missing) {
      log.debug({ address: shaken?.address }, 'the certificate shown names no device');
      socket.on('error', () => {}).destroy();
      return;
    }
    socket.disableRenegotiation();
    const { address } = shaken;
    accept(socket, certificate === 'none' ? { address } : { address, certificate });
  });

  /** Hands the socket to TLS; settled once the handshake is over, either way. */
  function shake(socket: net.Socket, address: string): Promise<void> {
    if (socket.destroyed || socket.remotePort === undefined) return Promise.resolve();
    const end = endOf(socket);
    return new Promise((resolve) => {
      const entry = {
        address,
        over() {
          if (shaking.get(end) === entry) shaking.delete(end);
          resolve();
        },
      };
      shaking.set(end, entry);
      socket.once('close', entry.over);
      server.emit('connection', socket);
    });
  }

  const front = await listenPlain(host, port, limits, UNHEARD_BYTES, (socket, address) => {
    const group = addressGroup(address);
    if (arriving.of(group) >= limits.maxStrangersPerAddress) {
      socket.destroy();
      return;
    }
    arriving.add(group);
    socket.on('error', () => {});
    const late = setTimeout(() => socket.destroy(), limits.connectTimeoutMs);
    void handshakes
      .run(group, () => shake(socket, address))
      .finally(() => {
        clearTimeout(late);
        arriving.remove(group);
      });
  });
  log.info({ validUntil: validUntil(files) }, 'TLS certificate in use');

  return {
    ...front,
    reload(next) {
      server.setSecureContext(contextOptions(next));
      log.info({ validUntil: validUntil(next) }, 'TLS certificate in use');
    },
  };
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
