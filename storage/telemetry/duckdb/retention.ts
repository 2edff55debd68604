import type { Expired } from '../port.ts';
import type { Lane } from './lane.ts';
import { integer, rowsOf, toNumber } from './values.ts';
import type { Writer } from './writer.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/**
 * As TelemetryStore.expire: a day at a time, each in a transaction of its own, so that a put waits for one day at most.
 * Raw rows go by whole hours, lest a correction computes an hour anew from a part of it.
 */
export async function expire(lane: Lane, writer: Writer, rawBefore: number, hoursBefore: number): Promise<Expired> {
  // What is recent enters latest and hours before its raw rows may go.
  await lane.run(() => writer.settle());
  const raw = Math.floor(rawBefore / HOUR) * HOUR;
  const observations = await deleteByDay(lane, writer, 'observation', 'time', raw);
  await deleteByDay(lane, writer, 'superseded', 'time', raw);
  const hours = await deleteByDay(lane, writer, 'hour', 'start', hoursBefore);
  return { observations, hours };
}

async function deleteByDay(lane: Lane, writer: Writer, table: string, column: string, before: number): Promise<number> {
  const oldest = await lane.run(async (connection) => {
    const [row] = await rowsOf(
      connection,
      `SELECT coalesce(min(${column}), ${integer(before)})::DOUBLE FROM ${table} WHERE ${column} < ${integer(before)}`,
    );
    return toNumber(row?.[0]);
  });
  let deleted = 0;
  for (let end = oldest; end < before; ) {
    end = Math.min(end + DAY, before);
    deleted += await lane.run(() => writer.change(`DELETE FROM ${table} WHERE ${column} < ${integer(end)}`));
  }
  return deleted;
}
