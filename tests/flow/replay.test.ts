import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startCity, type TestCity } from '../helpers/city.ts';
import { type Influxd, startInfluxd } from '../helpers/influxd.ts';
import {
  COUNTS,
  type Count,
  countsOf,
  dayOf,
  figuresOf,
  hourOf,
  LOCATIONS,
  MAPPING,
  placesOf,
  sliceOf,
  type WindowFigures,
} from '../helpers/melbourne.ts';
import { type ReplaySummary, replayed } from '../helpers/replay.ts';
import { withSharedData } from '../helpers/shared-data.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';
import { withTool } from '../helpers/tools.ts';

const HOUR = 3_600_000;
const dataPath = (path: string) => path.replace('../shared/data/', '');

const figure = z.number();
const Aggregates = z.object({
  items: z.array(
    z.object({
      group: z.string(),
      time: z.string(),
      value: figure,
      sum: figure,
      count: figure,
      min: figure,
      max: figure,
      devices: figure,
      received: figure,
      expected: figure,
      completeness: figure,
      oldest: z.string(),
      newest: z.string(),
    }),
  ),
  next: z.string().nullable(),
});
type Aggregate = z.infer<typeof Aggregates>['items'][number];
const Devices = z.object({
  items: z.array(z.object({ id: z.string(), name: z.string(), geometry: z.unknown() })),
  next: z.null(),
});

interface Way {
  readonly name: string;
  /** The file's path and text, and how many rows and sensors it has. */
  readonly file: string;
  readonly counts: string;
  readonly rows: number;
  readonly sensors: number;
  readonly settings: () => Promise<Record<string, string>>;
  /** Items of a page. */
  readonly page: number;
  /** How the rows are sent the first and the second time. */
  readonly first: readonly string[];
  readonly second: readonly string[];
}

const byWindow = (a: WindowFigures, b: WindowFigures) =>
  Date.parse(a.time) - Date.parse(b.time) || (a.group < b.group ? -1 : 1);

/** The time of each device's first observation. */
function firstOf(counts: readonly Count[]): ReadonlyMap<string, number> {
  const firsts = new Map<string, number>();
  for (const { device, time } of counts) firsts.set(device, Math.min(time, firsts.get(device) ?? time));
  return firsts;
}

/** A real file, from the command line to what partners read, against a recomputation that knows nothing of ours. */
function melbourne(locations: string, way: Way): void {
  const { file, rows: ROWS, sensors: SENSORS } = way;
  describe(way.name, () => {
    const original = countsOf(way.counts);
    let folder: Awaited<ReturnType<typeof temporaryDirectory>>;
    let city: TestCity;
    let summary: ReplaySummary;
    let [began, ended] = [0, 0];
    let moved: readonly Count[] = [];
    let range = '';
    const target = () => ({ city, dataDir: folder.path });

    beforeAll(async () => {
      folder = await temporaryDirectory();
      city = await startCity({ dataDir: folder.path, env: await way.settings() });
      began = Date.now();
      const run = await replayed(target(), [file, ...MAPPING, '--shift-to-now', ...way.first]);
      ended = Date.now();
      expect(run).toMatchObject({ code: 0, stderr: '' });
      summary = run.summary;
      moved = original.map((count) => ({ ...count, time: count.time + summary.shift }));
      const times = moved.map(({ time }) => time);
      // Whole days of the city around everything that was sent.
      range = `from=${dayOf(Math.min(...times))}&to=${dayOf(Math.max(...times)) + 24 * HOUR}`;
      await city.settled();
    });
    afterAll(async () => {
      await city?.stop();
      await folder?.remove();
    });

    /** All items of a question on visitor counts, page by page. */
    async function aggregates(query: string): Promise<Aggregate[]> {
      const items: Aggregate[] = [];
      for (let cursor = ''; ; ) {
        const path = `/api/v1/aggregates?metric=visitor_count&fn=sum,count,min,max&${query}&${range}&limit=${way.page}${cursor}`;
        const page = Aggregates.parse(await city.json(path));
        items.push(...page.items);
        if (page.next === null) return items;
        cursor = `&cursor=${page.next}`;
      }
    }

    const told = (items: readonly Aggregate[]): WindowFigures[] =>
      items.map(({ group, time, sum, count, min, max, oldest, newest }) => ({
        ...{ group, time, sum, count, min, max, oldest, newest },
      }));
    /** What a window of one device says beside its figures; how much was due is left out while the window is open. */
    const completeness = (items: readonly Aggregate[], length: number) =>
      items.map(({ time, value, devices, received, expected, completeness }) => {
        const whole = Date.parse(time) + length <= began;
        return { value, devices, received, ...(whole ? { expected, completeness } : {}) };
      });
    // A device that told of a time before it was registered is due since its first observation: every five minutes.
    const since = () => firstOf(moved);
    const complete = (windows: readonly WindowFigures[], length: number, firsts = since()) =>
      windows.map(({ group, time, sum, count }) => {
        const begin = Math.max(Date.parse(time), firsts.get(group) ?? 0);
        const due = Math.floor((Date.parse(time) + length - begin) / 300_000);
        const whole = Date.parse(time) + length <= began;
        return {
          value: sum,
          devices: 1,
          received: count,
          ...(whole ? { expected: due, completeness: count / due } : {}),
        };
      });

    it('is acknowledged row by row', () => {
      expect(original.length).toBe(ROWS);
      expect(summary).toMatchObject({ rows: ROWS, sent: ROWS, acknowledged: ROWS, failed: 0, unsent: 0 });
      expect(summary).toMatchObject({ devices: SENSORS, registered: SENSORS, skipped: {}, rejected: {}, errors: [] });
    });

    it('is moved by whole hours so that its newest time lies in the last hour', () => {
      const times = original.map(({ time }) => time);
      expect(summary.shift % HOUR).toBe(0);
      const newest = Math.max(...times) + summary.shift;
      expect(newest).toBeLessThanOrEqual(ended);
      expect(newest).toBeGreaterThan(began - HOUR);
      expect(summary.to).toBe(new Date(newest).toISOString());
      expect(summary.from).toBe(new Date(Math.min(...times) + summary.shift).toISOString());
    });

    it('is in the books: every row stored, both equations hold', async () => {
      const { messages, observations, providers } = await city.ledger();
      const sent = summary.messages;
      expect(messages).toEqual({ accepted: sent, processed: sent, quarantined: 0, pending: 0 });
      expect(observations).toEqual({ decoded: ROWS, stored: ROWS, duplicate: 0, corrected: 0, quarantined: 0 });
      expect(providers).toEqual([{ id: 'hanoi', messages, observations }]);
    });

    it('has its sensors registered with their names and where they stand', async () => {
      const { items } = Devices.parse(await city.json('/api/v1/devices?kind=footfall-counter&limit=1000'));
      const places = placesOf(locations);
      const names = new Map(original.map((count) => [count.device, count.name]));
      expect(items).toEqual(
        [...names.keys()].sort().map((id) => ({
          ...{ id, name: names.get(id), geometry: { type: 'Point', coordinates: places.get(id) } },
        })),
      );
    });

    it('is aggregated by device and hour as a plain recomputation from the file says', async () => {
      const expected = figuresOf(moved, hourOf);
      expect(expected.size).toBe(SENSORS);
      for (const [device, windows] of expected) {
        const items = await aggregates(`window=1h&group_by=device&device=${device}`);
        expect(told(items)).toEqual(windows);
        expect(completeness(items, HOUR)).toEqual(complete(windows, HOUR));
      }
    });

    it('is aggregated by device and the city’s day as a plain recomputation says', async () => {
      const windows = [...figuresOf(moved, dayOf).values()].flat().sort(byWindow);
      const items = await aggregates('window=1d&group_by=device');
      expect(told(items)).toEqual(windows);
      expect(completeness(items, 24 * HOUR)).toEqual(complete(windows, 24 * HOUR));
    });

    it('adds up to the file’s total', async () => {
      const items = await aggregates('window=all&group_by=domain');
      const values = original.map(({ value }) => value);
      const total = values.reduce((sum, value) => sum + value, 0);
      expect(items).toMatchObject([
        { group: 'tourism', sum: total, value: total, count: ROWS, min: Math.min(...values), max: Math.max(...values) },
      ]);
      expect(items).toMatchObject([{ devices: SENSORS, oldest: summary.from, newest: summary.to }]);
    });

    it('stores nothing when it is sent again, moved alike', async () => {
      const before = await aggregates('window=1d&group_by=device');
      const again = await replayed(target(), [
        file,
        ...MAPPING,
        '--shift',
        String(summary.shift / HOUR),
        ...way.second,
      ]);
      expect(again).toMatchObject({ code: 0, stderr: '' });
      const { shift, from, to } = summary;
      expect(again.summary).toMatchObject({ acknowledged: ROWS, registered: 0, shift, from, to });
      const { messages, observations } = await city.settled();
      const sent = summary.messages + again.summary.messages;
      expect(messages).toEqual({ accepted: sent, processed: sent, quarantined: 0, pending: 0 });
      const decoded = 2 * ROWS;
      expect(observations).toEqual({ decoded, stored: ROWS, duplicate: ROWS, corrected: 0, quarantined: 0 });
      expect(told(await aggregates('window=1d&group_by=device'))).toEqual(told(before));
    });
  });
}

await withSharedData([COUNTS, LOCATIONS].map(dataPath), 'Melbourne’s counters replayed', async (counts, locations) => {
  melbourne(locations, {
    ...{ name: 'into DuckDB', file: COUNTS, counts, rows: 45_360, sensors: 33, page: 1_500 },
    settings: async () => ({}),
    first: [],
    second: ['--batch', '100'],
  });

  await withTool(['influxd'], 'with a real influxd', async () => {
    // The fortnight in which the clocks went back.
    const fortnight = sliceOf(counts, '31-Mar-2014', '13-Apr-2014');
    const folder = await temporaryDirectory();
    const file = join(folder.path, 'fortnight.csv');
    await writeFile(file, fortnight);
    let influxd: Promise<Influxd> | undefined;
    afterAll(async () => {
      await (await influxd)?.stop();
      await folder.remove();
    });
    melbourne(locations, {
      ...{ name: 'into InfluxDB', file, counts: fortnight, rows: 10_632, sensors: 32, page: 300 },
      async settings() {
        influxd ??= startInfluxd();
        return { STORE: 'influxdb', INFLUX_URL: (await influxd).url };
      },
      first: [],
      second: ['--batch', '100', '--transport', 'http'],
    });
  });
});
