import { connect, type Socket } from 'node:net';
import { generate, type IConnectPacket } from 'mqtt-packet';

export interface Credential {
  readonly username: string;
  readonly password: string;
}

/** A CONNECT as the credential's device. */
export function connectBytes({ username, password }: Credential, more: Partial<IConnectPacket> = {}): Buffer {
  return Buffer.from(
    generate({
      ...{ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clean: true, keepalive: 600 },
      ...{ clientId: username, username, password: Buffer.from(password), ...more },
    }),
  );
}

/** An admitted connection; rejects where it is refused. `from` is the local address. */
export async function admitted(
  port: number,
  credential: Credential,
  clientId?: string,
  from?: string,
): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true, ...(from ? { localAddress: from } : {}) });
  socket.write(connectBytes(credential, clientId === undefined ? {} : { clientId }));
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('closed before CONNACK')));
    socket.once('data', (connack) => (connack[3] === 0 ? resolve() : reject(new Error(`refused: ${connack[3]}`))));
  });
  // What comes of it later is the bench's to see, not this process's to die of.
  socket.on('error', () => {});
  return socket;
}

/** A PUBLISH whose packet id lies at `idAt` and whose 13 digits of time lie at `timeAt`; -1 where there is none. */
export function publishTemplate(device: string, payload: string, qos: 0 | 1) {
  const topic = `city/traffic/${device}/telemetry`;
  const packet = Buffer.from(
    generate({ cmd: 'publish', topic, payload, qos, messageId: 1, dup: false, retain: false }),
  );
  const payloadAt = packet.length - Buffer.byteLength(payload);
  const time = payload.indexOf('0'.repeat(13));
  return { packet, idAt: qos === 0 ? -1 : payloadAt - 2, timeAt: time < 0 ? -1 : payloadAt + time };
}

/** A reading of about 200 bytes, its time to be filled in. */
export const READING = `{"time":${'0'.repeat(13)},"values":{"mean_speed":31.5},"units":{"mean_speed":"km/h"},"note":"${'x'.repeat(110)}"}`;
