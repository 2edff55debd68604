import { createServer } from 'node:net';
import { Aedes } from 'aedes';

/** Aedes as it comes: no hook, no subscriber, nothing stored. What the city's broker is measured against. */
const broker = await Aedes.createBroker();
const server = createServer(broker.handle);
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`port ${typeof address === 'object' && address ? address.port : 0}\n`);
});
