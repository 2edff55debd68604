import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Observation } from '../../model/observation.ts';
import type { Identity, RangeQuery } from '../telemetry/port.ts';
import { DAY_MS } from './port.ts';
import { type Passage, partOf, passagesOf, stretchesOf } from './stretches.ts';

const MONDAY = Date.UTC(2026, 2, 2);
const moment = fc.integer({ min: MONDAY - DAY_MS, max: MONDAY + 5 * DAY_MS });
const days = fc.uniqueArray(fc.integer({ min: -1, max: 5 }).map((day) => MONDAY + day * DAY_MS));

it('stretches join without a gap, and are archived exactly where a day is', () => {
  fc.assert(
    fc.property(moment, moment, days, (a, b, some) => {
      const [from, to] = [Math.min(a, b), Math.max(a, b)];
      const rising = [...some].sort((x, y) => x - y).filter((day) => day + DAY_MS > from && day < to);
      const stretches = stretchesOf(from, to, rising);
      let at = from;
      for (const [i, stretch] of stretches.entries()) {
        expect(stretch.from).toBe(at);
        expect(stretch.to).toBeGreaterThan(stretch.from);
        expect(stretch.archived).not.toBe(stretches[i + 1]?.archived);
        at = stretch.to;
        for (const time of [stretch.from, stretch.to - 1])
          expect(rising.some((day) => time >= day && time < day + DAY_MS)).toBe(stretch.archived);
      }
      expect(at).toBe(to);
    }),
  );
});

it('a part of a query has the buckets that it meets, and no others', () => {
  const starts = [0, 10, 20, 30];
  const query = { devices: [], metrics: [], from: 5, to: 40, starts };
  const of = (from: number, to: number) => {
    const { first, part } = partOf(query, from, to);
    return [first, part.from, part.to, part.starts];
  };
  expect(of(5, 40)).toEqual([0, 5, 40, starts]);
  expect(of(10, 20)).toEqual([1, 10, 20, [10]]);
  expect(of(15, 21)).toEqual([1, 15, 21, [10, 20]]);
  expect(of(39, 40)).toEqual([3, 39, 40, [30]]);
});

it('passages tell all that the store keeps, each once and little at a time, however much is of one moment', async () => {
  const told = fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 300_000 })));
  const atOneMoment = fc.integer({ min: 0, max: 30 });
  await fc.assert(
    fc.asyncProperty(told, atOneMoment, async (some, many) => {
      const all = [
        ...some.map(([device, time]) => [`device-${device}`, time] as const),
        ...Array.from({ length: many }, (_, i) => [`crowd-${i}`, 77_000] as const),
      ];
      const kept = [
        ...new Map(all.map(([device, time]) => [`${device} ${time}`, observed(device, time)])).values(),
      ].sort(inOrder);
      const store = {
        range: async ({ from, to, after, limit }: RangeQuery) =>
          kept.filter((o) => o.time >= from && o.time < to && (!after || inOrder(o, after) > 0)).slice(0, limit),
      };
      const passages: Passage[] = [];
      for await (const passage of passagesOf(store, {}, { from: 0, to: 300_001 }, 5)) passages.push(passage);
      expect(passages.flatMap((passage) => passage.kept)).toEqual(kept);
      expect([passages[0]?.from, passages.at(-1)?.to]).toEqual([0, 300_001]);
      for (const [i, { from, to, kept: own }] of passages.entries()) {
        expect(passages[i + 1]?.from ?? to).toBe(to);
        for (const { time } of own) expect(time >= from && time < to).toBe(true);
        // More than a page only where one moment has it.
        expect(own.filter(({ time }) => time !== own[0]?.time).length).toBeLessThanOrEqual(5);
      }
    }),
  );
});

function observed(device: string, time: number): Observation {
  return { device, metric: 'mean_speed', time, value: 1, quality: 'valid', received: time, flags: [] };
}

const inOrder = (a: Identity, b: Identity): number =>
  a.time - b.time || (a.device < b.device ? -1 : a.device > b.device ? 1 : 0);
