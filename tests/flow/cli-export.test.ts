import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startCity, type TestCity } from '../helpers/city.ts';
import { command, done } from '../helpers/command.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';

const Written = z.object({ file: z.string(), format: z.string(), bytes: z.number() });

describe.each(['running', 'stopped'])('export from a %s city', (state) => {
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>;
  let started: TestCity | undefined;
  let dataDir = '';
  /** What the API tells of the same question. */
  let told = '';
  const span = {
    from: new Date(Date.now() - 3_600_000).toISOString(),
    to: new Date(Date.now() + 60_000).toISOString(),
  };
  const asked = ['--from', span.from, '--to', span.to, '--metric', 'mean_speed', '--device', 'counter-1'];

  beforeAll(async () => {
    folder = await temporaryDirectory();
    dataDir = join(folder.path, 'data');
    started = await startCity({ dataDir });
    const password = await started.register({ id: 'counter-1' });
    const client = await started.connect('counter-1', password);
    const readings = Array.from({ length: 500 }, (_, i) => ({
      time: Date.now() - 1_000_000 + i,
      values: { mean_speed: i % 90, vehicle_count: i },
    }));
    await client.publishAsync('city/traffic/counter-1/telemetry', JSON.stringify(readings), { qos: 1 });
    await client.endAsync();
    await started.settled();
    const query = new URLSearchParams({ ...span, metric: 'mean_speed', device: 'counter-1' });
    told = await (await started.api(`/api/v1/export/observations?${query}`)).text();
    if (state === 'stopped') {
      await started.stop();
      started = undefined;
    }
  });
  afterAll(async () => {
    await started?.stop();
    await folder?.remove();
  });
  const at = (name: string) => join(folder.path, name);

  it('is the file that the API streams, byte for byte', async () => {
    const written = Written.parse(await done(['export', at('a.csv'), ...asked], { dataDir }));
    expect(told.split('\n').length).toBeGreaterThan(500);
    expect(await readFile(at('a.csv'), 'utf8')).toBe(told);
    expect(written).toEqual({ file: at('a.csv'), format: 'csv', bytes: Buffer.byteLength(told) });
  });

  it('is of the format that the ending or the option tells', async () => {
    await done(['export', at('a.ndjson'), ...asked], { dataDir });
    expect((await readFile(at('a.ndjson'), 'utf8')).trim().split('\n')).toHaveLength(500);
    await done(['export', at('a.data'), '--format', 'parquet', ...asked], { dataDir });
    const parquet = await readFile(at('a.data'));
    expect([parquet.subarray(0, 4).toString(), parquet.subarray(-4).toString()]).toEqual(['PAR1', 'PAR1']);
  });

  it('overwrites nothing, and leaves no file behind where it is refused', async () => {
    await done(['export', at('there.csv'), ...asked], { dataDir });
    const again = await command(['export', at('there.csv'), ...asked], { dataDir });
    expect(again).toMatchObject({ code: 3, stdout: '' });
    expect(again.stderr).toContain('is there already');
    expect((await command(['export', at('x.csv'), '--metric', 'no_such'], { dataDir })).code).toBe(3);
    expect((await command(['export', at('x.xlsx'), ...asked], { dataDir })).code).toBe(2);
    expect(await readdir(folder.path)).not.toContain('x.csv');
  });
});
