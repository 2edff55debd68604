import fc from 'fast-check';
import { expect, test } from 'vitest';
import { edgesOf } from './buckets.ts';
import { Frames } from './frames.ts';

const ZONE = 'Asia/Ho_Chi_Minh';
const MINUTE_MS = 60_000;
const FROM = Date.UTC(2026, 10, 24, 1);
const STEPS = 24;
const range = { from: FROM, to: FROM + STEPS * 5 * MINUTE_MS };
const edges = edgesOf(range, 'PT5M', ZONE);
const time = (place: number) => new Date(edges[place] ?? 0).toISOString();

/** Three devices with a value, or none, in every bucket. */
const city = fc.array(fc.array(fc.option(fc.integer({ min: -50, max: 50 })), { minLength: STEPS, maxLength: STEPS }), {
  minLength: 3,
  maxLength: 3,
});

const at = (value: number): [number, number] => [105 + value / 100, 21];

/** The buckets from `first` up to `end` as the API answers them. */
const part = (values: readonly (readonly (number | null)[])[], first: number, end: number) => ({
  times: Array.from({ length: end - first }, (_, index) => time(first + index)),
  series: values.map((column, device) => ({
    device: `device-${device}`,
    metric: 'mean_speed',
    values: column.slice(first, end),
    positions: column.slice(first, end).map((value) => (value === null ? null : at(value))),
  })),
});

const picture = (frames: Frames) =>
  edges.map((_, place) =>
    [0, 1, 2].map((device) => ({
      latest: frames.latest(`device-${device}`, place),
      at: frames.lastPosition(`device-${device}`, place),
    })),
  );

test('in whatever order the parts come, and come twice, every moment is the same picture', () => {
  fc.assert(
    fc.property(
      city,
      fc.uniqueArray(fc.integer({ min: 1, max: STEPS - 1 }), { maxLength: 5 }),
      fc.infiniteStream(fc.integer({ min: 0, max: 1_000 })),
      (values, cuts, order) => {
        const ends = [0, ...cuts.sort((a, b) => a - b), STEPS];
        const parts = ends.slice(1).map((end, index) => part(values, ends[index] ?? 0, end));
        const shuffled = [...parts, ...parts]
          .map((each) => ({ each, rank: order.next().value ?? 0 }))
          .sort((a, b) => a.rank - b.rank)
          .map(({ each }) => each);
        const whole = new Frames(edges);
        whole.put(part(values, 0, STEPS));
        const pieces = new Frames(edges);
        for (const each of shuffled) pieces.put(each);
        expect(picture(pieces)).toEqual(picture(whole));
      },
    ),
  );
});

test('a moment shows what came before it, never what came after', () => {
  fc.assert(
    fc.property(city, fc.integer({ min: 0, max: STEPS }), (values, place) => {
      const frames = new Frames(edges);
      frames.put(part(values, 0, STEPS));
      for (const [device, column] of values.entries()) {
        const before = column.slice(0, place);
        const last = before.findLastIndex((value) => value !== null);
        const reading = frames.latest(`device-${device}`, place).mean_speed;
        expect(reading?.value).toBe(last === -1 ? undefined : column[last]);
        if (reading) expect(reading.time).toBe(edges[last + 1]);
      }
    }),
  );
});

test('what is suspect is told as suspect', () => {
  const frames = new Frames(edges);
  const series = [{ device: 'a', metric: 'm', values: [1, 2], quality: ['valid' as const, 'suspect' as const] }];
  frames.put({ times: [time(0), time(1)], series });
  expect(frames.latest('a', 1).m?.quality).toBe('valid');
  expect(frames.latest('a', 2).m?.quality).toBe('suspect');
});
