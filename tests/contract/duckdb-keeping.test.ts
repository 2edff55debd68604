import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDuckDbStore } from '../../storage/telemetry/duckdb/store.ts';
import type { TelemetryStore } from '../../storage/telemetry/port.ts';
import { batchOf, SETTLE_AFTER } from '../helpers/duckdb-writer.ts';
import { NaiveTelemetry } from '../helpers/naive-telemetry.ts';
import { expectSame } from '../helpers/telemetry-lab.ts';
import { batches, DAY, HOUR, MINUTE, MONDAY, observation, query } from '../helpers/telemetry-samples.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';

describe('keeping a DuckDB telemetry file while puts go on', () => {
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>;
  beforeEach(async () => {
    folder = await temporaryDirectory();
  });
  afterEach(() => folder.remove());
  const open = (directory: string, settleAfter?: number) =>
    openDuckDbStore({ path: join(directory, 'telemetry.duckdb'), settleAfter });

  /** Puts one after the other until `work` is done; resolves with how many were served meanwhile. */
  async function putsDuring(work: Promise<unknown>, put: () => Promise<void>): Promise<number> {
    let done = false;
    const ended = work.finally(() => {
      done = true;
    });
    let served = 0;
    for (; !done; served += 1) await put();
    await ended;
    return served;
  }

  it('a copy is of one moment: all of the puts before it and nothing of those behind', async () => {
    const store = await open(folder.path, SETTLE_AFTER);
    let record = 0;
    const put = () => {
      record += 1;
      return store.put(batchOf(record));
    };
    for (let i = 0; i < 20; i += 1) await put();
    const model = new NaiveTelemetry();
    let counted = 0;
    for (const name of ['first', 'second']) {
      const directory = join(folder.path, name);
      await mkdir(directory);
      const before = record;
      expect(await putsDuring(store.backup(directory), put)).toBeGreaterThan(0);
      const copy = await open(directory, SETTLE_AFTER);
      const { seq } = await copy.checkpoint();
      expect(seq).toBeGreaterThanOrEqual(before);
      expect(seq).toBeLessThanOrEqual(record);
      for (; counted < seq; counted += 1) model.put(batchOf(counted + 1));
      const members = ['counter-0', 'counter-9'].map((device) => ({ device, group: 'some' }));
      await expectSame(copy, model, [query({ members, from: MONDAY - DAY, to: MONDAY + DAY, window: '1d' })]);
      await copy.close();
    }
    await store.close();
  });

  it('closing waits for a copy that is being made', async () => {
    const store = await open(folder.path);
    await store.put(batchOf(1));
    const copying = store.backup(join(folder.path, 'copy'));
    await store.close();
    await copying;
    const copy = await open(join(folder.path, 'copy'));
    expect((await copy.checkpoint()).seq).toBe(1);
    await copy.close();
  });

  describe('with many rows in each minute', () => {
    const MINUTES = 4;
    const ROWS = 60_000;
    const devices = Array.from({ length: 100 }, (_, i) => `device-${i}`);
    let store: TelemetryStore;
    let next: ReturnType<typeof batches>;
    let newest = 0;
    const put = () => {
      newest += 1;
      return store.put(next({ fresh: [observation({ device: 'device-0', time: MONDAY + DAY + newest, value: 1 })] }));
    };
    beforeEach(async () => {
      store = await open(folder.path);
      next = batches();
      const perDevice = ROWS / devices.length;
      for (let minute = 0; minute < MINUTES; minute += 1) {
        const of = (device: string, i: number) =>
          observation({ device, time: MONDAY + minute * MINUTE + Math.floor((i * MINUTE) / perDevice), value: i });
        const fresh = devices.flatMap((device) => Array.from({ length: perDevice }, (_, i) => of(device, i)));
        await store.put(next({ fresh }));
      }
    });
    afterEach(() => store.close());

    it('retention deletes minute by minute, and a put is served after each', async () => {
      const expiring = store.expire(MONDAY + HOUR, MONDAY);
      expect(await putsDuring(expiring, put)).toBeGreaterThanOrEqual(MINUTES + 1);
      expect(await expiring).toEqual({ observations: MINUTES * ROWS, hours: 0 });
      expect(await store.range({ from: 0, to: MONDAY + DAY, limit: 1 })).toEqual([]);
    });

    it('erasing deletes minute by minute, and a put is served after each', async () => {
      const erasing = store.erase(devices.slice(1));
      expect(await putsDuring(erasing, put)).toBeGreaterThanOrEqual(MINUTES + 1);
      const gone = ROWS - ROWS / devices.length;
      expect(await erasing).toEqual({ observations: MINUTES * gone, hours: devices.length - 1 });
      const [first, ...others] = await store.latest();
      expect([first?.device, others]).toEqual(['device-0', []]);
    });
  });
});
