import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDuckDbStore } from '../../storage/telemetry/duckdb/store.ts';
import { StoreUnavailable } from '../../storage/telemetry/port.ts';
import { batchOf, SETTLE_AFTER } from '../helpers/duckdb-writer.ts';
import { NaiveTelemetry } from '../helpers/naive-telemetry.ts';
import { startProcess } from '../helpers/process.ts';
import { expectSame } from '../helpers/telemetry-lab.ts';
import { batches, DAY, MINUTE, MONDAY, observation, query, tally } from '../helpers/telemetry-samples.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';

const WRITER = fileURLToPath(new URL('../helpers/duckdb-writer.ts', import.meta.url));

describe('DuckDB telemetry file', () => {
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>;
  let path: string;
  beforeEach(async () => {
    folder = await temporaryDirectory();
    path = join(folder.path, 'telemetry.duckdb');
  });
  afterEach(() => folder.remove());

  it('holds whole batches only, and every one that was promised, when its process is killed in the middle of a put', async () => {
    const model = new NaiveTelemetry();
    let stored = 0;
    for (const puts of [3, 11, 17, 26]) {
      const writer = await startProcess(process.execPath, ['--import', 'tsx', WRITER, path]);
      await writer.line(new RegExp(`put ${stored + puts}\n`));
      await writer.kill('SIGKILL');
      const promised = Number(writer.stdout().match(/put (\d+)\n$/)?.[1]);
      const store = await openDuckDbStore({ path, settleAfter: SETTLE_AFTER });
      const { seq } = await store.checkpoint();
      expect(seq).toBeGreaterThanOrEqual(promised);
      for (; stored < seq; stored += 1) model.put(batchOf(stored + 1));
      const members = ['counter-0', 'counter-1', 'counter-9'].map((device) => ({ device, group: 'some' }));
      await expectSame(store, model, [query({ members, from: MONDAY - DAY, to: MONDAY + DAY, window: '1d' })]);
      await store.close();
    }
  });

  it('shows readers a put as a whole or not at all, also while rows are settled', async () => {
    const store = await openDuckDbStore({ path, settleAfter: 300 });
    const devices = Array.from({ length: 100 }, (_, i) => `device-${i}`);
    const next = batches();
    const asked = query({
      members: devices.map((device) => ({ device, group: 'all' })),
      from: MONDAY,
      to: MONDAY + DAY,
    });
    let writing = true;
    const reading = (async () => {
      let reads = 0;
      for (; writing || reads < 5; reads += 1) {
        const [row] = await store.aggregate({ ...asked, window: 'all' });
        expect((row?.count ?? 0) % 100).toBe(0);
        expect(new Set((await store.latest()).map((o) => o.time)).size).toBeLessThanOrEqual(1);
      }
    })();
    for (let i = 0; i < 30; i += 1) {
      await store.put(
        next({ fresh: devices.map((device) => observation({ device, time: MONDAY + i * MINUTE, value: 1 })) }),
      );
    }
    writing = false;
    await reading;
    expect((await store.aggregate({ ...asked, window: 'all' }))[0]?.sum).toBe(3_000);
    await store.close();
  });

  it('undoes a put that fails half-way, and takes the next one', async () => {
    const store = await openDuckDbStore({ path });
    const bad = observation({ device: 'new-1', time: Number.NaN, value: 1 });
    const content = {
      corrections: [{ observation: bad, superseded: 0 }],
      tallies: [tally({ device: 'new-1', stored: 1 })],
    };
    const fresh = [observation({ device: 'new-2', time: MONDAY, value: 1 })];
    await expect(store.put({ after: 0, upTo: 1, fresh, ...content })).rejects.toThrow(RangeError);
    expect(await store.checkpoint()).toEqual({ seq: 0, tallies: [] });
    expect(await store.latest()).toEqual([]);
    await store.put({ after: 0, upTo: 1, fresh, corrections: [], tallies: [tally({ stored: 1 })] });
    expect(await store.latest()).toEqual(fresh);
    await store.close();
    const again = await openDuckDbStore({ path });
    expect(await again.latest()).toEqual(fresh);
    expect(await again.checkpoint()).toEqual({ seq: 1, tallies: [tally({ stored: 1 })] });
    await again.close();
  });

  it('says that it is in use when another process has it', async () => {
    const writer = await startProcess(process.execPath, ['--import', 'tsx', WRITER, path]);
    await writer.line(/put 1\n/);
    await expect(openDuckDbStore({ path })).rejects.toThrow(StoreUnavailable);
    await writer.kill('SIGKILL');
  });

  it('is refused when a newer program made it', async () => {
    await (await openDuckDbStore({ path })).close();
    const instance = await DuckDBInstance.create(path);
    const connection = await instance.connect();
    await connection.run('INSERT INTO schema_version VALUES (99)');
    connection.closeSync();
    instance.closeSync();
    await expect(openDuckDbStore({ path })).rejects.toThrow(/schema 99/);
  });

  it('answers nothing after it was closed, and lets what was asked before end', async () => {
    const store = await openDuckDbStore({ path });
    const put = store.put(batchOf(1));
    const latest = store.latest();
    await store.close();
    await store.close();
    await put;
    await latest;
    await expect(store.checkpoint()).rejects.toThrow(/closed/);
    const again = await openDuckDbStore({ path });
    expect((await again.checkpoint()).seq).toBe(1);
    await again.close();
  });
});
