import { afterAll } from 'vitest';
import { type Influxd, startInfluxd } from '../helpers/influxd.ts';
import { withTool } from '../helpers/tools.ts';
import { chain } from './chain.ts';

await withTool(['mosquitto_pub', 'influxd'], 'the chain on a real influxd', () => {
  let influxd: Promise<Influxd> | undefined;
  afterAll(async () => (await influxd)?.stop());
  chain('InfluxDB', async () => {
    influxd ??= startInfluxd();
    return { STORE: 'influxdb', INFLUX_URL: (await influxd).url };
  });
});
