import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openInfluxStore } from '../../storage/telemetry/influxdb/store.ts';
import { StoreUnavailable, type Tally, type TelemetryStore } from '../../storage/telemetry/port.ts';
import { startGateway } from '../helpers/gateway.ts';
import { twoBatches } from '../helpers/influx-writer.ts';
import { type Influxd, startInfluxd } from '../helpers/influxd.ts';
import { byText, inOrder, NaiveTelemetry } from '../helpers/naive-telemetry.ts';
import { startProcess } from '../helpers/process.ts';
import { expectRows } from '../helpers/telemetry-lab.ts';
import { batches, DAY, MINUTE, MONDAY, observation, tally } from '../helpers/telemetry-samples.ts';
import { withTool } from '../helpers/tools.ts';

const WRITER = fileURLToPath(new URL('../helpers/influx-writer.ts', import.meta.url));
const byDevice = (tallies: readonly Tally[]) => [...tallies].sort((a, b) => byText(a.device, b.device));

/** All that a store tells equals what the naive store tells of the same batches. */
async function expectExactly(store: TelemetryStore, expected: NaiveTelemetry, seq: number): Promise<void> {
  const told = await store.checkpoint();
  expect(told.seq).toBe(seq);
  expect(byDevice(told.tallies)).toEqual(byDevice(expected.tallies()));
  expect(await store.range({ from: 0, to: MONDAY + 9 * DAY, limit: 100_000 })).toEqual(expected.all());
  expect([...(await store.latest())].sort(inOrder)).toEqual(expected.latest());
  const devices = [...new Set(expected.all().map((o) => o.device))];
  for (const metric of ['vehicle_count', 'bus_delay'])
    expectRows(
      await store.hours(devices, metric, 0, MONDAY + 9 * DAY),
      expected.hours(devices, metric, 0, MONDAY + 9 * DAY),
    );
  const held = await store.held(expected.all());
  expect([...held].sort(inOrder)).toEqual(expected.held(expected.all()));
}

await withTool(['influxd'], 'InfluxDB and crashes', () => {
  let influxd: Influxd;
  let folder: string;
  beforeAll(async () => {
    influxd = await startInfluxd();
    folder = await mkdtemp(join(tmpdir(), 'nhip-crash-'));
  });
  afterAll(async () => {
    await influxd.stop();
    await rm(folder, { recursive: true, force: true });
  });
  let serial = 0;
  const fresh = async () => {
    serial += 1;
    return { database: await influxd.database('crash'), sidecar: join(folder, `sidecar-${serial}`) };
  };

  describe('the writing process is killed with -9', () => {
    // Of the first batch come two writes. Of the second: the new, then what overwrites, then the hours recomputed.
    const cases = [
      ['it is about to write', 3, 'hold'],
      ['half of the batch is written', 4, 'hold'],
      ['all but the hours is written and not answered', 4, 'hold-answer'],
      ['all is written and not answered', 5, 'hold-answer'],
    ] as const;
    it.each(cases)('when %s: the batch is ended at the next opening, nothing twice', async (_, at, action) => {
      const { database, sidecar } = await fresh();
      let writes = 0;
      const gateway = await startGateway(({ path }) => {
        if (path === '/write') writes += 1;
        return path === '/write' && writes === at ? action : 'pass';
      }, influxd.url);
      const writer = await startProcess(process.execPath, ['--import', 'tsx', WRITER, gateway.url, database, sidecar]);
      await gateway.held();
      expect((await writer.kill('SIGKILL')).signal).toBe('SIGKILL');
      await gateway.close();
      expect(writer.stdout()).toBe('put 1\n');

      const [first, second] = twoBatches();
      const expected = new NaiveTelemetry();
      expected.put(first);
      expected.put(second);
      let store = await openInfluxStore({ url: influxd.url, version: 1, database, sidecar });
      await expectExactly(store, expected, 2);
      await store.put(second);
      await store.close();
      store = await openInfluxStore({ url: influxd.url, version: 1, database, sidecar });
      await expectExactly(store, expected, 2);
      await store.close();
    });
  });

  it('influxd is killed with -9 in the middle of puts: what was refused is put again and all is there once', async () => {
    const { database, sidecar } = await fresh();
    let doomed = false;
    const kills: Promise<void>[] = [];
    const gateway = await startGateway(({ path }) => {
      if (doomed && path === '/write') {
        doomed = false;
        kills.push(influxd.kill());
      }
      return 'pass';
    }, influxd.url);
    const store = await openInfluxStore({ url: gateway.url, version: 1, database, sidecar, retryForMs: 50 });
    const next = batches();
    const expected = new NaiveTelemetry();
    for (let round = 0; round < 40; round += 1) {
      const given = Array.from({ length: 200 }, (_, i) =>
        observation({
          device: `counter-${i % 20}`,
          time: MONDAY + (round * 10 + Math.floor(i / 20)) * MINUTE,
          value: i,
        }),
      );
      const batch = next({ fresh: given, tallies: [tally({ decoded: 200, stored: 200 })] });
      expected.put(batch);
      doomed = round % 13 === 5;
      if (doomed) {
        await expect(store.put(batch)).rejects.toThrow(StoreUnavailable);
        await kills.at(-1);
        await influxd.restart();
      }
      await store.put(batch);
    }
    expect(kills).toHaveLength(3);
    await expectExactly(store, expected, 40);
    await store.close();
    await gateway.close();
  });

  it('is away: what needs it says so, and what the sidecar knows is still told', async () => {
    const { database, sidecar } = await fresh();
    const gateway = await startGateway(() => 'pass', influxd.url);
    const options = { url: gateway.url, version: 1, database, sidecar, retryForMs: 50 } as const;
    let store = await openInfluxStore(options);
    const next = batches();
    const known = observation({ time: MONDAY, value: 1 });
    await store.put(next({ fresh: [known] }));
    await gateway.close();

    const late = observation({ time: MONDAY - 1, value: 2 });
    const batch = next({ fresh: [late] });
    await expect(store.put(batch)).rejects.toThrow(StoreUnavailable);
    await expect(store.put(batch)).rejects.toThrow(StoreUnavailable);
    await expect(store.held([known])).rejects.toThrow(StoreUnavailable);
    await expect(store.range({ from: 0, to: MONDAY * 2, limit: 1 })).rejects.toThrow(StoreUnavailable);
    await expect(store.expire(MONDAY, MONDAY)).rejects.toThrow(StoreUnavailable);
    expect(await store.latest()).toEqual([known]);
    await store.close();
    store = await openInfluxStore(options);
    await expect(store.checkpoint()).rejects.toThrow(StoreUnavailable);
    expect(await store.heads()).toEqual([{ device: 'counter-1', metric: 'vehicle_count', time: MONDAY }]);
    await store.close();

    store = await openInfluxStore({ ...options, url: influxd.url });
    expect((await store.checkpoint()).seq).toBe(2);
    expect(await store.range({ from: 0, to: MONDAY * 2, limit: 9 })).toEqual([late, known]);
    await store.close();
  });
});
