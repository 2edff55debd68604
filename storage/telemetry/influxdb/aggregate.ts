import { cellToParent } from 'h3-js';
import type { AggregateQuery, AggregateRow } from '../port.ts';
import type { Connection } from './connection.ts';
import { figuresOf, HOUR_MS } from './hour.ts';
import { hourRows } from './hours.ts';
import { type Counted, counted } from './raw.ts';
import { type DeviceRecords, devicesWith } from './series.ts';
import { TwoStage } from './two-stage.ts';
import { hoursFit, windowsOf } from './windows.ts';

/** Groups that a device's observation belongs to, by where it was made. */
type Grouping = (device: string, cell: string | undefined) => readonly string[];

/**
 * The rows of an aggregate. Whole hours come from the hour rows where the windows are made of hours; the rest, and all
 * of it where percentiles or cells are wanted, from raw. InfluxQL tells no times of the observations it aggregates, and
 * one of each window and device would be as many rows again: both stages are done here.
 */
export async function aggregateOf(
  connection: Connection,
  records: DeviceRecords,
  query: AggregateQuery,
): Promise<readonly AggregateRow[]> {
  const { metric, from, to } = query;
  const devices = devicesWith(
    records,
    metric,
    query.members.map(({ device }) => device),
  );
  const all = devicesWith(records, metric).length;
  const groupsOf = groupingOf(query);
  const windowStart = windowsOf(query);
  const stages = new TwoStage(query);

  const addRaw = async (begin: number, end: number): Promise<void> => {
    const asked = { metric, devices, all, from: begin, to: end, cells: query.cellResolution !== undefined };
    for await (const part of counted(connection, asked)) addRuns(stages, part, windowStart, groupsOf);
  };

  const hourly = !query.percentiles && query.cellResolution === undefined && hoursFit(query, to);
  const [first, behind] = [Math.ceil(from / HOUR_MS) * HOUR_MS, Math.floor(to / HOUR_MS) * HOUR_MS];
  if (hourly && first < behind) {
    for await (const rows of hourRows(connection, records, devices, metric, first, behind))
      for (const row of rows)
        for (const group of groupsOf(row.device, undefined))
          stages.add(windowStart(row.start), group, row.device, row, []);
    await addRaw(from, first);
    await addRaw(behind, to);
  } else await addRaw(from, to);
  return stages.rows();
}

function groupingOf({ members, cellResolution }: AggregateQuery): Grouping {
  if (cellResolution !== undefined) {
    // Remembered: vehicles come by the same cells.
    const parents = new Map<string, readonly string[]>([['', []]]);
    return (_, cell = '') => {
      const known = parents.get(cell) ?? [cellToParent(cell, cellResolution)];
      parents.set(cell, known);
      return known;
    };
  }
  const groups = new Map<string, string[]>();
  for (const { device, group } of members) {
    const own = groups.get(device);
    if (own) own.push(group);
    else groups.set(device, [group]);
  }
  return (device) => groups.get(device) ?? [];
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
