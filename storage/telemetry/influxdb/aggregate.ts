import type { AggregateQuery, AggregateRow, GroupMember, Movers } from '../port.ts';
import type { Connection } from './connection.ts';
import { figuresOf, HOUR_MS } from './hour.ts';
import { hourRows } from './hours.ts';
import { type Counted, type CountedQuery, counted } from './raw.ts';
import { type DeviceRecords, devicesWith } from './series.ts';
import { TwoStage } from './two-stage.ts';
import { hoursFit, windowsOf } from './windows.ts';

/** Groups that a device's observation belongs to, by where it was made. */
type Grouping = (device: string, cell: string | undefined) => readonly string[];

/**
 * The rows of an aggregate. Whole hours of members come from the hour rows where the windows are made of hours; the
 * rest, all of it where devices move, and what percentiles are told of, from raw. InfluxQL tells no times of the observations
 * it aggregates, and one of each window and device would be as many rows again: both stages are done here.
 */
export async function aggregateOf(
  connection: Connection,
  records: DeviceRecords,
  query: AggregateQuery,
): Promise<readonly AggregateRow[]> {
  const { metric, from, to, movers } = query;
  const devices = devicesWith(records, metric, query.members.map(deviceOf));
  const all = devicesWith(records, metric).length;
  const groupsOf = membersGrouping(query.members);
  const windowStart = windowsOf(query);
  const stages = new TwoStage(query);

  const addRaw = async (asked: Omit<CountedQuery, 'metric' | 'all'>, grouping: Grouping): Promise<void> => {
    for await (const part of counted(connection, { metric, all, ...asked }))
      addRuns(stages, part, windowStart, grouping);
  };

  const hourly = hoursFit(query, to);
  const [first, behind] = [Math.ceil(from / HOUR_MS) * HOUR_MS, Math.floor(to / HOUR_MS) * HOUR_MS];
  if (hourly && first < behind) {
    for await (const rows of hourRows(connection, records, devices, metric, first, behind))
      for (const row of rows)
        for (const group of groupsOf(row.device, undefined))
          stages.add(windowStart(row.start), group, row.device, row, []);
    await addRaw({ devices, from, to: first }, groupsOf);
    // After the hours: what comes meanwhile is then in the values too.
    if (query.percentiles)
      for await (const part of counted(connection, { metric, all, devices, from: first, to: behind }))
        addValues(stages, part, windowStart, groupsOf);
    await addRaw({ devices, from: behind, to }, groupsOf);
  } else await addRaw({ devices, from, to }, groupsOf);

  if (movers && movers.places.length > 0) {
    const moving = devicesWith(records, metric, movers.devices.map(deviceOf));
    await addRaw({ devices: moving, from, to, cells: true }, moversGrouping(movers));
  }
  return stages.rows();
}

/** As TelemetryStore.cells. */
export async function cellsOf(
  connection: Connection,
  records: DeviceRecords,
  asked: Pick<CountedQuery, 'devices' | 'metric' | 'from' | 'to'>,
): Promise<readonly string[]> {
  const devices = devicesWith(records, asked.metric, asked.devices);
  const all = devicesWith(records, asked.metric).length;
  const found = new Set<string>();
  for await (const { cells } of counted(connection, { ...asked, devices, all, cells: true }))
    for (const cell of cells) if (cell !== '') found.add(cell);
  return [...found];
}

const deviceOf = ({ device }: { readonly device: string }): string => device;

function membersGrouping(members: readonly GroupMember[]): Grouping {
  const groups = new Map<string, string[]>();
  for (const { device, group } of members) {
    const own = groups.get(device);
    if (own) own.push(group);
    else groups.set(device, [group]);
  }
  return (device) => groups.get(device) ?? [];
}

function moversGrouping({ devices, places }: Movers): Grouping {
  const own = new Map(devices.flatMap(({ device, group }) => (group === undefined ? [] : [[device, [group]]])));
  const here = new Map(places.map(({ cell, group }) => [cell, [group]]));
  return (device, cell = '') => {
    const groups = here.get(cell);
    return groups === undefined ? [] : (own.get(device) ?? groups);
  };
}

/** Adds a device's observations, in runs of the same window and cell. */
function addRuns(
  stages: TwoStage,
  { device, times, values, cells }: Counted,
  windowStart: (time: number) => number,
  groupsOf: Grouping,
): void {
  const starts = times.map(windowStart);
  let first = 0;
  for (let i = 1; i <= starts.length; i += 1) {
    if (i < starts.length && starts[i] === starts[first] && cells[i] === cells[first]) continue;
    const own = values.slice(first, i);
    const figures = figuresOf(times.slice(first, i), own);
    for (const group of groupsOf(device, cells[first])) stages.add(starts[first] ?? 0, group, device, figures, own);
    first = i;
  }
}

/** Adds a device's values alone: their figures are those of its hours. */
function addValues(
  stages: TwoStage,
  { device, times, values }: Counted,
  windowStart: (time: number) => number,
  groupsOf: Grouping,
): void {
  for (const [i, value] of values.entries())
    for (const group of groupsOf(device, undefined)) stages.addValue(windowStart(times[i] ?? 0), group, value);
}
