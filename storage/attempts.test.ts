import { beforeEach, describe, expect, it } from 'vitest';
import { ATTEMPT_LIMITS, Attempts } from './attempts.ts';

const STRANGER = '198.51.100.1';
const HOME = '203.0.113.9';

describe('wrong secrets', () => {
  let now: number;
  let attempts: Attempts;
  beforeEach(() => {
    now = 0;
    attempts = new Attempts(ATTEMPT_LIMITS, () => now);
  });

  /** Wrong secrets one after the other, each once the one before was answered. */
  function fail(times: number, address = STRANGER, name: (i: number) => string = () => 'cam-1'): number[] {
    return Array.from({ length: times }, (_, i) => {
      now += attempts.wait(address, name(i));
      return attempts.failed(address, name(i));
    });
  }

  it('are answered at once five times, then twice as late each time, at most half a minute', () => {
    expect(fail(14)).toEqual([0, 0, 0, 0, 0, 250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  });

  it('of ever other names count against their address', () => {
    expect(fail(7, STRANGER, (i) => `guess-${i}`)).toEqual([0, 0, 0, 0, 0, 250, 500]);
  });

  it('from ever other addresses count against the name', () => {
    const delays = Array.from({ length: 7 }, (_, i) => attempts.failed(`198.51.100.${i}`, 'cam-1'));
    expect(delays).toEqual([0, 0, 0, 0, 0, 250, 500]);
  });

  it('are not looked at while the answer to one of the same name and address is held back', () => {
    fail(6);
    expect(attempts.wait(STRANGER, 'cam-1')).toBe(250);
    now += 249;
    expect(attempts.wait(STRANGER, 'cam-1')).toBe(1);
    now += 1;
    expect(attempts.wait(STRANGER, 'cam-1')).toBe(0);
  });

  it('of too many names at a time end what the address is listened to', () => {
    for (let i = 0; i < ATTEMPT_LIMITS.heldPerAddress + ATTEMPT_LIMITS.free; i++)
      attempts.failed(STRANGER, `guess-${i}`);
    const wait = attempts.wait(STRANGER, 'another');
    expect(wait).toBeGreaterThan(0);
    now += wait;
    expect(attempts.wait(STRANGER, 'another')).toBe(0);
  });

  it('lock nobody out: a name under attack is listened to at once from any other address', () => {
    fail(50);
    expect(attempts.wait(HOME, 'cam-1')).toBe(0);
    expect(attempts.wait(HOME, 'cam-2')).toBe(0);
  });

  it('hold up nobody who was let in from the same address before', () => {
    attempts.succeeded(STRANGER, 'cam-2');
    for (let i = 0; i < 200; i++) attempts.failed(STRANGER, `guess-${i}`);
    expect(attempts.wait(STRANGER, 'cam-3')).toBeGreaterThan(0);
    expect(attempts.wait(STRANGER, 'cam-2')).toBe(0);
    attempts.failed(STRANGER, 'cam-2');
    expect(attempts.wait(STRANGER, 'cam-2')).toBeGreaterThan(0);
  });

  it('are not forgiven for a right one in between', () => {
    fail(8);
    attempts.succeeded(STRANGER, 'cam-1');
    expect(attempts.failed(STRANGER, 'cam-1')).toBe(2_000);
  });

  it('are forgotten after a quiet while', () => {
    fail(8);
    now += ATTEMPT_LIMITS.quietMs - 1;
    expect(attempts.failed(STRANGER, 'cam-1')).toBeGreaterThan(0);
    now += ATTEMPT_LIMITS.quietMs + 1;
    expect(attempts.failed(STRANGER, 'cam-1')).toBe(0);
  });

  it('from all addresses of one IPv6 customer are of one address', () => {
    const delays = Array.from({ length: 6 }, (_, i) => attempts.failed(`2001:db8:1:2::${i}`, `guess-${i}`));
    expect(delays.at(-1)).toBe(250);
    expect(attempts.failed('2001:db8:1:3::1', 'guess-9')).toBe(0);
  });
});
