import { latLngToCell } from 'h3-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { device, HOUR, MINUTE, NOW, openCity, type TestCity } from '../../api/testing/city.fixture.ts';
import { Position } from '../../model/geometry.ts';
import { CELL_RESOLUTION, type Observation } from '../../model/observation.ts';
import { Playback, Volume } from '../../model/playback.ts';
import { dutyOf } from '../../simulators/duty.ts';
import { planFleet } from '../../simulators/plan.ts';

/** The seven days until the last midnight in Hanoi. */
const TO = Date.parse('2026-11-23T17:00:00Z');
const FROM = TO - 7 * 24 * HOUR;

/** A device of each kind of the simulated traffic, and what it reports in the week. */
const fleet = [
  ...new Map(
    planFleet(600, 1)
      .filter((simulated) => simulated.device.domain === 'traffic')
      .map((simulated) => [simulated.device.kind, simulated]),
  ).values(),
];
const told: readonly Observation[] = fleet.flatMap((simulated) => {
  const duty = dutyOf(simulated);
  const observations: Observation[] = [];
  for (let due = duty.after(FROM - 1); due < TO; due = duty.after(due)) {
    const { values, position: seen, time } = duty.report(due);
    const position = Position.optional().parse(seen);
    const cell = position && latLngToCell(position[1], position[0], CELL_RESOLUTION);
    for (const [metric, value] of Object.entries(values))
      if (typeof value === 'number')
        observations.push({
          ...{
            device: simulated.device.id,
            metric,
            time,
            value,
            quality: 'valid',
            received: time,
            flags: ['simulated'],
          },
          ...(position ? { position, cell } : {}),
        });
  }
  return observations;
});
const metrics = [...new Set(told.map(({ metric }) => metric))].sort();

let city: TestCity;
beforeAll(async () => {
  city = await openCity();
  const created = new Date(NOW).toISOString();
  await city.register(
    ...fleet.map(({ device: { id, kind, geometry = null } }) =>
      device(id, { kind, geometry, simulated: true, created, updated: created }),
    ),
  );
  for (let start = 0; start < told.length; start += 20_000) await city.store(...told.slice(start, start + 20_000));
}, 120_000);
afterAll(() => city.close());

const week = `from=${FROM}&to=${TO}`;
const ask = async (path: string) => {
  const response = await city.request(`/api/v1/${path}&${week}`);
  if (response.status !== 200) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
};

describe('a week of the simulated city', () => {
  it.each([
    ['PT5M', 5 * MINUTE],
    ['PT1H', HOUR],
    ['P1D', 24 * HOUR],
  ])('plays back by %s as it was told', async (step, width) => {
    const { times, series } = Playback.parse(await ask(`playback/traffic?metric=${metrics}&step=${step}`));
    expect(times.map((time) => Date.parse(time))).toEqual(
      Array.from({ length: (TO - FROM) / width }, (_, i) => FROM + i * width),
    );
    const newest = new Map<string, Observation>();
    for (const observation of told) {
      const key = `${observation.device} ${observation.metric} ${Math.floor((observation.time - FROM) / width)}`;
      const known = newest.get(key);
      if (!known || known.time < observation.time) newest.set(key, observation);
    }
    const played = series.flatMap(({ device, metric, values, positions }) =>
      values.flatMap((value, i) =>
        value === null ? [] : [[`${device} ${metric} ${i}`, value, positions?.[i] ?? undefined] as const],
      ),
    );
    expect(played).toHaveLength(newest.size);
    const wrong = played.filter(([key, value, position]) => {
      const observation = newest.get(key);
      return observation?.value !== value || String(observation.position) !== String(position);
    });
    expect(wrong).toEqual([]);
  });

  it('is all there, hour by hour, and was due', async () => {
    const { items } = Volume.parse(await ask('volume/traffic?step=PT1H'));
    const counts = new Array<number>(items.length).fill(0);
    for (const { time } of told) {
      const hour = Math.floor((time - FROM) / HOUR);
      counts[hour] = (counts[hour] ?? 0) + 1;
    }
    expect(items.map(({ observations }) => observations)).toEqual(counts);
    expect(new Set(items.map(({ devices }) => devices))).toEqual(new Set([fleet.length]));
    // It was sent in when the devices were registered: from each as much was due as it told, or hardly less.
    for (const { observations, expected } of items) expect(observations / (expected ?? 0)).toBeCloseTo(1, 1);
  });
});
