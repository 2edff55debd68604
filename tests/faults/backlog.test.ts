import { expect, it, onTestFinished, vi } from 'vitest';
import { startCity } from '../helpers/city.ts';
import { type Action, startGateway } from '../helpers/gateway.ts';
import { startInfluxd } from '../helpers/influxd.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';
import { withTool } from '../helpers/tools.ts';

const LIMIT = 64 * 1024;

await withTool(['influxd'], 'a backlog with a bound, while the store is away', () => {
  it('warns, turns devices away unacknowledged at the bound, also after a restart, and takes them again by itself', async () => {
    const influxd = await startInfluxd();
    let away = false;
    const rule = (): Action => (away ? 'break' : 'pass');
    const gateway = await startGateway(rule, influxd.url);
    const folder = await temporaryDirectory();
    const env = { STORE: 'influxdb', INFLUX_URL: gateway.url, JOURNAL_BACKLOG: '64K' };
    let city = await startCity({ dataDir: folder.path, env });
    onTestFinished(async () => {
      await city.kill();
      await gateway.close();
      await influxd.stop();
      await folder.remove();
    });
    const password = await city.register({ id: 'counter-1' });
    const base = Date.now() - 600_000;
    let sent = 0;
    const message = () => JSON.stringify({ time: base + ++sent, values: { mean_speed: sent % 100 }, note: PAD });
    const post = () =>
      fetch(`${city.url}/api/v1/devices/counter-1/telemetry`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(`counter-1:${password}`)}`, 'content-type': 'application/json' },
        body: message(),
      });
    const readiness = async () => await (await fetch(`${city.url}/readyz`)).json();
    const gauge = async (name: string) =>
      Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(await (await fetch(`${city.url}/metrics`)).text())?.[1]);
    expect((await post()).status).toBe(202);
    await city.settled();
    expect(await readiness()).toEqual({ ready: true, checks: { store: true, journal: true, backlog: true } });

    away = true;
    let accepted = 1;
    let warned = false;
    let answer = await post();
    for (; answer.status === 202 && accepted < 200; answer = await post()) {
      accepted += 1;
      if ((await gauge('nhip_backlog_alarm')) === 0 || warned) continue;
      warned = true;
      expect(await readiness()).toMatchObject({ checks: { backlog: true }, warnings: ['journal-backlog'] });
    }
    expect(warned).toBe(true);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await answer.json()).toMatchObject({ code: 'overloaded' });
    expect(await readiness()).toMatchObject({ ready: false, checks: { journal: true, backlog: false } });
    const bytes = await gauge('nhip_backlog_bytes');
    expect(bytes).toBeGreaterThanOrEqual(LIMIT);
    expect(bytes).toBeLessThan(LIMIT + 2_000);
    expect(await gauge('nhip_backlog_limit_bytes')).toBe(LIMIT);

    const client = await city.connect('counter-1', password, { reconnectPeriod: 100 });
    client.on('error', () => {});
    const closed = new Promise<void>((resolve) => client.once('close', resolve));
    let acknowledged = false;
    const held = client.publishAsync('city/traffic/counter-1/telemetry', message(), { qos: 1 }).then(() => {
      acknowledged = true;
    });
    await closed;
    expect(acknowledged).toBe(false);
    expect(city.stderr() + city.stdout()).toMatch(/much waits for the store/);

    // The client goes on trying; nobody has to do anything but bring the store back.
    away = false;
    await held;
    expect((await city.settled()).messages).toMatchObject({ accepted: accepted + 1, pending: 0 });
    await vi.waitFor(async () => expect(await readiness()).toMatchObject({ ready: true }), { timeout: 30_000 });
    expect(await readiness()).not.toHaveProperty('warnings');
    expect(await gauge('nhip_backlog_bytes')).toBe(0);
    await client.endAsync();

    // What waits is counted anew by the next process: from the keys of the journal.
    away = true;
    const writes = () => gateway.seen.filter(({ path }) => path === '/write').length;
    const already = writes();
    expect((await post()).status).toBe(202);
    // What is being written when the process ends is finished while the next one opens the store: the twenty wait behind it.
    await vi.waitFor(() => expect(writes()).toBeGreaterThan(already), { timeout: 30_000 });
    for (let i = 0; i < 20; i += 1) expect((await post()).status).toBe(202);
    const before = await gauge('nhip_backlog_bytes');
    await city.kill();
    const starting = startCity({ dataDir: folder.path, env: { ...env, JOURNAL_BACKLOG: '10K' } });
    away = false;
    city = await starting;
    expect(before).toBeGreaterThan(20 * PAD.length);
    expect(city.stderr() + city.stdout()).toMatch(/too much waits for the store/);
    await city.settled();
    expect((await post()).status).toBe(202);
  });
});

const PAD = 'x'.repeat(900);
