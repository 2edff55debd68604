import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Receipts } from './receipt.ts';

const untimed = Buffer.from('{"values":{"queue_time":1}}');

it('messages without a time of their own are never received in the same millisecond, whatever the clock does', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1_000, max: 1_010 }), { maxLength: 50 }), (clock) => {
      const receipts = new Receipts();
      const received = clock.map((now) => receipts.of('cam', untimed, 'json', now));
      expect(received.every((at, i) => i === 0 || at > (received[i - 1] ?? 0))).toBe(true);
      expect(received.every((at, i) => at >= (clock[i] ?? 0))).toBe(true);
    }),
  );
});

it('one that tells its time, and one of another device, keep the clock’s', () => {
  const receipts = new Receipts();
  expect(receipts.of('cam', untimed, 'json', 5)).toBe(5);
  expect(receipts.of('cam', new Uint8Array(Buffer.from('{"time":1,"values":{}}')), 'json', 5)).toBe(5);
  expect(receipts.of('other', untimed, 'json', 5)).toBe(5);
  expect(receipts.of('cam', untimed, 'json', 5)).toBe(6);
});

it.each([
  ['senml', '[{"bn":"a:","bt":1.76e9,"n":"v","v":1},{"n":"v","t":-5,"v":2}]', true],
  ['senml', '[{"n":"v","v":1},{"bt":1764000000,"n":"v","v":1}]', false],
  ['senml', '[{"n":"v","t":-5,"v":1}]', false],
  ['senml', '[{"bt":-5,"n":"v","v":1}]', false],
  ['senml-cbor', '"time"', false],
  ['line', '# counters\nm v=1 1764000000000000000\r\nm v=2i 1764000000000000001\n', true],
  ['line', 'm v=1 1764000000000000000\nm v=2', false],
  ['line', 'm v=2', false],
  ['tts', '{}', true],
  ['chirpstack', '{}', true],
] as const)('in %s, %s tells its time: %s', (format, message, tells) => {
  const receipts = new Receipts();
  receipts.of('cam', Buffer.from('{}'), 'json', 5);
  expect(receipts.of('cam', Buffer.from(message), format, 5)).toBe(tells ? 5 : 6);
});
