import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Observation } from '../../../model/observation.ts';
import type { Batch } from '../port.ts';
import { Database } from './database.ts';
import { latest } from './reader.ts';
import { erase, expire } from './retention.ts';
import { rowsOf, toNumber } from './values.ts';

const HOUR = 3_600_000;

const observation = (device: string, time: number, value: number): Observation => ({
  ...{ device, metric: 'mean_speed', time, value, quality: 'valid', received: time + 1, flags: [] },
});
const batch = (upTo: number, fresh: readonly Observation[]): Batch => ({
  ...{ after: upTo - 1, upTo, fresh, corrections: [], tallies: [] },
});

describe('what retention leaves in the file', () => {
  let folder: string;
  let database: Database;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nhip-'));
    database = await Database.open({ path: join(folder, 'telemetry.duckdb'), settleAfter: 1 });
  });
  afterEach(async () => {
    await database.close();
    await rm(folder, { recursive: true, force: true });
  });

  const reopen = async () => {
    await database.close();
    database = await Database.open({ path: join(folder, 'telemetry.duckdb'), settleAfter: 1 });
  };
  const put = (given: Batch) => database.writing.run(() => database.writer.put(given));
  const rows = async (table: string) => {
    const [row] = await database.light.run((connection) => rowsOf(connection, `SELECT count(*) FROM ${table}`));
    return toNumber(row?.[0]);
  };

  it('an erasure that a crash cut off right after it began is complete to everyone, and swept up later', async () => {
    await put(batch(1, [observation('b', HOUR, 2), observation('a', HOUR, 1), observation('a', 2 * HOUR, 3)]));
    await database.writing.run(() => database.writer.giveUp(['a']));
    await reopen();
    expect(await rows('observation')).toBe(3);
    // What the device tells now must not be taken for what is still to be deleted.
    await put(batch(2, [observation('a', HOUR, 7)]));
    const told = await database.light.run((connection) => latest(connection, database.names.series, undefined));
    expect(told).toEqual(expect.arrayContaining([observation('a', HOUR, 7), observation('b', HOUR, 2)]));
    expect(told).toHaveLength(2);
    expect(await expire(database, 0, 0)).toEqual({ observations: 0, hours: 0 });
    expect([await rows('observation'), await rows('hour'), await rows('erased')]).toEqual([2, 2, 0]);
    await reopen();
    const [again] = await database.light.run((connection) => latest(connection, database.names.series, ['a']));
    expect(again).toEqual(observation('a', HOUR, 7));
  });

  it('nothing of an erased device is left in any table but the names in the books', async () => {
    await put({
      ...batch(1, [observation('a', HOUR, 1)]),
      corrections: [{ observation: observation('a', HOUR, 2), superseded: 1 }],
    });
    await put(batch(2, [observation('a', 5 * HOUR, 3)]));
    expect(await erase(database, ['a'])).toEqual({ observations: 2, hours: 2 });
    for (const table of ['series', 'observation', 'recent', 'latest', 'hour', 'superseded', 'erased'])
      expect([table, await rows(table)]).toEqual([table, 0]);
  });

  it('an hour of which a part has gone keeps its figures, but for what is corrected, also after a restart', async () => {
    await put(batch(1, [observation('a', HOUR, 1), observation('a', HOUR + 1, 2)]));
    await database.writing.run(() => database.writer.beginExpiry(2 * HOUR, 0));
    // As a crash between two steps would leave it.
    await database.writing.run(() => database.writer.change(`DELETE FROM observation WHERE time = ${HOUR}`));
    await reopen();
    const correction = { observation: observation('a', HOUR + 1, 9), superseded: 2 };
    await put({ ...batch(2, []), corrections: [correction] });
    const [row] = await database.light.run((connection) => rowsOf(connection, 'SELECT count, sum FROM hour'));
    expect(row?.map(toNumber)).toEqual([2, 10]);
  });
});
