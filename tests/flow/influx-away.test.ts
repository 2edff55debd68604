import { expect, it, onTestFinished, vi } from 'vitest';
import { startCity } from '../helpers/city.ts';
import { startInfluxd } from '../helpers/influxd.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';
import { withTool } from '../helpers/tools.ts';

await withTool(['influxd'], 'while influxd is away', () => {
  it('devices are acknowledged, the live view goes on, readiness says so, and nothing is lost', async () => {
    const influxd = await startInfluxd();
    const folder = await temporaryDirectory();
    const city = await startCity({ dataDir: folder.path, env: { STORE: 'influxdb', INFLUX_URL: influxd.url } });
    onTestFinished(async () => {
      await city.kill();
      await influxd.stop();
      await folder.remove();
    });
    const client = await city.connect('counter-1', await city.register({ id: 'counter-1' }));
    const base = Date.now() - 60_000;
    const publish = (value: number) =>
      client.publishAsync(
        'city/traffic/counter-1/telemetry',
        JSON.stringify({ time: base + value, values: { mean_speed: value } }),
        { qos: 1 },
      );
    await publish(1);
    await city.settled();

    await influxd.kill();
    for (const value of [2, 3, 4]) await publish(value);
    await vi.waitFor(async () =>
      expect(await city.json('/api/v1/devices/counter-1/latest')).toMatchObject({ items: [{ value: 4 }] }),
    );
    expect((await city.ledger()).messages).toMatchObject({ accepted: 4, pending: 3 });
    await vi.waitFor(async () => expect((await fetch(`${city.url}/readyz`)).status).toBe(503), {
      timeout: 30_000,
      interval: 100,
    });
    const refused = await city.api('/api/v1/observations?device=counter-1');
    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({ code: 'store-unavailable' });

    await influxd.restart();
    expect((await city.settled()).observations).toMatchObject({ stored: 4, duplicate: 0 });
    expect(await city.json('/api/v1/observations?device=counter-1')).toMatchObject({
      items: [{ value: 1 }, { value: 2 }, { value: 3 }, { value: 4 }],
    });
    await vi.waitFor(async () => expect((await fetch(`${city.url}/readyz`)).status).toBe(200), {
      timeout: 30_000,
      interval: 100,
    });
  });
});
