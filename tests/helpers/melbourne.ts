import { parse } from 'csv-parse/sync';
import { DateTime } from 'luxon';
import { z } from 'zod';

/** Files beside the repository, by the paths that docs/replay.md gives. */
export const COUNTS = '../shared/data/footfall/melbourne_pedestrians_hourly_2014_MarApr.csv';
export const LOCATIONS = '../shared/data/footfall/melbourne_sensor_locations.csv';

/** The mapping of docs/replay.md, word by word. */
export const MAPPING = [
  ...['--domain', 'tourism', '--kind', 'footfall-counter', '--metric', 'PedestrianCount=visitor_count'],
  ...['--device', 'SensorID', '--device-prefix', 'melbourne-', '--name', 'SensorName'],
  ...['--time', 'Date,Hour', '--time-format', 'dd-MMM-yyyy H', '--timezone', 'Australia/Melbourne'],
  ...['--locations', LOCATIONS, '--location-columns', 'Sensor ID,Latitude,Longitude'],
];

const Counts = z.array(
  z.object({
    Date: z.string(),
    Hour: z.string(),
    SensorID: z.string(),
    SensorName: z.string(),
    PedestrianCount: z.string(),
  }),
);
const Locations = z.array(z.object({ 'Sensor ID': z.string(), Latitude: z.string(), Longitude: z.string() }));

/** The header and the rows of some days only, from the first day to the last one given as the file writes them. */
export function sliceOf(csv: string, from: string, to: string): string {
  const day = (text: string) => DateTime.fromFormat(text, 'dd-MMM-yyyy', { zone: 'utc', locale: 'en' }).toMillis();
  const [header = '', ...rows] = csv.split(/\r?\n/);
  const within = rows.filter((row) => {
    const at = day(row.slice(0, row.indexOf(',')));
    return at >= day(from) && at <= day(to);
  });
  return [header, ...within, ''].join('\n');
}

/** A row of the file: ms since the epoch, as the file has it. */
export interface Count {
  readonly device: string;
  readonly name: string;
  readonly time: number;
  readonly value: number;
}

/** The earliest instant at which Melbourne's clocks showed this hour. */
function earliest(day: string, hour: string): number {
  const local = DateTime.fromFormat(`${day} ${hour}`, 'dd-MMM-yyyy H', { zone: 'Australia/Melbourne', locale: 'en' });
  const before = local.minus({ hours: 1 });
  return (before.hour === local.hour ? before : local).toMillis();
}

/**
 * Every row of the file, read without anything of ours. The hour that came twice is the earlier one in a sensor's first
 * row and the later one in its second, as docs/replay.md says.
 */
export function countsOf(csv: string): readonly Count[] {
  const instants = new Map<string, number>();
  const seen = new Set<string>();
  return Counts.parse(parse(csv, { columns: true, bom: true })).map((row) => {
    const local = `${row.Date} ${row.Hour}`;
    const first = instants.get(local) ?? earliest(row.Date, row.Hour);
    instants.set(local, first);
    const again = seen.has(`${row.SensorID} ${local}`);
    seen.add(`${row.SensorID} ${local}`);
    const time = again ? first + 3_600_000 : first;
    return { device: `melbourne-${row.SensorID}`, name: row.SensorName, time, value: Number(row.PedestrianCount) };
  });
}

/** Where the sensors stand, [longitude, latitude] by device. */
export const placesOf = (csv: string): ReadonlyMap<string, readonly [number, number]> =>
  new Map(
    Locations.parse(parse(csv, { columns: true, bom: true })).map((row) => [
      `melbourne-${row['Sensor ID']}`,
      [Number(row.Longitude), Number(row.Latitude)] as const,
    ]),
  );

/** What the API should tell of one device and window. */
export interface WindowFigures {
  readonly group: string;
  readonly time: string;
  readonly sum: number;
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly oldest: string;
  readonly newest: string;
}

function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

/** Figures by device and window, in order of time; `startOf` says where the window of an instant begins. */
export function figuresOf(
  counts: readonly Count[],
  startOf: (time: number) => number,
): ReadonlyMap<string, readonly WindowFigures[]> {
  const groups = groupBy(counts, ({ device }) => device);
  const figures = [...groups].map(([device, rows]) => {
    const windows = [...groupBy(rows, ({ time }) => startOf(time))].sort(([a], [b]) => a - b);
    return [device, windows.map(([start, within]) => windowOf(device, start, within))] as const;
  });
  return new Map(figures);
}

function windowOf(group: string, start: number, counts: readonly Count[]): WindowFigures {
  const values = counts.map(({ value }) => value);
  const times = counts.map(({ time }) => time);
  const iso = (ms: number) => new Date(ms).toISOString();
  return {
    group,
    time: iso(start),
    sum: values.reduce((sum, value) => sum + value, 0),
    count: values.length,
    min: Math.min(...values),
    max: Math.max(...values),
    oldest: iso(Math.min(...times)),
    newest: iso(Math.max(...times)),
  };
}

export const hourOf = (time: number): number => Math.floor(time / 3_600_000) * 3_600_000;

/** Where the city's day of an instant begins. */
export const dayOf = (time: number): number =>
  DateTime.fromMillis(time, { zone: 'Asia/Ho_Chi_Minh' }).startOf('day').toMillis();
