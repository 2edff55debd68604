import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bodyOf, CutBody, PIECE_BYTES } from './bodies.ts';

/** A body of the chunks, as a handler may write it. */
const bodyIn = (chunks: readonly Uint8Array<ArrayBuffer>[]) =>
  new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });

it('a body crosses whole and in order, in pieces that hold up nobody', async () => {
  const length = fc.oneof(fc.nat(10), fc.integer({ min: PIECE_BYTES - 2, max: 3 * PIECE_BYTES }));
  await fc.assert(
    fc.asyncProperty(fc.array(length, { maxLength: 4 }), async (lengths) => {
      const chunks = lengths.map((size, i) => new Uint8Array(size).fill(i + 1));
      const cut = new CutBody(bodyIn(chunks));
      const next = async () => {
        const piece = await cut.next();
        expect(piece.bytes.length).toBeLessThanOrEqual(PIECE_BYTES);
        expect(piece.bytes.buffer.byteLength).toBe(piece.bytes.length);
        return piece;
      };
      const got = await new Response(bodyOf(await next(), next, () => {})).arrayBuffer();
      expect(Buffer.compare(Buffer.from(got), Buffer.concat(chunks))).toBe(0);
    }),
    { numRuns: 60 },
  );
});

it('a body that breaks off breaks off for whoever reads it, behind what came before', async () => {
  const broken = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      controller.error(new Error('the store is away'));
    },
  });
  const cut = new CutBody(broken);
  const first = { bytes: new Uint8Array([1]), more: true };
  const reader = bodyOf(
    first,
    () => cut.next(),
    () => {},
  ).getReader();
  expect((await reader.read()).value).toEqual(first.bytes);
  await expect(reader.read()).rejects.toThrow('the store is away');
});

it('whoever stops reading is noticed where the body is written', async () => {
  let cancelled = false;
  const endless = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: (controller) => controller.enqueue(new Uint8Array(10)),
    cancel() {
      cancelled = true;
    },
  });
  const cut = new CutBody(endless);
  const body = bodyOf(
    await cut.next(),
    () => cut.next(),
    () => void cut.cancel(),
  );
  await body.cancel();
  expect(cancelled).toBe(true);
});
