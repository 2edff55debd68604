import { describe, expect, it } from 'vitest';
import type { AggregateRow } from '../../storage/telemetry/port.ts';
import type { Service } from './due.ts';
import { createRoamingDues, membersApart } from './roaming.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const always: Service = { since: 0, until: Number.POSITIVE_INFINITY };
const range = { from: 0, to: 2 * HOUR, now: 2 * HOUR };
const hours = [0, 1].map((at) => ({ start: at * HOUR, end: (at + 1) * HOUR }));

const row = (group: string, start: number, count: number, devices = 1): AggregateRow => ({
  ...{ group, start, count, devices, oldest: start, newest: start + HOUR - 1 },
  ...{ value: 1, mean: 1, min: 1, max: 1, sum: 1 },
});

/** Three buses, and a counter in ward a; two hours, an observation a minute each. */
const services = {
  standing: new Map([['a', [always]]]),
  moving: new Map([['', [always, always, always]]]),
};
const told = [
  // Nothing came of the buses in 60 of 180 cases, then in none.
  ...[row('standing a', 0, 50), row('standing a', HOUR, 60)],
  ...[row('moving ', 0, 120, 3), row('moving ', HOUR, 180, 3)],
];

describe('what is due where devices come and go', () => {
  const dues = createRoamingDues(told, services, 60, range);
  const due = (group: string, hour: number, count: number) =>
    dues.of(group, '', hours[hour] ?? { start: 0, end: 0 }, { count, devices: 1 });

  it('is what stands there, and of what moves as much more as is missing of it everywhere', () => {
    // Ward a: 50 of the counter's 60 and 40 of the buses; each of their 120 stands for one and a half.
    expect(due('a', 0, 90)).toBe(60 + 60);
    expect(due('b', 0, 80)).toBe(120);
    // Nothing is missing in the hour after.
    expect(due('a', 1, 60 + 30)).toBe(60 + 30);
    expect(due('b', 1, 150)).toBe(150);
  });

  it('is that of the parts together, over all groups and over both hours', () => {
    expect(due('a', 0, 90) - 60 + due('b', 0, 80)).toBe(180);
    const whole = { start: 0, end: 2 * HOUR };
    // 300 of 360 in both hours: 70 there are 84.
    expect(dues.of('a', '', whole, { count: 110 + 70, devices: 2 })).toBe(120 + 84);
  });

  it('is nothing of what moves where it told nothing', () => {
    expect(due('a', 0, 50)).toBe(60);
    expect(due('c', 0, 0)).toBe(0);
  });

  it('is never less than what came, though more came between the two questions', () => {
    expect(due('a', 0, 40)).toBe(60);
    expect(due('b', 1, 200)).toBe(200);
  });
});

it('asks for what stands in groups that are come into, and for what moves by its pool', () => {
  const members = [
    { device: 'counter-1', group: 'a' },
    { device: 'counter-2', group: 'far' },
  ];
  expect(membersApart(members, [{ device: 'bus-1' }, { device: 'bus-2', group: 'x' }], new Set(['a', 'b']))).toEqual([
    { device: 'counter-1', group: 'standing a' },
    { device: 'bus-1', group: 'moving ' },
    { device: 'bus-2', group: 'moving x' },
  ]);
});
