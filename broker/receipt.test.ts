import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Receipts } from './receipt.ts';

const untimed = Buffer.from('{"values":{"queue_time":1}}');

it('messages without a time of their own are never received in the same millisecond, whatever the clock does', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1_000, max: 1_010 }), { maxLength: 50 }), (clock) => {
      const receipts = new Receipts();
      const received = clock.map((now) => receipts.of('cam', untimed, now));
      expect(received.every((at, i) => i === 0 || at > (received[i - 1] ?? 0))).toBe(true);
      expect(received.every((at, i) => at >= (clock[i] ?? 0))).toBe(true);
    }),
  );
});

it('one that tells its time, and one of another device, keep the clock’s', () => {
  const receipts = new Receipts();
  expect(receipts.of('cam', untimed, 5)).toBe(5);
  expect(receipts.of('cam', new Uint8Array(Buffer.from('{"time":1,"values":{}}')), 5)).toBe(5);
  expect(receipts.of('other', untimed, 5)).toBe(5);
  expect(receipts.of('cam', untimed, 5)).toBe(6);
});
