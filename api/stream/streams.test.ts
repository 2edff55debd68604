import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createStreams } from './streams.ts';

const coded = (code: string) => expect.objectContaining({ code });

describe('open streams', () => {
  it('of one key or address are a quarter, and the others have the rest', () => {
    const streams = createStreams(8);
    const greedy = [streams.open('from a'), streams.open('from a')];
    expect(() => streams.open('from a')).toThrow(coded('too-many-requests'));
    for (const other of ['from b', 'key c', 'from d']) for (const _ of [1, 2]) streams.open(other);
    expect(() => streams.open('from e')).toThrow(coded('overloaded'));
    greedy[0]?.end();
    // Ending twice gives no second place.
    greedy[0]?.end();
    streams.open('from a');
    expect(() => streams.open('from a')).toThrow(coded('overloaded'));
    expect(streams.count()).toBe(8);
  });

  it('never pass the limit or a share, whoever comes and goes, and leave a place to who has none', () => {
    const acts = fc.array(fc.record({ payer: fc.constantFrom('a', 'b', 'c', 'd', 'e'), leaves: fc.boolean() }));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), acts, (limit, some) => {
        const streams = createStreams(limit);
        const held = new Map<string, (() => void)[]>();
        const each = Math.max(1, Math.floor(limit / 4));
        for (const { payer, leaves } of some) {
          const own = held.get(payer) ?? [];
          held.set(payer, own);
          if (leaves) own.pop()?.();
          else if (own.length < each && streams.count() < limit) own.push(streams.open(payer).end);
          else expect(() => streams.open(payer)).toThrow();
          expect(streams.count()).toBe([...held.values()].reduce((sum, { length }) => sum + length, 0));
        }
      }),
    );
  });
});
