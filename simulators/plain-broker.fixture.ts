import { once } from 'node:events';
import { createServer } from 'node:net';
import { Aedes, type Client } from 'aedes';
import { parser } from 'mqtt-packet';

/** The one password the broker knows. */
export const PASSWORD = 'a password';

/** A plain broker that knows one password and remembers who published what, and how everyone left. */
export interface PlainBroker {
  readonly port: number;
  readonly messages: { client: string; topic: string; payload: string }[];
  /** Who left by DISCONNECT, not by hanging up. */
  readonly goodbyes: string[];
  /** Everyone who ever connected, in order. */
  readonly arrivals: Client[];
  readonly aedes: Aedes;
  close(): Promise<void>;
}

export async function startPlainBroker(): Promise<PlainBroker> {
  const messages: PlainBroker['messages'] = [];
  const goodbyes: string[] = [];
  const arrivals: Client[] = [];
  const aedes = await Aedes.createBroker({
    authenticate: (client, username, password, done) =>
      done(null, username === client.id && password?.toString() === PASSWORD),
  });
  aedes.on('publish', (packet, client) => {
    if (client) messages.push({ client: client.id, topic: packet.topic, payload: packet.payload.toString() });
  });
  aedes.on('client', (client) => arrivals.push(client));
  const server = createServer((socket) => {
    const client = aedes.handle(socket);
    const packets = parser().on('packet', ({ cmd }) => {
      if (cmd === 'disconnect') goodbyes.push(client.id);
    });
    // Aedes reads the socket by `readable`; `data` then only looks on.
    socket.on('data', (chunk) => packets.parse(chunk));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    messages,
    goodbyes,
    arrivals,
    aedes,
    async close() {
      await new Promise<void>((resolve) => aedes.close(resolve));
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
