import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Problem } from '../../model/problem.ts';
import { openSqliteRegistry } from '../../storage/registry/sqlite.ts';
import { startCity, type TestCity } from '../helpers/city.ts';
import { command, done } from '../helpers/command.ts';
import { closed } from '../helpers/mqtt.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';

const Listed = z.object({ items: z.array(z.looseObject({ id: z.string() })), next: z.null() });
const Registered = z.object({ credential: z.object({ password: z.string() }) });
const Made = z.object({ id: z.string(), key: z.string() });
const Ledger = z.looseObject({ messages: z.record(z.string(), z.number()) });

const HEADER = 'id,domain,kind,name,lon,lat,tag:level';
const WARD = {
  type: 'FeatureCollection',
  features: [
    {
      type: 'Feature',
      properties: { name: 'Phường Thử' },
      geometry: {
        type: 'Polygon',
        coordinates: [
          [
            [105.8, 21],
            [105.9, 21],
            [105.9, 21.1],
            [105.8, 21.1],
            [105.8, 21],
          ],
        ],
      },
    },
  ],
};

describe.each(['running', 'stopped'])('the commands on a %s city', (state) => {
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>;
  let started: TestCity | undefined;
  let dataDir = '';
  beforeAll(async () => {
    folder = await temporaryDirectory();
    dataDir = join(folder.path, 'data');
    started = await startCity({ dataDir });
    if (state === 'stopped') {
      await started.stop();
      started = undefined;
    }
  });
  afterAll(async () => {
    await started?.stop();
    await folder?.remove();
  });

  const city = (...args: readonly string[]) => done(args, { dataDir });
  const ids = async (...args: readonly string[]) => Listed.parse(await city(...args)).items.map(({ id }) => id);
  const file = async (name: string, text: string) => {
    await writeFile(join(folder.path, name), text);
    return join(folder.path, name);
  };

  it('register a device, list it, retire it and let it in again', async () => {
    const place = ['--domain', 'traffic', '--kind', 'counter', '--at', '21.0314,105.8194'];
    const made = await city('device', 'add', 'counter-kim-ma', ...place, '--name', 'Kim Mã', '--tag', 'level=4');
    expect(made).toMatchObject({
      ...{ id: 'counter-kim-ma', name: 'Kim Mã', provider: 'hanoi', tags: { level: '4' } },
      geometry: { type: 'Point', coordinates: [105.8194, 21.0314] },
    });
    expect(Registered.parse(made).credential.password).toHaveLength(43);
    expect(await ids('device', 'list', '--tag', 'level=4')).toEqual(['counter-kim-ma']);
    expect(await ids('device', 'list', '--state', 'retired')).toEqual([]);
    await city('device', 'retire', 'counter-kim-ma');
    expect(await ids('device', 'list', '--state', 'retired')).toEqual(['counter-kim-ma']);
    await city('device', 'activate', 'counter-kim-ma');
    expect(await ids('device', 'list', '--state', 'retired')).toEqual([]);

    const people = await command(['device', 'list'], { dataDir });
    expect(people.stdout).toMatch(/^ID +KIND +PROVIDER +STATE +CONDITION +MARK +NAME\n/);
    expect(people.stdout).toMatch(/^counter-kim-ma +traffic\/counter +hanoi +active +(new +)?real +Kim Mã$/m);
    // How a device does only a running city knows.
    const asked = await command(['device', 'list', '--condition', 'new'], { dataDir });
    expect(asked.code).toBe(state === 'running' ? 0 : 3);
  });

  it('give a device a new password, and end the old one at once', async () => {
    await city('device', 'add', 'counter-new', '--domain', 'traffic', '--kind', 'counter', '--at', '21,105.8');
    const said = await command(['device', 'credential', 'counter-new', '--now'], { dataDir });
    expect(said).toMatchObject({ code: 0, stderr: expect.stringContaining('shown this once') });
    expect(said.stdout).toMatch(/^counter-new: the old one is good no more\npassword {3}[\w-]{43}\n$/);
    expect((await command(['device', 'credential', 'counter-none'], { dataDir })).code).toBe(3);
  });

  it('import devices of a file, all or none', async () => {
    const before = await ids('device', 'list');
    const rows = ['bus-a,traffic,bus,Xe A,,,', 'p-b,traffic,parking,"Bãi B, cửa sau",105.85,21.03,3'];
    const bad = await file('bad.csv', [HEADER, ...rows, 'c c,traffic,counter,C,105.85,21.03,'].join('\n'));
    const refusal = await command(['device', 'import', bad, '--json'], { dataDir });
    expect(refusal.code).toBe(3);
    expect(refusal.stdout).toBe('');
    const { status, errors } = Problem.parse(JSON.parse(refusal.stderr));
    expect([status, errors?.map(({ path }) => path)]).toEqual([422, ['line 4: id']]);
    expect(await ids('device', 'list')).toEqual(before);

    const passwords = join(folder.path, 'passwords.json');
    const good = await file('good.csv', [`\uFEFF${HEADER}`, ...rows].join('\r\n'));
    await city('device', 'import', good, '--credentials', passwords);
    expect(await ids('device', 'list')).toEqual([...before, 'bus-a', 'p-b'].sort());
    expect((await stat(passwords)).mode & 0o777).toBe(0o600);
    expect(Object.keys(JSON.parse(await readFile(passwords, 'utf8')))).toEqual(['bus-a', 'p-b']);

    // Passwords are made once: a file of others is not written over, and without a place for them nothing is registered.
    const more = await file('more.csv', [HEADER, 'bus-z,traffic,bus,Xe Z,,,'].join('\n'));
    for (const place of [passwords, join(folder.path, 'nowhere', 'passwords.json')])
      expect((await command(['device', 'import', more, '--credentials', place], { dataDir })).code).toBe(3);
    expect(Object.keys(JSON.parse(await readFile(passwords, 'utf8')))).toEqual(['bus-a', 'p-b']);
    expect(await ids('device', 'list', '--search', 'bus-z')).toEqual([]);
    const unused = join(folder.path, 'unused.json');
    expect((await command(['device', 'import', bad, '--credentials', unused], { dataDir })).code).toBe(3);
    await expect(stat(unused)).rejects.toThrow('ENOENT');

    const input = '{"id":"counter-in","domain":"traffic","kind":"counter","name":"In","position":[105.8,21]}\n';
    const piped = await command(['device', 'import', '-', '--format', 'ndjson'], { dataDir, input });
    expect(piped.code).toBe(0);
    expect(piped.stdout).toMatch(/^ID +PASSWORD\ncounter-in +[\w-]{43}\n$/);
  });

  it('make, list and revoke keys', async () => {
    const made = Made.parse(await city('key', 'create', 'Transerco', '--scope', 'read', '--id', 'partner-1'));
    expect(made.key).toMatch(/^partner-1\.[\w-]{43}$/);
    expect(await ids('key', 'list')).toEqual(['admin', 'partner-1']);
    const use = () => fetch(`${started?.url}/api/v1/ledger`, { headers: { authorization: `Bearer ${made.key}` } });
    if (started) expect((await use()).status).toBe(200);
    await city('key', 'revoke', 'partner-1');
    expect(await ids('key', 'list')).toEqual(['admin']);
    if (started) expect((await use()).status).toBe(401);
    expect((await command(['key', 'revoke', 'partner-1'], { dataDir })).code).toBe(3);
    expect(await command(['key', 'revoke', 'admin'], { dataDir })).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/^city: the administrator’s key .+\n$/),
    });
  });

  it('make, list and delete observers', async () => {
    const made = Registered.parse(await city('observer', 'create', 'wall-1'));
    expect(await city('observer', 'list')).toMatchObject({ items: [{ username: 'wall-1' }] });
    const client = await started?.connect('wall-1', made.credential.password);
    client?.on('error', () => {});
    const cut = client && closed(client);
    const renewed = z.object({ password: z.string(), previousUntil: z.string().nullable() });
    const next = renewed.parse(await city('observer', 'credential', 'wall-1'));
    expect(Date.parse(next.previousUntil ?? '')).toBeGreaterThan(Date.now());
    expect(next.password).not.toBe(made.credential.password);
    await city('observer', 'delete', 'wall-1');
    // Whoever is connected as an observer that is no more is out.
    await cut;
    await client?.endAsync(true);
    expect(await city('observer', 'list')).toMatchObject({ items: [] });
    expect((await command(['observer', 'delete', 'wall-1'], { dataDir })).code).toBe(3);
  });

  it('import areas and go back to the built-in ones', async () => {
    const wrong = await file('wrong.geojson', '{"type": "FeatureCollection", "features": [{}]}');
    expect(await command(['areas', 'import', wrong], { dataDir })).toMatchObject({ code: 3, stdout: '' });
    // Every fault once, in one line.
    const point = await file('point.geojson', '{"type": "Point", "coordinates": [105.8, 21]}');
    expect(await command(['areas', 'import', point], { dataDir })).toMatchObject({
      code: 3,
      stderr:
        'city: type: the file is not a GeoJSON FeatureCollection, and 1 more; nothing was changed; ' +
        'features: the areas are an array of features\n',
    });
    const ward = await file('ward.geojson', JSON.stringify(WARD));
    expect(await city('areas', 'import', ward, '--attribution', 'Sở Quy hoạch')).toEqual({ level: 'ward', areas: 1 });
    expect(await city('areas', 'reset')).toEqual({ level: 'ward', reset: true });
  });

  it('show the books and an empty quarantine', async () => {
    expect(Ledger.parse(await city('ledger')).messages).toEqual({
      accepted: 0,
      processed: 0,
      quarantined: 0,
      pending: 0,
    });
    expect(await ids('quarantine', 'list')).toEqual([]);
    expect(await city('quarantine', 'replay', '--all')).toMatchObject({ replayed: 0, messages: 0 });
    expect((await command(['quarantine', 'show', '1-0'], { dataDir })).code).toBe(3);
    const people = await command(['ledger'], { dataDir });
    expect(people.stdout).toMatch(/^PROVIDER +ACCEPTED .*\nall +0 .*\n/);
  });

  it('wait for each other, and are written down', async () => {
    const both = await Promise.all([command(['ledger'], { dataDir }), command(['device', 'list'], { dataDir })]);
    expect(both.map(({ code, stderr }) => [code, stderr])).toEqual([
      [0, ''],
      [0, ''],
    ]);
    await city('device', 'retire', 'bus-a');
    const registry = await openSqliteRegistry({ path: join(dataDir, 'registry.sqlite'), readonly: true });
    expect(await registry.audits({ limit: 1 })).toMatchObject([
      { actor: state === 'running' ? 'admin' : 'command-line', action: 'device.change', subject: 'bus-a' },
    ]);
    await registry.close();
  });
});

describe('a city elsewhere', () => {
  it('is asked by its address with a key of a file or of ADMIN_KEY', async () => {
    const folder = await temporaryDirectory();
    const city = await startCity({ dataDir: join(folder.path, 'data') });
    try {
      const nowhere = join(folder.path, 'nowhere');
      const keyFile = join(folder.path, 'data', 'admin.key');
      const ask = (args: readonly string[], env: Record<string, string> = {}) =>
        command([...args, 'key', 'list'], { dataDir: nowhere, env });
      expect((await ask(['--url', city.url, '--key-file', keyFile])).code).toBe(0);
      const ADMIN_KEY = (await readFile(keyFile, 'utf8')).trim();
      expect((await ask([], { CITY_URL: `${city.url}/`, ADMIN_KEY })).code).toBe(0);
      expect((await ask(['--url', city.url])).code).toBe(3);
      expect((await ask(['--url', city.url, '--key', 'admin.wrong'])).stderr).toMatch(/^city: .*key.*\n$/);
      await city.stop();
      const away = await ask(['--url', city.url, '--key-file', keyFile]);
      expect([away.code, away.stderr]).toEqual([1, `city: the city at ${city.url} does not answer\n`]);
      await expect(stat(nowhere)).rejects.toThrow('ENOENT');
    } finally {
      await folder.remove();
    }
  });

  it('was killed and is found stopped', async () => {
    const folder = await temporaryDirectory();
    const dataDir = join(folder.path, 'data');
    const city = await startCity({ dataDir });
    await city.kill();
    await expect(readFile(join(dataDir, 'city.json'), 'utf8')).resolves.toContain(city.url);
    expect(await done(['device', 'list'], { dataDir })).toMatchObject({ items: [] });
    await expect(stat(join(dataDir, 'city.json'))).rejects.toThrow('ENOENT');
    await folder.remove();
  });
});
