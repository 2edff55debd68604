import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { type Observation, ObservationView } from '../../model/observation.ts';
import { device, HOUR, MINUTE, NOW, observation, openCity, type TestCity } from '../testing/city.fixture.ts';

const DAY = 24 * HOUR;
/** Midnight, UTC, a hundred days ago: archived, and the day behind it is not. */
const OLD = Math.floor((NOW - 100 * DAY) / DAY) * DAY;

let city: TestCity;
let restricted = '';
const counted = Array.from({ length: 400 }, (_, i) =>
  observation(i % 2 ? 'counter-1' : 'counter-2', 'mean_speed', OLD + 20 * HOUR + i * 2 * MINUTE, i),
);
const bus = Array.from({ length: 30 }, (_, i) =>
  observation('bus-1', 'bus_delay', OLD + 23 * HOUR + i * 5 * MINUTE, i, { position: [105.8 + i / 100, 21] }),
);
const all: readonly Observation[] = [...counted, ...bus].sort(
  (a, b) => a.time - b.time || (a.device < b.device ? -1 : a.device > b.device ? 1 : 0),
);

beforeAll(async () => {
  city = await openCity();
  restricted = await city.key('inspector', 'restricted');
  await city.register(
    device('counter-1'),
    device('counter-2', { simulated: true }),
    device('bus-1', { kind: 'bus', geometry: null }),
  );
  await city.store(...counted, ...bus);
  await city.telemetry.put({
    ...{ after: 1, upTo: 2, fresh: [], tallies: [] },
    corrections: [{ observation: observation('counter-2', 'mean_speed', OLD + 20 * HOUR, 1_000), superseded: 0 }],
  });
  await city.archive.write(OLD, (path) => city.telemetry.extract(OLD, OLD + DAY, path));
  await city.telemetry.expire(OLD + DAY, OLD);
});
afterAll(() => city.close());

const RANGE = `from=${OLD}&to=${OLD + 3 * DAY}`;
const ask = (query: string, as: string | undefined = city.keys.read) =>
  city.request(`/api/v1/export/observations?${RANGE}&${query}`, as === undefined ? {} : { as });
const lines = async (query: string) => {
  const response = await ask(query);
  expect(response.status).toBe(200);
  return (await response.text()).trim().split('\n');
};
/** The corrected one as it holds now. */
const value = ({ time, value: told }: Observation) => (time === OLD + 20 * HOUR ? 1_000 : told);

describe('an export', () => {
  it('has what is archived and what is not, in one order, each once', async () => {
    expect(await city.telemetry.range({ from: OLD, to: OLD + DAY, limit: 1 })).toEqual([]);
    const told = (await lines('format=ndjson')).map((line) => ObservationView.parse(JSON.parse(line)));
    expect(told.map((each) => [each.device, each.metric, Date.parse(each.time), each.value])).toEqual(
      all.map((each) => [each.device, each.metric, each.time, value(each)]),
    );
    expect(told.find((each) => each.device === 'bus-1')?.position).toEqual([105.8, 21]);
  });

  it('as CSV has a header and a line for each', async () => {
    const response = await ask('metric=bus_delay');
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(response.headers.get('content-disposition')).toMatch(/^attachment; filename="observations-.*\.csv"$/);
    expect(response.headers.get('etag')).toBeNull();
    const [head, first, ...rest] = (await response.text()).trim().split('\n');
    expect(head).toBe('time,device,metric,value,quality,received,flags,longitude,latitude');
    const at = new Date(OLD + 23 * HOUR).toISOString();
    expect(first).toBe(`${at},bus-1,bus_delay,0,valid,${at},,105.8,21`);
    expect(rest).toHaveLength(29);
  });

  it('as Parquet has the same rows, and leaves no file behind', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'export-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const response = await ask('format=parquet');
    expect(response.headers.get('content-type')).toBe('application/vnd.apache.parquet');
    const path = join(folder, 'export.parquet');
    await writeFile(path, new Uint8Array(await response.arrayBuffer()));
    const instance = await DuckDBInstance.create(':memory:');
    onTestFinished(() => instance.closeSync());
    const connection = await instance.connect();
    const rows = await connection.run(`SELECT device, epoch_ms(time)::DOUBLE, value FROM '${path}'`);
    expect(await rows.getRows()).toEqual(all.map((each) => [each.device, each.time, value(each)]));
    connection.closeSync();
  });

  it.each([
    ['device=counter-1', 200],
    ['device=nobody', 0],
    ['simulated=exclude&metric=mean_speed', 200],
    ['bbox=105.79,20.9,105.845,21.1', 5],
    ['domain=health', 0],
  ])('is narrowed by %s', async (query, rows) => {
    expect(await lines(query)).toHaveLength(rows + 1);
  });

  it('needs a key, and shows restricted metrics to those only who may see them', async () => {
    expect((await city.request(`/api/v1/export/observations?${RANGE}`)).status).toBe(401);
    expect((await ask('metric=nothing_known')).status).toBe(400);
    expect((await ask('metric=failed_logins')).status).toBe(403);
    expect((await ask('metric=failed_logins', restricted)).status).toBe(200);
    const from = OLD + 2 * DAY;
    expect((await city.request(`/api/v1/export/observations?from=${from}&to=${OLD}`, { as: restricted })).status).toBe(
      400,
    );
  });

  it('is read no faster than whoever asked reads it, and ends when nobody does', async () => {
    let asked = 0;
    const telemetry = {
      ...city.telemetry,
      superseded: city.telemetry.superseded.bind(city.telemetry),
      range: async (query: Parameters<TestCity['telemetry']['range']>[0]) => {
        asked += 1;
        const time = Math.max(query.from, (query.after?.time ?? 0) + 1);
        return Array.from({ length: query.limit }, (_, i) => observation('counter-1', 'mean_speed', time + i, 1));
      },
    };
    const endless = await openCity({ deps: { telemetry, archive: undefined } });
    onTestFinished(() => endless.close());
    const read = () =>
      endless.app.request(`/api/v1/export/observations?from=0&to=${NOW}`, {
        headers: { authorization: `Bearer ${endless.keys.read}` },
      });
    const [first, second] = [await read(), await read()];
    expect([first.status, second.status, (await read()).status]).toEqual([200, 200, 429]);
    const readers = [first, second].map((response) => response.body?.getReader());
    for (let i = 0; i < 5; i += 1) await readers[0]?.read();
    expect(asked).toBeLessThan(15);
    await Promise.all(readers.map((reader) => reader?.cancel()));
    const before = asked;
    const third = await read();
    expect(third.status).toBe(200);
    await third.body?.cancel();
    expect(asked - before).toBeLessThan(4);
    const head = await endless.app.request(`/api/v1/export/observations?from=0&to=${NOW}`, {
      method: 'HEAD',
      headers: { authorization: `Bearer ${endless.keys.read}` },
    });
    expect([head.status, (await read()).status, (await read()).status]).toEqual([200, 200, 200]);
  });
});

describe('the archive', () => {
  it('is told day by day', async () => {
    const archived = all.filter(({ time }) => time < OLD + DAY);
    expect(await city.list('/api/v1/archives', city.keys.read)).toEqual({
      items: [
        {
          day: new Date(OLD).toISOString().slice(0, 10),
          observations: archived.length,
          bytes: expect.any(Number),
          oldest: new Date(OLD + 20 * HOUR).toISOString(),
          newest: new Date(archived.at(-1)?.time ?? 0).toISOString(),
        },
      ],
      next: null,
    });
    expect((await city.request('/api/v1/archives')).status).toBe(401);
  });

  it('is named by observations whose range meets it', async () => {
    const link = (await city.request(`/api/v1/observations?${RANGE}&device=bus-1&limit=1`)).headers.get('link') ?? '';
    const [, path = ''] = /^<(.*)>; rel="archives"$/.exec(link) ?? [];
    const exported = await (await city.request(path, { as: city.keys.read })).text();
    expect(exported.trim().split('\n')).toHaveLength(31);
    expect((await city.request('/api/v1/observations')).headers.get('link')).toBeNull();
  });
});

describe('superseded values', () => {
  const Superseded = z.object({ current: ObservationView.nullable(), superseded: z.array(z.number()) });
  const of = async (query: string, as?: string) => {
    const response = await city.request(`/api/v1/observations/superseded?${query}`, as === undefined ? {} : { as });
    return [response.status, response.status === 200 ? Superseded.parse(await response.json()) : undefined] as const;
  };

  it('are those of archived observations too', async () => {
    expect(await of(`device=counter-2&metric=mean_speed&time=${OLD + 20 * HOUR}`)).toMatchObject([
      200,
      { current: { value: 1_000, time: new Date(OLD + 20 * HOUR).toISOString() }, superseded: [0] },
    ]);
  });

  it('are none where nothing was corrected, or nothing is held', async () => {
    const newest = bus.at(-1)?.time ?? 0;
    expect(await of(`device=bus-1&metric=bus_delay&time=${newest}`)).toMatchObject([
      200,
      { current: { value: 29 }, superseded: [] },
    ]);
    expect(await of('device=bus-1&metric=bus_delay&time=0')).toEqual([200, { current: null, superseded: [] }]);
  });

  it('are asked for by a metric that is there, and a moment', async () => {
    expect((await of('device=bus-1&metric=nothing_known&time=0'))[0]).toBe(400);
    expect((await of('device=bus-1&metric=bus_delay'))[0]).toBe(400);
  });
});
