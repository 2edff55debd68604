import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Observation } from '../model/observation.ts';
import { Newest } from './newest.ts';

const at = (time: number, value: number): Observation => ({
  device: 'd',
  metric: 'mean_speed',
  time,
  value,
  quality: 'valid',
  received: 0,
  flags: [],
});
const place = (observation: Observation, seq = 1) => ({ observation, domain: 'traffic', seq, index: 0 });
const known = (time: number, values: readonly number[]) => ({ device: 'd', metric: 'mean_speed', time, values });

describe('the newest of a series', () => {
  it('is the newest by phenomenon time, however late others come', () => {
    const newest = new Newest([]);
    expect([at(2, 1), at(1, 9), at(3, 2)].map((o) => newest.take(place(o)))).toEqual(['newest', 'late', 'newest']);
    expect(newest.changes()).toMatchObject([{ time: 3, value: 2, id: '1.0' }]);
    expect(newest.hasChanged).toBe(false);
  });

  it('is a correction, and stays one when the corrected value is sent again', () => {
    const newest = new Newest([]);
    expect([at(1, 1), at(1, 2), at(1, 1), at(1, 2)].map((o) => newest.take(place(o)))).toEqual([
      'newest',
      'newest',
      'known',
      'known',
    ]);
    expect(newest.changes()).toMatchObject([{ value: 2 }]);
  });

  it('asks the store about a time that was stored before the start', () => {
    const newest = new Newest([at(1, 2)]);
    expect(newest.unknown([at(1, 2), at(2, 5)])).toEqual([]);
    expect(newest.unknown([at(1, 1)])).toHaveLength(1);
    newest.learn([known(1, [1, 2])]);
    expect(newest.take(place(at(1, 1)))).toBe('known');
    expect(newest.take(place(at(1, 3)))).toBe('newest');
  });

  it('takes a correction that the store stored first', () => {
    const newest = new Newest([at(1, 1)]);
    newest.learn([known(1, [1, 2])]);
    expect(newest.take(place(at(1, 2)))).toBe('newest');
    expect(newest.take(place(at(1, 1)))).toBe('known');
  });

  it('forgets the store’s word once a later correction superseded it', () => {
    const newest = new Newest([at(3, 2)]);
    newest.learn([known(3, [2, 0])]);
    expect(newest.take(place(at(3, 0)))).toBe('newest');
    expect(newest.take(place(at(3, 1)))).toBe('newest');
    expect(newest.take(place(at(3, 0)))).toBe('known');
    expect(newest.changes()).toMatchObject([{ value: 1 }]);
  });

  it('is forgotten with its device', () => {
    const newest = new Newest([]);
    newest.take(place(at(5, 1)));
    newest.drop('d');
    expect(newest.changes()).toEqual([]);
    expect(newest.take(place(at(1, 7)))).toBe('newest');
  });

  it('equals the store’s winner for any sequence, wherever the start lies and however far ahead the store is', () => {
    const sequence = fc.array(
      fc.record({ time: fc.integer({ min: 0, max: 3 }), value: fc.integer({ min: 0, max: 3 }) }),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(sequence, fc.nat(20), fc.nat(20), (all, start, lead) => {
        const stored = new Map<number, number[]>();
        const store = ({ time, value }: { time: number; value: number }) => {
          const held = stored.get(time) ?? [];
          if (!held.includes(value)) stored.set(time, [...held, value]);
        };
        const winner = (): Observation | undefined => {
          const time = Math.max(...stored.keys());
          const value = stored.get(time)?.at(-1);
          return value === undefined ? undefined : at(time, value);
        };
        for (const one of all.slice(0, start)) store(one);
        const before = winner();
        const newest = new Newest(before ? [before] : []);
        let live = before;
        for (const [i, one] of all.slice(start).entries()) {
          for (const ahead of all.slice(start + i, start + i + 1 + lead)) store(ahead);
          const observation = at(one.time, one.value);
          newest.learn(newest.unknown([observation]).map(({ time }) => known(time, stored.get(time) ?? [])));
          newest.take(place(observation));
          live = newest.changes()[0] ?? live;
        }
        expect(live && [live.time, live.value]).toEqual(winner() && [winner()?.time, winner()?.value]);
      }),
    );
  });
});
