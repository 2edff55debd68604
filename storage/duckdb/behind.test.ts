import { readdirSync, readFileSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it, onTestFinished } from 'vitest';
import { run, startWorkers, stepBack } from './behind.ts';

/** Nice and processor time (ticks) of each thread of this process. */
function threads(): ReadonlyMap<string, { readonly nice: number; readonly ticks: number }> {
  const told = readdirSync('/proc/self/task').map((id) => {
    const text = readFileSync(`/proc/self/task/${id}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return [id, { nice: Number(fields[16]), ticks: Number(fields[11]) + Number(fields[12]) }] as const;
  });
  return new Map(told);
}

async function workers(many: number) {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  onTestFinished(() => instance.closeSync());
  const connection = await instance.connect();
  await startWorkers(connection, many);
  return { instance, connection };
}

const DEAR = 'SELECT range % 100 AS part, quantile_cont(random(), 0.95) FROM range(6_000_000) GROUP BY part';

describe('statements behind all others', () => {
  it.runIf(process.platform === 'linux')('are worked on by threads that give way, and by no other', async () => {
    const { instance } = await workers(1);
    const connection = stepBack(await instance.connect());
    const before = threads();
    expect((await (await run(connection, DEAR)).getRows()).length).toBe(100);
    const worked = [...threads()].flatMap(([id, { nice, ticks }]) =>
      ticks - (before.get(id)?.ticks ?? 0) >= 5 ? [nice] : [],
    );
    expect(worked).toEqual([10]);
  });

  it('answer what they answer otherwise, with values, without rows, and with their errors', async () => {
    const { instance, connection } = await workers(2);
    const patient = stepBack(await instance.connect());
    await run(patient, 'CREATE TABLE seen AS SELECT range AS n FROM range(100_000)');
    const sum = 'SELECT sum(n)::DOUBLE FROM seen WHERE n % $1 = 0';
    expect(await (await run(patient, sum, [7])).getRows()).toEqual(await (await run(connection, sum, [7])).getRows());
    expect(await (await run(patient, 'SELECT n FROM seen WHERE n < 0')).getRows()).toEqual([]);
    await expect(run(patient, 'SELECT nothing FROM seen')).rejects.toThrow('nothing');
    await expect(run(patient, "SELECT error('no such luck') FROM seen")).rejects.toThrow('no such luck');
    expect(await (await run(patient, sum, [1])).getRows()).toEqual([[4_999_950_000]]);
  });

  it('end when they are interrupted', async () => {
    const { instance } = await workers(1);
    const connection = stepBack(await instance.connect());
    const endless = run(connection, 'SELECT count(*) FROM range(100_000_000_000) a WHERE random() > 2');
    const timer = setInterval(() => connection.interrupt(), 20);
    await expect(endless).rejects.toThrow(/interrupt/i);
    clearInterval(timer);
  });
});
