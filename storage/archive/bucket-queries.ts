import type { DuckDBConnection } from '@duckdb/node-api';
import { yieldToOthers } from '../batches.ts';
import { run } from '../duckdb/behind.ts';
import { bucketRuns } from '../telemetry/buckets.ts';
import { placeSql } from '../telemetry/duckdb/frames.ts';
import { withCells, withPairs } from '../telemetry/duckdb/stage.ts';
import { rowsOf, toCell, toNumber } from '../telemetry/duckdb/values.ts';
import { at, literal } from './columns.ts';
import type { ArchivedCount, ArchivedNewest, ArchivedQuery } from './port.ts';

/** Chunks of some 2,000 rows read before the event loop turns. */
const CHUNKS_IN_A_TURN = 4;
/** Up to here ids stand in the statement, where row groups of the file can be passed over by them. */
const INLINE_AT_MOST = 500;

const among = (column: string, texts: readonly string[]): string => `${column} IN (${texts.map(literal).join(', ')})`;
const file = (path: string): string => `read_parquet(${literal(path)})`;

/** The condition that an archived row counts and is of the span (ms). */
const counted = (from: number, to: number): string =>
  `time >= ${at(from)} AND time < ${at(to)} AND quality <> 'invalid'`;

/** What is asked of an archived day bucket by bucket. Rows name devices and metrics by their places in the query. */
export function bucketQueries(connection: DuckDBConnection) {
  /** Runs `body` on a temporary table of texts and their places. */
  async function withTexts<T>(table: string, texts: readonly string[], body: () => Promise<T>): Promise<T> {
    await connection.run(`CREATE OR REPLACE TEMP TABLE ${table} (name VARCHAR NOT NULL, place INTEGER NOT NULL)`);
    const rows = await connection.createAppender(table);
    for (const [place, text] of texts.entries()) {
      rows.appendVarchar(text);
      rows.appendInteger(place);
      rows.endRow();
    }
    rows.flushSync();
    rows.closeSync();
    return body();
  }

  /** Runs `body` with a relation of (device, metric, ms, value, quality, lon, lat): what counts of a file and was asked for. */
  function withRows<T>(path: string, query: ArchivedQuery, body: (relation: string) => Promise<T>): Promise<T> {
    const { devices, metrics, from, to, without, cells } = query;
    const [device, metric] = [placesOf(devices), placesOf(metrics)];
    const held = without.flatMap((identity) => {
      const [d, m] = [device.get(identity.device), metric.get(identity.metric)];
      return d === undefined || m === undefined ? [] : [[d * metrics.length + m, identity.time] as const];
    });
    const places = (cells ?? []).map((cell) => [cell, 0] as const);
    const inline = devices.length <= INLINE_AT_MOST ? `AND ${among('device', devices)}` : '';
    const placed = cells ? 'AND cell IN (SELECT cell FROM seen_place)' : '';
    const relation = `(SELECT * FROM (
        SELECT d.place AS device, m.place AS metric, epoch_ms(time) AS ms, value, quality, lon, lat
        FROM (SELECT * FROM ${file(path)} WHERE ${counted(from, to)} AND ${among('metric', metrics)} ${inline} ${placed}) o
        JOIN asked_device d ON o.device = d.name JOIN asked_metric m ON o.metric = m.name)
      ${held.length > 0 ? `ANTI JOIN (SELECT series // ${metrics.length} AS device, series % ${metrics.length} AS metric, ms FROM held) USING (device, metric, ms)` : ''})`;
    return withTexts('asked_device', devices, () =>
      withTexts('asked_metric', metrics, () =>
        withPairs(connection, 'held', ['series', 'ms'], held, () =>
          withCells(connection, 'seen_place', ['cell', 'unused'], places, () => body(relation)),
        ),
      ),
    );
  }

  const bucketOf = ({ starts, to }: ArchivedQuery) => `(${placeSql(bucketRuns(starts, to), 'ms')})::INTEGER`;

  return {
    /** As Archive.frames, of one file. */
    frames: (path: string, query: ArchivedQuery, take: (row: ArchivedNewest) => void): Promise<void> =>
      withRows(path, query, async (relation) => {
        // arg_max would pass over a NULL to the newest that has a position.
        const result = await run(
          connection,
          `SELECT device, metric, ${bucketOf(query)} AS bucket, max(ms)::DOUBLE, arg_max(value, ms),
            arg_max(quality, ms) = 'suspect', arg_max_null(lon, ms), arg_max_null(lat, ms)
          FROM ${relation} GROUP BY ALL`,
        );
        let chunks = 0;
        for await (const chunk of result) {
          const [device = [], metric = [], bucket = [], time = [], value = [], suspect = [], lon = [], lat = []] =
            chunk.getColumns();
          for (let row = 0; row < chunk.rowCount; row += 1) {
            const [x, y] = [lon[row], lat[row]];
            take({
              device: toNumber(device[row]),
              metric: toNumber(metric[row]),
              bucket: toNumber(bucket[row]),
              time: toNumber(time[row]),
              value: toNumber(value[row]),
              suspect: suspect[row] === true,
              position: typeof x === 'number' && typeof y === 'number' ? [x, y] : undefined,
            });
          }
          chunks += 1;
          if (chunks % CHUNKS_IN_A_TURN === 0) await yieldToOthers();
        }
      }),

    /** As Archive.counts, of one file. */
    counts: (path: string, query: ArchivedQuery, take: (row: ArchivedCount) => void): Promise<void> =>
      withRows(path, query, async (relation) => {
        const result = await run(
          connection,
          `SELECT device, metric, ${bucketOf(query)} AS bucket, count(*)::DOUBLE FROM ${relation} GROUP BY ALL`,
        );
        let chunks = 0;
        for await (const chunk of result) {
          const [device = [], metric = [], bucket = [], count = []] = chunk.getColumns();
          for (let row = 0; row < chunk.rowCount; row += 1)
            take({
              device: toNumber(device[row]),
              metric: toNumber(metric[row]),
              bucket: toNumber(bucket[row]),
              observations: toNumber(count[row]),
            });
          chunks += 1;
          if (chunks % CHUNKS_IN_A_TURN === 0) await yieldToOthers();
        }
      }),

    /** As Archive.cells, of one file. */
    cells: (path: string, devices: readonly string[], metric: string, from: number, to: number): Promise<string[]> =>
      withTexts('asked_device', devices, async () => {
        const rows = await rowsOf(
          connection,
          `SELECT DISTINCT cell FROM ${file(path)} SEMI JOIN asked_device a ON device = a.name
          WHERE ${counted(from, to)} AND metric = ${literal(metric)} AND cell IS NOT NULL`,
        );
        return rows.map(([cell]) => toCell(cell));
      }),
  };
}

const placesOf = (texts: readonly string[]): ReadonlyMap<string, number> =>
  new Map(texts.map((text, place) => [text, place]));
