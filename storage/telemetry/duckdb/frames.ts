import type { DuckDBConnection } from '@duckdb/node-api';
import { mapInTurns, yieldToOthers } from '../../batches.ts';
import { run } from '../../duckdb/behind.ts';
import { type BucketRun, bucketRuns } from '../buckets.ts';
import { FrameBuilder } from '../frame-builder.ts';
import type { BucketQuery, FrameSeries } from '../port.ts';
import type { PairIndex } from './pair-index.ts';
import { COUNTED } from './schema.ts';
import { withPairs } from './stage.ts';
import { integer, qualityCode, toNumber } from './values.ts';

/** Chunks of some 2,000 rows read before the event loop turns. */
const CHUNKS_IN_A_TURN = 4;
const WANTED = 'series IN (SELECT series FROM wanted)';

/** As TelemetryStore.frames: one pass over the raw rows, read chunk by chunk in turns with others. */
export async function frames(
  connection: DuckDBConnection,
  series: PairIndex,
  { devices, metrics, from, to, starts }: BucketQuery,
): Promise<FrameSeries[]> {
  const ids = series.matching(devices, metrics);
  if (ids.length === 0 || from >= to) return [];
  const pairs = ids.map((id) => [id, 0] as const);
  const place = placeSql(bucketRuns(starts, to), 'time');
  // The last of what is not invalid. arg_max would pass over a NULL to the newest that has a position.
  const sql = `SELECT series, (${place})::INTEGER AS bucket, arg_max(value, time),
      arg_max(quality, time) = ${qualityCode('suspect')}, arg_max_null(lon, time), arg_max_null(lat, time)
    FROM raw WHERE ${WANTED} AND ${COUNTED} AND ${between('time', from, to)} GROUP BY ALL`;
  const builders = new Map<number, FrameBuilder>();
  await withPairs(connection, 'wanted', ['series', 'unused'], pairs, async () => {
    const result = await run(connection, sql);
    let chunks = 0;
    for await (const chunk of result) {
      const [id = [], bucket = [], value = [], suspect = [], lon = [], lat = []] = chunk.getColumns();
      for (let row = 0; row < chunk.rowCount; row += 1) {
        const own = toNumber(id[row]);
        let builder = builders.get(own);
        if (!builder) {
          builder = new FrameBuilder(starts.length);
          builders.set(own, builder);
        }
        const [x, y] = [lon[row], lat[row]];
        const placed = typeof x === 'number' && typeof y === 'number';
        const [at, figure] = [toNumber(bucket[row]), toNumber(value[row])];
        builder.set(at, figure, suspect[row] === true, placed ? x : undefined, placed ? y : undefined);
      }
      chunks += 1;
      if (chunks % CHUNKS_IN_A_TURN === 0) await yieldToOthers();
    }
  });
  const told = await mapInTurns([...builders], ([id, builder]) => builder.series(...series.pair(id)) ?? []);
  return told.flat();
}

/** SQL for the place of the bucket of `time`, an expression that is within the runs. */
export function placeSql(runs: readonly BucketRun[], time: string): string {
  const place = ({ first, start, width }: BucketRun) =>
    `${integer(first)} + (${time} - ${integer(start)}) // ${integer(width)}`;
  const last = runs.at(-1);
  if (!last) throw new RangeError('there is no bucket');
  const cases = runs.slice(0, -1).map((run) => `WHEN ${time} < ${integer(run.end)} THEN ${place(run)}`);
  return cases.length === 0 ? place(last) : `CASE ${cases.join(' ')} ELSE ${place(last)} END`;
}

export const between = (column: string, from: number, to: number): string =>
  `${column} >= ${integer(from)} AND ${column} < ${integer(to)}`;
