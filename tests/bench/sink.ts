import { createServer } from 'node:net';

/** Acknowledges without reading: the generator's own ceiling. Every packet of one connection has the same length. */
const server = createServer((socket) => {
  let length = 0;
  let rest = 0;
  let id = 0;
  socket.on('error', () => {});
  socket.once('data', () => {
    socket.write(Uint8Array.of(0x20, 2, 0, 0));
    socket.on('data', (chunk) => {
      // Fixed header of two length bytes (MQTT 3.1.1, section 2.2.3).
      if (length === 0) length = 3 + ((chunk[1] ?? 0) & 0x7f) + (chunk[2] ?? 0) * 128;
      const bytes = rest + chunk.length;
      const count = Math.floor(bytes / length);
      rest = bytes % length;
      const acks = Buffer.allocUnsafe(count * 4);
      for (let i = 0; i < count; i += 1) {
        acks.writeUInt16BE(0x40_02, i * 4);
        acks.writeUInt16BE((id++ % 65_535) + 1, i * 4 + 2);
      }
      socket.write(acks);
    });
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`port ${typeof address === 'object' && address ? address.port : 0}\n`);
});
