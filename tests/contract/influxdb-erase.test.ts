import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openInfluxStore } from '../../storage/telemetry/influxdb/store.ts';
import { StoreUnavailable } from '../../storage/telemetry/port.ts';
import { startGateway } from '../helpers/gateway.ts';
import { twoBatches } from '../helpers/influx-writer.ts';
import { type Influxd, startInfluxd } from '../helpers/influxd.ts';
import { NaiveTelemetry } from '../helpers/naive-telemetry.ts';
import { expectSame } from '../helpers/telemetry-lab.ts';
import { HOUR, MONDAY, observation } from '../helpers/telemetry-samples.ts';
import { withTool } from '../helpers/tools.ts';

/** Both batches without what they say of bus-7, but for its tallies. */
function withoutBus(): NaiveTelemetry {
  const expected = new NaiveTelemetry();
  for (const batch of twoBatches()) {
    const fresh = batch.fresh.filter(({ device }) => device !== 'bus-7');
    const corrections = batch.corrections.filter(({ observation: { device } }) => device !== 'bus-7');
    expected.put({ ...batch, fresh, corrections });
  }
  return expected;
}

await withTool(['influxd'], 'erasing in InfluxDB', () => {
  let influxd: Influxd;
  let folder: string;
  beforeAll(async () => {
    influxd = await startInfluxd();
    folder = await mkdtemp(join(tmpdir(), 'nhip-erase-'));
  });
  afterAll(async () => {
    await influxd.stop();
    await rm(folder, { recursive: true, force: true });
  });
  let serial = 0;
  const fresh = async () => {
    serial += 1;
    return { database: await influxd.database('erase'), sidecar: join(folder, `sidecar-${serial}`) };
  };
  const leftOfBus = (database: string) => influxd.query(`SELECT * FROM /.*/ WHERE device = 'bus-7'`, database);

  it('goes away in the middle of an erasure: nothing is forgotten before it is gone, and the next call ends it', async () => {
    const { database, sidecar } = await fresh();
    let deletions = 0;
    const gateway = await startGateway(({ body }) => {
      if (body.startsWith('q=DELETE')) deletions += 1;
      return deletions >= 2 ? 'break' : 'pass';
    }, influxd.url);
    const options = { url: gateway.url, version: 1, database, sidecar, retryForMs: 50 } as const;
    let store = await openInfluxStore(options);
    for (const batch of twoBatches()) await store.put(batch);
    await expect(store.erase(['bus-7'])).rejects.toThrow(StoreUnavailable);
    expect((await store.latest(['bus-7'])).map(({ metric }) => metric).sort()).toEqual(['bus_delay', 'vehicle_count']);
    await store.close();
    await gateway.close();
    store = await openInfluxStore({ ...options, url: influxd.url });
    await store.erase(['bus-7']);
    await expectSame(store, withoutBus(), []);
    expect(await leftOfBus(database)).not.toContain('bus-7');
    await store.close();
  });

  it('takes what the device tells behind the deletion of its points as well', async () => {
    const { database, sidecar } = await fresh();
    let putting: Promise<void> | undefined;
    const late = observation({ device: 'bus-7', metric: 'bus_delay', time: MONDAY + 9 * HOUR, value: 3 });
    const gateway = await startGateway(({ body }) => {
      // Its points are gone by now, and its hour rows are next.
      if (body.startsWith('q=SELECT+count') && body.includes('hour-rows'))
        putting ??= store.put({ after: 2, upTo: 3, fresh: [late], corrections: [], tallies: [] });
      return 'pass';
    }, influxd.url);
    const store = await openInfluxStore({ url: gateway.url, version: 1, database, sidecar });
    for (const batch of twoBatches()) await store.put(batch);
    await store.erase(['bus-7']);
    expect(putting).toBeDefined();
    await putting;
    await expectSame(store, withoutBus(), []);
    expect(await leftOfBus(database)).not.toContain('bus-7');
    await store.close();
    await gateway.close();
  });
});
