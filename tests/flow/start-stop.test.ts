import { once } from 'node:events';
import { chmod, readdir, readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { launch, startCity } from '../helpers/city.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';

async function dataDir(): Promise<string> {
  const folder = await temporaryDirectory();
  onTestFinished(() => folder.remove());
  return folder.path;
}

describe('the process', () => {
  it('binds to 127.0.0.1, keeps the administrator’s key to itself and stops cleanly', async () => {
    const path = await dataDir();
    const city = await startCity({ dataDir: path });
    expect(new URL(city.url).hostname).toBe('127.0.0.1');
    const key = (await readFile(join(path, 'admin.key'), 'utf8')).trim();
    expect((await stat(join(path, 'admin.key'))).mode & 0o777).toBe(0o600);
    expect(key.length).toBeGreaterThan(43);
    expect((await fetch(`${city.url}/healthz`)).status).toBe(200);
    expect((await fetch(`${city.url}/readyz`)).status).toBe(200);
    expect(await (await fetch(`${city.url}/metrics`)).text()).toMatch(/nhip_messages\{kind="accepted"\} 0/);
    const { code } = await city.stop();
    expect(code).toBe(0);
    expect(city.stderr()).not.toContain(key);
  });

  it('keeps what it keeps from others, in a directory that is open to them too', async () => {
    const path = await dataDir();
    await chmod(path, 0o755);
    const city = await startCity({ dataDir: path });
    expect((await city.api('/api/v1/backups', { method: 'POST' })).status).toBe(201);
    const names = await readdir(path, { recursive: true });
    expect(names).toEqual(expect.arrayContaining(['registry.sqlite', 'telemetry.duckdb', join('journal', 'data.mdb')]));
    for (const name of names) expect((await stat(join(path, name))).mode & 0o077, name).toBe(0);
    await city.stop();
  });

  it('says that the key is the operator’s where it is', async () => {
    const given = 'of-the-operators-own-choosing';
    const city = await startCity({ dataDir: await dataDir(), env: { ADMIN_KEY: given } });
    await city.stop();
    expect(city.stdout()).toContain("administrator's key in ADMIN_KEY\n");
    expect(city.stdout()).not.toContain(given);
  });

  it('stops within its promise with a stream open and devices connected', async () => {
    const city = await startCity({ dataDir: await dataDir() });
    const client = await city.connect('counter-1', await city.register({ id: 'counter-1' }));
    client.on('error', () => {});
    const stream = await fetch(`${city.url}/api/v1/stream`);
    expect((await city.stop()).code).toBe(0);
    await stream.body?.cancel().catch(() => {});
    await client.endAsync(true);
  });

  it('refuses a data directory that is in use, in one line', async () => {
    const path = await dataDir();
    const city = await startCity({ dataDir: path });
    const second = await launch({ dataDir: path });
    expect((await second.exited).code).toBe(1);
    expect(second.stderr()).toBe(`nhip: DATA_DIR ${path} is in use by another process\n`);
    await city.stop();
  });

  it.each([
    ['PORT', 'many'],
    ['STORE', 'oracle'],
    ['SIMULATE', 'some'],
    ['SIMULATE', '-1'],
    ['SIMULATE_HISTORY', '8d'],
    ['RETENTION_RAW', 'forever'],
    ['RETENTION_HOURS', '0d'],
    ['CITY_TIMEZONE', 'Hanoi'],
    ['PUBLIC_READ', 'maybe'],
    ['ADMIN_KEY', 'short'],
    ['ADMIN_KEY', 'khoá-của-người-quản-trị'],
    ['REGISTRY_URL', 'postgres://city'],
  ])('refuses %s=%s with one line that names it', async (name, value) => {
    const child = await launch({ dataDir: await dataDir(), env: { [name]: value } });
    expect((await child.exited).code).toBe(2);
    expect(child.stderr()).toMatch(new RegExp(`^nhip: ${name}: .+\\n$`));
  });

  it('refuses files that cannot be used with one line that names the setting', async () => {
    const folder = await dataDir();
    const noDirectory = await launch({ dataDir: '/dev/null/nowhere' });
    expect((await noDirectory.exited).code).toBe(1);
    expect(noDirectory.stderr()).toMatch(/^nhip: DATA_DIR \/dev\/null\/nowhere cannot be used: .+\n$/);
    const tls = { MQTTS_PORT: '0', TLS_CERT: join(folder, 'none.pem'), TLS_KEY: join(folder, 'none.pem') };
    const noCertificate = await launch({ dataDir: folder, env: tls });
    expect((await noCertificate.exited).code).toBe(2);
    expect(noCertificate.stderr()).toMatch(/^nhip: TLS_CERT: .+\n$/);
  });

  it('stops cleanly when told to before it is ready', async () => {
    const child = await launch({ dataDir: await dataDir(), env: { SIMULATE: '50' } });
    await child.line(/^mqtt /m);
    expect((await child.kill('SIGTERM')).code).toBe(0);
  });

  it('says which port is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address ? String(address.port) : '';
    const child = await launch({ dataDir: await dataDir(), env: { PORT: port } });
    expect((await child.exited).code).toBe(1);
    expect(child.stderr()).toContain(port);
  });

  it('takes the administrator’s key from ADMIN_KEY', async () => {
    const city = await startCity({
      dataDir: await dataDir(),
      env: { ADMIN_KEY: 'of-the-operators-own-choosing' },
    });
    expect((await city.api('/api/v1/ledger')).status).toBe(200);
    expect((await fetch(`${city.url}/api/v1/ledger`)).status).toBe(401);
    await city.stop();
  });
});
