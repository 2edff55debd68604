import type { DuckDBConnection } from '@duckdb/node-api';
import { ARCHIVE_ORDER, archiveColumns, literal, PARQUET } from '../../archive/columns.ts';
import { run } from '../../duckdb/behind.ts';
import type { Extract } from '../port.ts';
import { integer, rowsOf, toNumber } from './values.ts';

/** As TelemetryStore.extract. Rows of devices that were erased have no name any more, and stay behind. */
export async function extract(connection: DuckDBConnection, from: number, to: number, path: string): Promise<Extract> {
  const within = (time: string) => `${time} >= ${integer(from)} AND ${time} < ${integer(to)}`;
  const source = `FROM raw o JOIN series s ON o.series = s.id LEFT JOIN (
      SELECT series, time, list(value ORDER BY ordinal) AS held FROM superseded WHERE ${within('time')} GROUP BY ALL
    ) r ON o.series = r.series AND o.time = r.time WHERE ${within('o.time')}`;
  // One transaction: what is counted is what is written.
  await connection.run('BEGIN');
  try {
    const [counts] = await rowsOf(connection, `SELECT count(*), coalesce(sum(len(r.held)), 0)::DOUBLE ${source}`);
    await run(
      connection,
      `COPY (SELECT ${archiveColumns('s.device', 's.metric', 'r.held')} ${source} ORDER BY ${ARCHIVE_ORDER})
      TO ${literal(path)} ${PARQUET}`,
    );
    return { observations: toNumber(counts?.[0]), superseded: toNumber(counts?.[1]) };
  } finally {
    // It has only read: there is nothing to commit.
    await connection.run('ROLLBACK').catch(() => undefined);
  }
}
