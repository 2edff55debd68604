import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InfluxRejected, PartialWrite } from '../../storage/telemetry/influxdb/errors.ts';
import type { InfluxStoreOptions } from '../../storage/telemetry/influxdb/options.ts';
import { openInfluxStore } from '../../storage/telemetry/influxdb/store.ts';
import { StoreUnavailable } from '../../storage/telemetry/port.ts';
import { type Action, type Gateway, type Recorded, startGateway } from '../helpers/gateway.ts';
import { startInfluxd } from '../helpers/influxd.ts';
import { batches, MINUTE, MONDAY, observation } from '../helpers/telemetry-samples.ts';
import { withTool } from '../helpers/tools.ts';

let sidecar: string;
let gateway: Gateway | undefined;
beforeEach(async () => {
  sidecar = await mkdtemp(join(tmpdir(), 'nhip-requests-'));
});
afterEach(async () => {
  await gateway?.close();
  gateway = undefined;
  await rm(sidecar, { recursive: true, force: true });
});

const ANSWERS = { status: 200, headers: { 'content-type': 'application/json' }, body: '{"results":[]}\n' };
const WRITTEN = { status: 204 };
const isWrite = ({ path }: Recorded) => path.endsWith('write');
const one = observation({ time: MONDAY, value: 31.5, flags: ['late'] });
const LINE = `vehicle_count,device=counter-1 value=31.5,received=${MONDAY + 1_000},flags=1 ${MONDAY}`;

/** A store on a server that is not InfluxDB: it answers writes as `write` says, and every query with nothing. */
async function open(options: Partial<InfluxStoreOptions>, write: (nth: number) => Action = () => WRITTEN) {
  let nth = 0;
  const server = await startGateway((request) => {
    if (!isWrite(request)) return ANSWERS;
    nth += 1;
    return write(nth);
  });
  gateway = server;
  const store = await openInfluxStore({ url: server.url, version: 1, database: 'nhip', sidecar, ...options });
  return { store, writes: () => server.seen.filter(isWrite), queries: () => server.seen.filter((r) => !isWrite(r)) };
}

describe('what InfluxDB is sent', () => {
  it('by 1.x: a database made first, /write, Basic and no token', async () => {
    const { store, writes, queries } = await open({ username: 'nhip', password: 'mật khẩu', token: 'unused' });
    await store.put(batches()({ fresh: [one] }));
    const authorization = `Basic ${Buffer.from('nhip:mật khẩu').toString('base64')}`;
    const q = 'CREATE DATABASE "nhip"';
    expect(queries()).toMatchObject([{ method: 'POST', path: '/query', headers: { authorization } }]);
    expect(new URLSearchParams(queries()[0]?.body).get('q')).toBe(q);
    expect(writes()).toMatchObject([
      {
        method: 'POST',
        path: '/write',
        query: { db: 'nhip', precision: 'ms' },
        headers: { authorization },
        body: LINE,
      },
    ]);
    expect(writes()[0]?.headers['content-encoding']).toBeUndefined();
    await store.close();
  });

  it.each([
    [2, { org: 'hà nội', token: 'a-token' }],
    [3, { token: 'a-token' }],
  ] as const)(
    'by %s.x: /api/v2/write with bucket and token, gzip where wanted, InfluxQL over /query',
    async (version, given) => {
      const { store, writes, queries } = await open({ version, ...given, username: 'unused', gzip: true });
      const fresh = Array.from({ length: 30 }, (_, i) => ({ ...one, time: MONDAY + i * MINUTE }));
      await store.put(batches()({ fresh }));
      const authorization = 'Token a-token';
      expect(queries()).toEqual([]);
      const org = version === 2 ? 'hà nội' : '';
      expect(writes()).toMatchObject([
        {
          method: 'POST',
          path: '/api/v2/write',
          query: { org, bucket: 'nhip', precision: 'ms' },
          headers: { authorization, 'content-encoding': 'gzip' },
        },
      ]);
      expect(writes()[0]?.body.split('\n')).toHaveLength(30);
      expect(writes()[0]?.body.split('\n')[0]).toBe(LINE);

      await store.range({ devices: ['counter-1'], from: MONDAY, to: MONDAY + MINUTE, limit: 10 });
      const [asked] = queries();
      expect(asked).toMatchObject({
        method: 'POST',
        path: '/query',
        query: { db: 'nhip', epoch: 'ms' },
        headers: { authorization, 'content-type': 'application/x-www-form-urlencoded' },
      });
      expect(new URLSearchParams(asked?.body).get('q')).toBe(
        'SELECT value, quality, received, flags, lon, lat, cell, device FROM "vehicle_count" ' +
          `WHERE time >= ${MONDAY}ms AND time < ${MONDAY + MINUTE}ms AND device = 'counter-1' ORDER BY time LIMIT 10`,
      );
      await store.close();
    },
  );

  it('to expire: DELETE to 2.x, nothing to 3.x, which has no such statement', async () => {
    for (const version of [2, 3] as const) {
      const { store, queries } = await open({ version, token: 't', org: 'o', sidecar: join(sidecar, String(version)) });
      await store.put(batches()({ fresh: [one] }));
      expect(await store.expire(MONDAY, MONDAY)).toEqual({ observations: 0, hours: 0 });
      expect(queries().length > 0).toBe(version === 2);
      await store.close();
      await gateway?.close();
      gateway = undefined;
    }
  });
});

describe('what InfluxDB answers', () => {
  it.each([429, 500, 503])('%s is tried again, with the same lines', async (status) => {
    const { store, writes } = await open({}, (nth) => (nth < 3 ? { status, body: '{"error":"later"}' } : WRITTEN));
    await store.put(batches()({ fresh: [one] }));
    expect(writes().map(({ body }) => body)).toEqual([LINE, LINE, LINE]);
    expect((await store.checkpoint()).seq).toBe(1);
    await store.close();
  });

  it('a connection that breaks is tried again', async () => {
    const { store, writes } = await open({}, (nth) => (nth < 3 ? 'break' : WRITTEN));
    await store.put(batches()({ fresh: [one] }));
    expect(writes()).toHaveLength(3);
    await store.close();
  });

  it('503 for longer is a StoreUnavailable, and the same put succeeds later', async () => {
    let away = true;
    const { store } = await open({ retryForMs: 100 }, () => (away ? { status: 503 } : WRITTEN));
    const batch = batches()({ fresh: [one] });
    await expect(store.put(batch)).rejects.toThrow(StoreUnavailable);
    expect(await store.latest()).toEqual([]);
    away = false;
    await store.put(batch);
    expect(await store.latest()).toEqual([one]);
    await store.close();
  });

  it.each([401, 404, 413])('%s is not tried again', async (status) => {
    const { store, writes } = await open({}, () => ({ status, body: '{"error":"no"}' }));
    await expect(store.put(batches()({ fresh: [one] }))).rejects.toThrow(InfluxRejected);
    expect(writes()).toHaveLength(1);
    await store.close();
  });

  it('201, by which 3.x may say that it stored a part, is no success', async () => {
    const { store } = await open({ version: 3, token: 't' }, () => ({ status: 201 }));
    await expect(store.put(batches()({ fresh: [one] }))).rejects.toThrow(PartialWrite);
    expect(await store.latest()).toEqual([]);
    await store.close();
  });
});

await withTool(['influxd'], 'a real InfluxDB 1.x', () => {
  it('refuses some lines: the put names them and is pending until InfluxDB takes them', async () => {
    const influxd = await startInfluxd();
    try {
      const database = await influxd.database('partial');
      const options = { url: influxd.url, version: 1, database, sidecar } as const;
      const write = `${influxd.url}/write?db=${database}&precision=ms`;
      await fetch(write, { method: 'POST', body: `vehicle_count,device=foreign value=1i ${MONDAY}` });
      const store = await openInfluxStore(options);
      const good = Array.from({ length: 50 }, (_, i) =>
        observation({ metric: 'mean_speed', time: MONDAY + i, value: i + 0.5 }),
      );
      const bad = [7, 8].map((i) => observation({ time: MONDAY + i, value: i }));
      const batch = batches()({ fresh: [...good.slice(0, 20), ...bad, ...good.slice(20)] });
      const error = await store.put(batch).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(PartialWrite);
      expect(error).toMatchObject({
        lines: bad.map(
          ({ time, value }) => `vehicle_count,device=counter-1 value=${value},received=${time + 1_000} ${time}`,
        ),
      });
      const text = await influxd.query('SELECT count(value) FROM mean_speed', database);
      expect(text).toContain('50');
      expect(await store.latest()).toEqual([]);
      await influxd.query('DROP MEASUREMENT vehicle_count', database);
      await store.put(batch);
      expect(await store.range({ from: MONDAY, to: MONDAY + MINUTE, limit: 100 })).toHaveLength(52);
      await store.close();
    } finally {
      await influxd.stop();
    }
  });

  it('asks for a password: Basic is taken, a wrong one is a typed refusal', async () => {
    const influxd = await startInfluxd({ auth: { username: 'admin', password: 'right' } });
    try {
      const options = { url: influxd.url, version: 1, database: 'guarded', username: 'admin' } as const;
      const store = await openInfluxStore({ ...options, password: 'right', sidecar });
      await store.put(batches()({ fresh: [one] }));
      expect(await store.range({ from: MONDAY, to: MONDAY + 1, limit: 1 })).toEqual([one]);
      await store.close();
      const wrong = await openInfluxStore({ ...options, password: 'wrong', sidecar });
      await expect(wrong.held([one])).rejects.toThrow(/401/);
      await wrong.close();
    } finally {
      await influxd.stop();
    }
  });

  it('cannot answer: the error in an answer of 200 is an error here', async () => {
    const { store } = await open({});
    await store.put(batches()({ fresh: [one] }));
    await store.close();
    await gateway?.close();
    gateway = await startGateway(() => ({
      ...ANSWERS,
      body: '{"results":[{"statement_id":0,"error":"out of fuel"}]}\n',
    }));
    const again = await openInfluxStore({ url: gateway.url, version: 2, database: 'nhip', sidecar });
    await expect(again.held([one])).rejects.toThrow('out of fuel');
    await again.close();
  });
});
