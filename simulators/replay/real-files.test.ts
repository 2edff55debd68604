import { existsSync } from 'node:fs';
import { describe, expect, it, type TestContext } from 'vitest';
import { ReplayOptions } from './options.ts';
import { previewReplay } from './replay.ts';

const DATA = '../shared/data';
const NOW = Date.UTC(2026, 10, 24, 12, 34, 56);

/** Runs only where the open data lie beside the project; says so where they do not. */
function needs(context: TestContext, file: string): string {
  const path = `${DATA}/${file}`;
  context.skip(!existsSync(path), `${path} is not there`);
  return path;
}

const preview = (given: Record<string, unknown>) => previewReplay(ReplayOptions.parse(given), NOW, 3);

describe('real files', () => {
  it('maps Melbourne’s pedestrian counters: every row, and the hour that came twice once for each sensor', async (context) => {
    const file = needs(context, 'footfall/melbourne_pedestrians_hourly_2014_MarApr.csv');
    const result = await preview({
      file,
      domain: 'tourism',
      kind: 'footfall-counter',
      metric: ['PedestrianCount=visitor_count'],
      device: 'SensorID',
      devicePrefix: 'melbourne-',
      name: 'SensorName',
      time: 'Date,Hour',
      timeFormat: 'dd-MMM-yyyy H',
      timezone: 'Australia/Melbourne',
      locations: `${DATA}/footfall/melbourne_sensor_locations.csv`,
      locationColumns: 'Sensor ID,Latitude,Longitude',
      shiftToNow: 'hour',
    });
    expect(result).toMatchObject({ rows: 45_360, readings: 45_360, skipped: {}, devices: 33, ambiguousTimes: 32 });
    expect(result.to).toBe('2026-11-24T12:00:00.000Z');
    expect(result.first[0]).toMatchObject({
      topic: 'city/tourism/melbourne-4/telemetry',
      name: 'Town Hall (West)',
      message: { time: Date.UTC(2014, 1, 28, 13) + result.shift, values: { visitor_count: 868 } },
    });
  });

  it('maps the wide file of Seattle’s bridge, newest first, in 12-hour local time with both changes of clock', async (context) => {
    const file = needs(context, 'traffic/fremont_bridge_bicycles_hourly_2018.csv');
    const result = await preview({
      file,
      domain: 'traffic',
      kind: 'counter',
      metric: ['Fremont Bridge East Sidewalk=vehicle_count'],
      deviceId: 'fremont-east',
      time: 'Date',
      timeFormat: 'MM/dd/yyyy hh:mm:ss a',
      timezone: 'America/Los_Angeles',
      ambiguous: 'later',
      at: '47.648,-122.3497',
    });
    expect(result).toMatchObject({ from: '2018-01-01T08:00:00.000Z', to: '2019-01-01T07:00:00.000Z', devices: 1 });
    // The hour that never was is in the file, without a count; the one that came twice is there once.
    expect(result).toMatchObject({ rows: 8_760, readings: 8_759, skipped: { 'missing-value': 1 }, ambiguousTimes: 1 });
  });

  it('maps Germany’s intensive care register: only the rows for adults, by a day’s date', async (context) => {
    const file = needs(context, 'health/rki_icu_beds_by_state_daily_2025.csv');
    const result = await preview({
      file,
      domain: 'health',
      kind: 'hospital',
      metric: ['intensivbetten_frei=icu_free'],
      device: 'bundesland_name',
      devicePrefix: 'icu-',
      where: ['behandlungsgruppe=Erwachsene'],
      time: 'datum',
      timezone: 'Europe/Berlin',
      at: '51,10',
    });
    expect(result.devices).toBe(16);
    expect(result.first[0]?.topic).toBe('city/health/icu-schleswig-holstein/telemetry');
    expect(result.rows).toBe(result.readings + Object.values(result.skipped).reduce((a, b) => a + b, 0));
  });
});
