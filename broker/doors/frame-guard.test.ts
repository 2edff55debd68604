import { Duplex } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameGuard } from './frame-guard.ts';
import { Intake } from './intake.ts';

/** A frame of a type with a body of that many bytes. */
function frame(type: number, length: number): Buffer {
  const header = [type << 4];
  let rest = length;
  do {
    const byte = rest % 128;
    rest = Math.floor(rest / 128);
    header.push(rest > 0 ? byte | 0x80 : byte);
  } while (rest > 0);
  return Buffer.concat([Buffer.from(header), Buffer.alloc(length, 0xff)]);
}

/** Cuts a buffer at arbitrary places. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const ends = [...places.map((place) => place % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  let start = 0;
  return ends.map((end) => {
    const piece = bytes.subarray(start, end);
    start = end;
    return piece;
  });
}

/** Types of the frames the guard sees, until it finds fault. */
function follow(guard: FrameGuard, chunks: readonly Buffer[]): number[] {
  const types: number[] = [];
  for (const chunk of chunks) {
    let at = 0;
    while (at < chunk.length) {
      at = guard.advance(chunk, at);
      if (guard.fault) return types;
      if (guard.between) types.push(guard.type);
    }
  }
  return types;
}

const anyFrame = fc.tuple(
  fc.integer({ min: 1, max: 14 }),
  fc.oneof(fc.integer({ min: 0, max: 300 }), fc.constantFrom(127, 128, 16_383, 16_384)),
);
const places = fc.array(fc.nat(), { maxLength: 12 });

describe('the frame guard', () => {
  it('finds every frame, however the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(anyFrame, { maxLength: 8 }), places, (frames, at) => {
        const stream = Buffer.concat(frames.map(([type, length]) => frame(type, length)));
        const guard = new FrameGuard(20_000);
        expect(follow(guard, cut(stream, at))).toEqual(frames.map(([type]) => type));
        expect(guard.fault).toBeUndefined();
        expect(guard.between).toBe(true);
      }),
    );
  });

  it('stops at the first frame over the limit, from its header alone', () => {
    fc.assert(
      fc.property(
        fc.array(anyFrame, { maxLength: 4 }),
        fc.integer({ min: 20_001, max: 268_435_455 }),
        places,
        (frames, length, at) => {
          const before = Buffer.concat(frames.map(([type, size]) => frame(type, size)));
          const header = frame(3, 0).subarray(0, 1);
          const announced = Buffer.from([
            (length & 0x7f) | 0x80,
            ((length >> 7) & 0x7f) | 0x80,
            ((length >> 14) & 0x7f) | 0x80,
            length >> 21,
          ]);
          const guard = new FrameGuard(20_000);
          expect(follow(guard, cut(Buffer.concat([before, header, announced]), at))).toEqual(
            frames.map(([type]) => type),
          );
          expect(guard.fault).toBe('too-large');
        },
      ),
    );
  });

  it('refuses a length of more than four bytes and the reserved types', () => {
    for (const bytes of [
      [0x30, 0x80, 0x80, 0x80, 0x80, 0x01],
      [0x00, 0x00],
      [0xf0, 0x00],
    ]) {
      const guard = new FrameGuard(268_435_455);
      follow(guard, [Buffer.from(bytes)]);
      expect(guard.fault).toBe('malformed');
    }
  });
});

describe('the intake', () => {
  const limits = { maxConnectBytes: 100, maxPacketBytes: 1000, packetsPerSecond: 1_000_000 };

  /** Reads as Aedes does, from a stream fed with the chunks. */
  async function read(chunks: readonly Buffer[], open: boolean): Promise<{ bytes: Buffer; faults: string[] }> {
    const source = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
    const faults: string[] = [];
    const intake = new Intake(source, limits, (fault) => faults.push(fault));
    const got: Buffer[] = [];
    source.on('readable', () => {
      for (let chunk: unknown = source.read(); chunk instanceof Buffer; chunk = source.read()) got.push(chunk);
    });
    for (const chunk of chunks) {
      source.push(chunk);
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (open) intake.open();
    await new Promise((resolve) => setImmediate(resolve));
    return { bytes: Buffer.concat(got), faults };
  }

  it('hands on the CONNECT alone until the client is let in, and then all the rest, in order', async () => {
    const connect = frame(1, 60);
    const rest = Buffer.concat([frame(3, 200), frame(12, 0), frame(3, 900)]);
    await fc.assert(
      fc.asyncProperty(places, async (at) => {
        const chunks = cut(Buffer.concat([connect, rest]), at);
        expect((await read(chunks, false)).bytes).toEqual(connect);
        expect((await read(chunks, true)).bytes).toEqual(Buffer.concat([connect, rest]));
      }),
      { numRuns: 50 },
    );
  });

  it('never hands on a byte of a body that is over the limit, and everything before it', async () => {
    const connect = frame(1, 60);
    const good = frame(3, 500);
    await fc.assert(
      fc.asyncProperty(places, async (at) => {
        const { bytes, faults } = await read(cut(Buffer.concat([connect, good, frame(3, 1001)]), at), true);
        const header = 3;
        expect(bytes.subarray(0, connect.length + good.length)).toEqual(Buffer.concat([connect, good]));
        expect(bytes.length).toBeLessThan(connect.length + good.length + header);
        expect(faults[0]).toBe('too-large');
      }),
      { numRuns: 50 },
    );
  });

  it('takes nothing from a client whose first packet is no CONNECT, or too large a one', async () => {
    for (const first of [
      frame(3, 10),
      frame(12, 0),
      frame(1, 101),
      Buffer.from('PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n'),
      Buffer.from('GET / HTTP/1.1\r\n'),
    ]) {
      const { bytes, faults } = await read([first], true);
      expect(bytes).toHaveLength(0);
      expect(faults.length).toBeGreaterThan(0);
    }
  });
});
