import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { Backup } from '../../model/backup.ts';
import { startCity, type TestCity } from '../helpers/city.ts';
import { command, done } from '../helpers/command.ts';
import { type Influxd, startInfluxd } from '../helpers/influxd.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';
import { withTool } from '../helpers/tools.ts';

const Items = z.object({ items: z.array(z.looseObject({ device: z.string(), value: z.number() })) });

await withTool(['influxd'], 'the commands on a city with InfluxDB', () => {
  let influxd: Influxd;
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>;
  let city: TestCity;
  let dataDir = '';
  let env: Record<string, string> = {};
  const from = Date.now() - 3_600_000;
  beforeAll(async () => {
    influxd = await startInfluxd();
    folder = await temporaryDirectory();
    dataDir = join(folder.path, 'data');
    env = { STORE: 'influxdb', INFLUX_URL: influxd.url };
    city = await startCity({ dataDir, env });
    for (const [id, simulated] of [
      ['counter-real', false],
      ['counter-play', true],
    ] as const) {
      const client = await city.connect(id, await city.register({ id, simulated }));
      client.on('error', () => {});
      for (let i = 0; i < 5; i += 1) {
        const reading = JSON.stringify({ time: from + i * 1_000, values: { mean_speed: 30 + i } });
        await client.publishAsync(`city/traffic/${id}/telemetry`, reading, { qos: 1 });
      }
      await client.endAsync();
    }
    await city.settled();
  });
  afterAll(async () => {
    await city?.stop();
    await influxd?.stop();
    await folder?.remove();
  });

  const observations = async (of: TestCity) =>
    Items.parse(await of.json(`/api/v1/observations?domain=traffic&from=${from}&to=${from + 60_000}`)).items;

  it('purge what is simulated and leave what is real', async () => {
    const purged = await done(['simulated', 'purge'], { dataDir, env });
    expect(purged).toEqual({ devices: 1, observations: 5, quarantined: 0 });
    const left = await observations(city);
    expect(left.map(({ device, value }) => [device, value])).toEqual(
      [30, 31, 32, 33, 34].map((v) => ['counter-real', v]),
    );
  });

  it('back up everything but the observations, and say so; the copy goes on with the same InfluxDB', async () => {
    const said = await command(['backup', '--json'], { dataDir, env });
    const backup = Backup.parse(said.json());
    expect(said.stderr).toMatch(/InfluxDB .* own tools/);
    expect(backup.files.map(({ path }) => path.split('/')[0])).toContain('influx-sidecar');
    const [ledger, before] = [await city.ledger(), await observations(city)];
    await city.stop();

    const target = join(folder.path, 'copy');
    expect(await command(['restore', backup.path], { dataDir: target, env })).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/own tools/),
    });
    city = await startCity({ dataDir: target, env });
    expect(await city.ledger()).toEqual(ledger);
    expect(await observations(city)).toEqual(before);
  });

  it('answer without InfluxDB what is not in it: devices and books', async () => {
    const target = join(folder.path, 'copy');
    const ledger = await city.ledger();
    await city.stop();
    await influxd.stop();
    expect(await done(['device', 'list'], { dataDir: target, env })).toMatchObject({ items: [{ id: 'counter-real' }] });
    expect(await done(['ledger'], { dataDir: target, env })).toEqual(ledger);
  });
});
