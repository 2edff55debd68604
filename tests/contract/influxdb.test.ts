import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { openInfluxStore } from '../../storage/telemetry/influxdb/store.ts';
import { type Influxd, startInfluxd } from '../helpers/influxd.ts';
import { withTool } from '../helpers/tools.ts';
import { telemetryContract } from './telemetry.ts';

await withTool(['influxd'], 'InfluxDB 1.x', () => {
  let influxd: Influxd;
  beforeAll(async () => {
    influxd = await startInfluxd();
  });
  afterAll(async () => {
    await influxd.stop();
  });

  telemetryContract('InfluxDB', async () => {
    const database = await influxd.database('contract');
    const folder = await mkdtemp(join(tmpdir(), 'nhip-influx-'));
    const openIn = (directory: string) =>
      openInfluxStore({ url: influxd.url, version: 1, database, sidecar: join(directory, 'sidecar') });
    return {
      open: () => openIn(folder),
      openCopy: openIn,
      remove: () => rm(folder, { recursive: true, force: true }),
    };
  });
});
