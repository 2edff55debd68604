import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { startCity, type TestCity } from '../helpers/city.ts';
import { type DayFigures, daysOf, localTime, outcomeOf, type Result, rowsOf } from '../helpers/recomputation.ts';
import { replayed } from '../helpers/replay.ts';
import { withSharedData } from '../helpers/shared-data.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';

/** Files of several shapes, told apart by provider in one city; raw data are kept long enough for their own times. */
const PM25 = 'air-quality/hanoi_usembassy_pm25_2018_JanJun.csv';
const WEATHER = 'air-quality/hanoi_hadong_weather_noaa_2018.csv';
const I94 = 'traffic/i94_hourly_volume_weather_2018.csv';
const FREMONT = 'traffic/fremont_bridge_bicycles_hourly_2018.csv';
const ICU = 'health/rki_icu_beds_by_state_daily_2025.csv';

const RANGES = {
  pm2_5: [0, 1_000],
  air_temperature: [-20, 60],
  humidity: [0, 100],
  vehicle_count: [0, 100_000],
  icu_free: [0, 2_000],
  beds_occupied: [0, 20_000],
  beds_total: [0, 20_000],
} as const;

/** What the file’s quality control says: a missing hour is sent as -999, which nobody vouches for. */
const QUALITIES: Readonly<Record<string, 'valid' | 'invalid' | 'suspect'>> = {
  Valid: 'valid',
  Invalid: 'invalid',
  Missing: 'suspect',
};

const Aggregates = z.object({
  items: z.array(
    z.object({
      group: z.string(),
      time: z.string(),
      value: z.number(),
      mean: z.number(),
      min: z.number(),
      max: z.number(),
      count: z.number(),
      oldest: z.string(),
      newest: z.string(),
    }),
  ),
  next: z.string().nullable(),
});
const Quarantine = z.object({
  items: z.array(z.object({ reason: z.string(), metric: z.string().nullable(), payload: z.string() })),
  next: z.string().nullable(),
});

await withSharedData(
  [PM25, WEATHER, I94, FREMONT, ICU],
  'real files of several shapes',
  (pm, weather, i94, bridge, icu) => {
    let folder: Awaited<ReturnType<typeof temporaryDirectory>>;
    let city: TestCity;
    beforeAll(async () => {
      folder = await temporaryDirectory();
      city = await startCity({
        dataDir: folder.path,
        env: { RETENTION_RAW: '4000d', RETENTION_HOURS: '4000d', CITY_TIMEZONE: 'Asia/Ho_Chi_Minh' },
      });
    });
    afterAll(async () => {
      await city?.stop();
      await folder?.remove();
    });

    /** Replays a file for a provider of its own; what it printed. */
    async function send(file: string, provider: string, mapping: readonly string[]) {
      const target = { city, dataDir: folder.path };
      const run = await replayed(target, [`../shared/data/${file}`, '--provider', provider, ...mapping]);
      expect(run).toMatchObject({ code: 0, stderr: '' });
      expect(run.summary).toMatchObject({ failed: 0, unsent: 0, errors: [], acknowledged: run.summary.sent });
      await city.settled();
      return run.summary;
    }

    const booksOf = async (provider: string) => (await city.ledger()).providers.find(({ id }) => id === provider);

    async function pages<T extends { items: unknown[]; next: string | null }>(path: string, schema: z.ZodType<T>) {
      const items: T['items'][number][] = [];
      for (let cursor = ''; ; ) {
        const page = schema.parse(await city.json(`${path}${cursor}`));
        items.push(...page.items);
        if (page.next === null) return items;
        cursor = `&cursor=${page.next}`;
      }
    }

    /** Every day of the provider's devices is as a plain recomputation from the file says. */
    async function expectDays(
      provider: string,
      stored: readonly Result[],
      metric: string,
      figureOf: (day: DayFigures) => number,
    ) {
      const days = daysOf(stored, metric);
      expect(days.length).toBeGreaterThan(100);
      const told = await pages(
        `/api/v1/aggregates?metric=${metric}&provider=${provider}&window=1d&group_by=device&from=2017-12-31T17:00:00Z&to=2026-01-01T00:00:00Z&limit=10000`,
        Aggregates,
      );
      expect(told.length).toBe(days.length);
      for (const [i, day] of days.entries()) {
        const { mean, last: _, total: __, ...same } = day;
        expect(told[i]).toMatchObject({
          ...same,
          mean: expect.closeTo(mean, 9),
          value: expect.closeTo(figureOf(day), 9),
        });
      }
    }

    it('Hanoi’s PM2.5: local time without a zone, rows called invalid are kept as such, -999 is quarantined as out of range', async () => {
      const results = rowsOf(pm ?? '').map(
        (row): Result => ({
          device: 'us-embassy',
          metric: 'pm2_5',
          time: localTime(row['Date (LT)'] ?? '', 'yyyy-MM-dd hh:mm a', 'Asia/Ho_Chi_Minh'),
          value: Number(row['Raw Conc.']),
          quality: QUALITIES[row['QC Name'] ?? ''] ?? 'valid',
        }),
      );
      const { counts, stored } = outcomeOf(results, RANGES);
      const summary = await send(PM25, 'us-embassy', [
        ...['--domain', 'environment', '--kind', 'air-station', '--metric', 'Raw Conc.=pm2_5'],
        ...['--device-id', 'us-embassy', '--at', '21.0219,105.8188', '--time', 'Date (LT)'],
        ...['--time-format', 'yyyy-MM-dd hh:mm a', '--timezone', 'Asia/Ho_Chi_Minh', '--quality', 'QC Name'],
        ...['--quality-map', 'Valid=valid,Invalid=invalid,Missing=suspect'],
      ]);
      expect(summary).toMatchObject({ rows: 4_102, sent: 4_102, skipped: {}, ambiguousTimes: 0 });
      expect((await booksOf('us-embassy'))?.observations).toEqual(counts);

      const impossible = results.filter(({ value, quality }) => value < 0 && quality !== 'invalid');
      expect(impossible.map(({ value }) => value)).toEqual(impossible.map(() => -999));
      const items = await pages('/api/v1/quarantine?device=us-embassy&limit=1000', Quarantine);
      expect(items.map(({ reason, metric }) => `${reason} ${metric}`)).toEqual(
        impossible.map(() => 'out-of-range pm2_5'),
      );
      expect(items.filter(({ payload }) => payload.includes('-999')).length).toBe(86);

      const invalid = stored.filter(({ quality }) => quality === 'invalid');
      const kept = await pages(
        `/api/v1/observations?device=us-embassy&metric=pm2_5&from=2017-12-31T17:00:00Z&to=2018-08-01T00:00:00Z&limit=1000`,
        z.object({
          items: z.array(z.object({ time: z.string(), value: z.number(), quality: z.string() })),
          next: z.string().nullable(),
        }),
      );
      expect(kept.length).toBe(counts.stored);
      expect(kept.filter(({ quality }) => quality === 'invalid').length).toBe(invalid.length);
      await expectDays('us-embassy', stored, 'pm2_5', ({ mean }) => mean);
    });

    it('Hà Đông’s weather: every three hours, many columns, times in UTC', async () => {
      const rows = rowsOf(weather ?? '');
      const results = rows.flatMap((row): Result[] => {
        const at = { device: 'noaa-ha-dong', time: Date.parse(`${row.DATE?.replace(' ', 'T')}Z`) };
        return [
          { ...at, metric: 'air_temperature', value: Number(row.TMP) },
          { ...at, metric: 'humidity', value: Number(row.RH) },
        ];
      });
      const { counts, stored } = outcomeOf(results, RANGES);
      const summary = await send(WEATHER, 'noaa', [
        ...['--domain', 'environment', '--kind', 'air-station', '--metric', 'TMP=air_temperature,RH=humidity'],
        ...['--device-id', 'noaa-ha-dong', '--at', '20.967,105.767'],
        ...['--time', 'DATE', '--time-format', 'yyyy-MM-dd HH:mm:ss', '--timezone', 'UTC'],
      ]);
      expect(summary).toMatchObject({ rows: rows.length, sent: rows.length, skipped: {} });
      expect((await booksOf('noaa'))?.observations).toEqual(counts);
      await expectDays('noaa', stored, 'air_temperature', ({ mean }) => mean);
      await expectDays('noaa', stored, 'humidity', ({ mean }) => mean);
    });

    it('I-94’s volumes: 1,416 repeated times are duplicates where they agree and corrections where they do not', async () => {
      const rows = rowsOf(i94 ?? '');
      const results = rows.map(
        (row): Result => ({
          device: 'i94-301',
          metric: 'vehicle_count',
          time: localTime(row.date_time ?? '', 'yyyy-MM-dd HH:mm:ss', 'America/Chicago'),
          value: Number(row.traffic_volume),
        }),
      );
      const { counts, stored } = outcomeOf(results, RANGES);
      expect(counts.duplicate + counts.corrected).toBe(1_416);
      const mapping = (column: string) => [
        ...['--domain', 'traffic', '--kind', 'counter', '--metric', `${column}=vehicle_count`],
        ...['--device-id', 'i94-301', '--at', '44.96,-93.2', '--time', 'date_time'],
        ...['--time-format', 'yyyy-MM-dd HH:mm:ss', '--timezone', 'America/Chicago'],
      ];
      const summary = await send(I94, 'mndot', mapping('traffic_volume'));
      expect(summary).toMatchObject({ rows: 7_949, sent: 7_949, skipped: {} });
      expect((await booksOf('mndot'))?.observations).toEqual(counts);
      await expectDays('mndot', stored, 'vehicle_count', ({ total }) => total);

      // Another column of the same rows contradicts what was sent: every time that differs is corrected.
      const clouds = results.map((result, i) => ({ ...result, value: Number(rows[i]?.clouds_all) }));
      const both = outcomeOf([...results, ...clouds], RANGES);
      expect(both.counts.corrected).toBeGreaterThan(6_000);
      await send(I94, 'mndot', mapping('clouds_all'));
      expect((await booksOf('mndot'))?.observations).toEqual(both.counts);
      await expectDays('mndot', both.stored, 'vehicle_count', ({ total }) => total);
    });

    it('Fremont’s bicycles: newest first, 12-hour clock, an hour that never was and one that came twice', async () => {
      const rows = rowsOf(bridge ?? '');
      for (const side of ['East', 'West']) {
        const device = `fremont-${side.toLowerCase()}`;
        const column = `Fremont Bridge ${side} Sidewalk`;
        const results = rows
          .filter((row) => row[column] !== '')
          .map(
            (row): Result => ({
              device,
              metric: 'vehicle_count',
              time: localTime(row.Date ?? '', 'MM/dd/yyyy hh:mm:ss a', 'America/Los_Angeles', 'later'),
              value: Number(row[column]),
            }),
          );
        const { counts, stored } = outcomeOf(results, RANGES);
        const summary = await send(FREMONT, device, [
          ...['--domain', 'traffic', '--kind', 'counter', '--metric', `${column}=vehicle_count`],
          ...['--device-id', device, '--at', '47.648,-122.3497', '--time', 'Date', '--ambiguous', 'later'],
          ...['--time-format', 'MM/dd/yyyy hh:mm:ss a', '--timezone', 'America/Los_Angeles'],
        ]);
        expect(summary).toMatchObject({ rows: 8_760, sent: 8_759, skipped: { 'missing-value': 1 }, ambiguousTimes: 1 });
        expect((await booksOf(device))?.observations).toEqual(counts);
        await expectDays(device, stored, 'vehicle_count', ({ total }) => total);
      }
    });

    it('Germany’s intensive care beds: a literal NA is nothing, and the beds of a day are its last word', async () => {
      const columns = {
        icu_free: 'intensivbetten_frei',
        beds_occupied: 'intensivbetten_belegt',
        // The file's own NA: 38 rows say nothing here.
        beds_total: 'faelle_covid_erstaufnahmen',
      };
      const slug = (name = '') => name.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '').replaceAll(' ', '-');
      const rows = rowsOf(icu ?? '');
      const results = rows.flatMap((row) =>
        Object.entries(columns)
          .filter(([, column]) => row[column] !== 'NA')
          .map(
            ([metric, column]): Result => ({
              device: `icu-${slug(row.bundesland_name)}`,
              metric,
              time: localTime(row.datum ?? '', 'yyyy-MM-dd', 'Europe/Berlin'),
              value: Number(row[column]),
            }),
          ),
      );
      expect(results.length).toBe(rows.length * 3 - 38);
      const { counts, stored } = outcomeOf(results, RANGES);
      const summary = await send(ICU, 'rki', [
        ...['--domain', 'health', '--kind', 'hospital', '--device', 'bundesland_name', '--device-prefix', 'icu-'],
        ...[
          '--metric',
          Object.entries(columns)
            .map(([metric, column]) => `${column}=${metric}`)
            .join(','),
        ],
        ...['--where', 'behandlungsgruppe=Erwachsene', '--at', '51,10'],
        ...['--time', 'datum', '--time-format', 'yyyy-MM-dd', '--timezone', 'Europe/Berlin'],
      ]);
      expect(summary).toMatchObject({ devices: 16, rows: 5_840, sent: 5_840, missingValues: 38, skipped: {} });
      expect((await booksOf('rki'))?.observations).toEqual(counts);
      for (const metric of Object.keys(columns)) await expectDays('rki', stored, metric, ({ last }) => last);
    });
  },
);
