import type { Expired } from '../port.ts';
import type { Database } from './database.ts';
import { type Deletion, deleteInSteps } from './steps.ts';
import { rowsOf, toNumber } from './values.ts';

const HOUR = 3_600_000;
/** Of devices that were erased. */
const ERASED = 'series IN (SELECT series FROM erased)';

/** As TelemetryStore.expire. */
export function expire(database: Database, rawBefore: number, hoursBefore: number): Promise<Expired> {
  const raw = Math.floor(rawBefore / HOUR) * HOUR;
  return database.keeping(async () => {
    await sweep(database);
    await database.writing.run(() => database.writer.beginExpiry(raw, hoursBefore));
    const observations = await remove(database, { table: 'observation', column: 'time', before: raw });
    await remove(database, { table: 'superseded', column: 'time', before: raw });
    const hours = await remove(database, { table: 'hour', column: 'start', before: hoursBefore });
    return { observations, hours };
  });
}

/**
 * As TelemetryStore.erase. The devices' series are given up at once: nobody finds them any more, and what comes of the
 * devices afterwards is of new series. The rows are then deleted little by little.
 */
export function erase(database: Database, devices: readonly string[]): Promise<Expired> {
  return database.keeping(async () => {
    await database.writing.run(() => database.writer.giveUp(devices));
    return sweep(database);
  });
}

/** Deletes the rows of series that were given up, also those that a crash left. */
async function sweep(database: Database): Promise<Expired> {
  const [left] = await database.copying.run((connection) => rowsOf(connection, 'SELECT count(*) FROM erased'));
  if (toNumber(left?.[0]) === 0) return { observations: 0, hours: 0 };
  const observations = await remove(database, { table: 'observation', column: 'time', condition: ERASED });
  await remove(database, { table: 'superseded', column: 'time', condition: ERASED });
  const hours = await remove(database, { table: 'hour', column: 'start', condition: ERASED });
  await database.writing.run(() => database.writer.change('DELETE FROM erased'));
  return { observations, hours };
}

const remove = ({ copying, writing, writer }: Database, deletion: Deletion): Promise<number> =>
  deleteInSteps(copying, writing, writer, deletion);
