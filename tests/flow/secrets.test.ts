import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startCity, type TestCity } from '../helpers/city.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';

const Key = z.object({ key: z.string() });
const Made = z.object({ credential: z.object({ password: z.string() }) });
const Password = z.object({ password: z.string() });

let folder: { path: string; remove(): Promise<void> };
let city: TestCity;
/** Everything that opens something, by what it is. */
const secrets = new Map<string, string>();

const json = async (response: Response): Promise<unknown> => {
  if (!response.ok) throw new Error(`${response.url}: ${response.status} ${await response.text()}`);
  return await response.json();
};

beforeAll(async () => {
  folder = await temporaryDirectory();
  city = await startCity({ dataDir: join(folder.path, 'data'), env: { LOG_LEVEL: 'debug' } });
  secrets.set('administrator', (await readFile(join(folder.path, 'data/admin.key'), 'utf8')).trim());
  const { key } = Key.parse(await json(await city.post('/api/v1/keys', { name: 'x', scopes: ['read'] })));
  secrets.set('key', key);
  const device = await city.register({ id: 'counter-1' });
  const observer = Made.parse(await json(await city.post('/api/v1/observers', { username: 'wall-1' })));
  secrets.set('observer', observer.credential.password);
  const session = await city.post('/api/v1/session', { key });
  const cookie = session.headers.get('set-cookie')?.split(';')[0] ?? '';
  secrets.set('session', cookie.slice(cookie.indexOf('=') + 1));
  secrets.set('first password', device);
  const renewed = Password.parse(await json(await city.post('/api/v1/devices/counter-1/credential', undefined)));
  secrets.set('second password', renewed.password);

  // Used rightly, wrongly, and where they do not belong.
  const client = await city.connect('counter-1', renewed.password);
  await client.publishAsync('city/traffic/counter-1/telemetry', '{"values": {"mean_speed": 3}}', { qos: 1 });
  await client.endAsync();
  for (const [name, secret] of secrets) {
    await city.connect('counter-1', `${secret}-wrong`).catch(() => {});
    await city.connect(secret.slice(0, 60), secret).catch(() => {});
    await fetch(`${city.url}/api/v1/ledger`, { headers: { authorization: `Bearer ${secret}x` } });
    await fetch(`${city.url}/api/v1/ledger`, { headers: { authorization: `Bearer ${secret}` } });
    await fetch(`${city.url}/api/v1/ledger?key=${secret}`, { headers: { cookie: `session=${secret}` } });
    await fetch(`${city.url}/api/v1/${secret}`);
    await fetch(`${city.url}/api/v1/devices/counter-1/telemetry`, {
      ...{ method: 'POST', headers: { authorization: `Basic ${btoa(`${name}:${secret}`)}` } },
      body: secret,
    });
  }
});
afterAll(async () => {
  await city.kill();
  await folder.remove();
});

/** The secret as it is presented, and its bare secret part where it has an id before the dot. */
const forms = (secret: string) => [secret, secret.slice(secret.indexOf('.') + 1)].filter((form) => form.length > 20);

describe('a secret', () => {
  it('is long, random and of its own', () => {
    expect(secrets.size).toBe(6);
    for (const [name, secret] of secrets)
      expect(secret.slice(secret.indexOf('.') + 1).length, name).toBeGreaterThan(42);
    expect(new Set(secrets.values()).size).toBe(secrets.size);
  });

  it('is in nothing that the city prints, whatever was done with it, also at the level of debugging', () => {
    const printed = `${city.stdout()}\n${city.stderr()}`;
    expect(printed).toContain('"level":20');
    for (const [name, secret] of secrets)
      for (const form of forms(secret)) {
        expect(printed.includes(form), name).toBe(false);
        expect(printed.includes(createHash('sha256').update(form).digest('hex')), `hash of ${name}`).toBe(false);
        expect(printed.includes(btoa(`${name}:${form}`)), `Basic of ${name}`).toBe(false);
      }
  });

  it('is in no file of the data directory but the administrator’s own, and nobody else may read any of them', async () => {
    const dir = join(folder.path, 'data');
    const files = (await readdir(dir, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    expect(files.length).toBeGreaterThan(4);
    for (const entry of files) {
      const path = join(entry.parentPath, entry.name);
      expect((await stat(path)).mode & 0o077, entry.name).toBe(0);
      const bytes = await readFile(path);
      for (const [name, secret] of secrets)
        for (const form of forms(secret))
          if (!(name === 'administrator' && entry.name === 'admin.key'))
            expect(bytes.includes(form), `${name} in ${entry.name}`).toBe(false);
    }
  });
});
