import { access, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import { topicOf } from '../../model/topic.ts';
import { createMqttSender } from '../../simulators/replay/mqtt-sender.ts';
import { startCity, type TestCity } from '../helpers/city.ts';
import { BASE, replay, replayed, STEP, sensorCsv, sensorMapping, towards } from '../helpers/replay.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';

const HOUR = 3_600_000;
const iso = (ms: number) => new Date(ms).toISOString();

const Credentials = z.record(z.string(), z.string());
const Observations = z.object({
  items: z.array(z.object({ time: z.string(), value: z.number(), quality: z.string() })),
});

describe('npm run replay', () => {
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>;
  let city: TestCity;
  let serial = 0;
  beforeAll(async () => {
    folder = await temporaryDirectory();
    city = await startCity({ dataDir: folder.path });
  });
  afterAll(async () => {
    await city?.stop();
    await folder?.remove();
  });

  /** A file, ids and credentials of the test's own. */
  async function given(text: string) {
    serial += 1;
    const file = join(folder.path, `${serial}.csv`);
    const credentials = join(folder.path, `${serial}/credentials.json`);
    await writeFile(file, text);
    const prefix = `r${serial}-`;
    return { file, prefix, target: { city, dataDir: folder.path, credentials }, args: sensorMapping(file, prefix) };
  }
  const passwords = async (path: string) => Credentials.parse(JSON.parse(await readFile(path, 'utf8')));
  const observations = async (device: string) => {
    await city.settled();
    return Observations.parse(await city.json(`/api/v1/observations?device=${device}&from=0`)).items;
  };
  const isThere = (path: string) =>
    access(path).then(
      () => true,
      () => false,
    );

  it.each(['mqtt', 'http'])('registers the devices and sends every row over %s', async (transport) => {
    const { target, args, prefix } = await given(sensorCsv(['A 1', 'Đ-2'], 5).replace(',3,ok', ',3,doubtful'));
    const quality = ['--quality', 'note', '--quality-map', 'ok=valid,doubtful=suspect'];
    const run = await replayed(target, [...args, ...quality, '--provider', 'museums', '--transport', transport]);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.summary).toMatchObject({
      devices: 2,
      registered: 2,
      rows: 10,
      sent: 10,
      acknowledged: 10,
      messages: 10,
    });
    expect(run.summary).toMatchObject({ shift: 0, from: iso(BASE), to: iso(BASE + 4 * STEP), errors: [] });

    expect(await city.json(`/api/v1/devices/${prefix}d-2`)).toMatchObject({
      ...{ domain: 'tourism', kind: 'footfall-counter', name: 'Counter Đ-2', provider: 'museums', simulated: false },
      geometry: { type: 'Point', coordinates: [105.85, 21.03] },
    });
    expect(await observations(`${prefix}a-1`)).toEqual(
      [0, 1, 2, 3, 4].map((i) =>
        expect.objectContaining({ time: iso(BASE + i * STEP), value: i, quality: i === 3 ? 'suspect' : 'valid' }),
      ),
    );
    expect((await stat(target.credentials)).mode & 0o777).toBe(0o600);
    expect(Object.keys(await passwords(target.credentials))).toEqual([`${prefix}a-1`, `${prefix}d-2`]);
  });

  it('goes on with the passwords it kept, and asks for a new one only where it has none', async () => {
    const { target, args, prefix } = await given(sensorCsv(['a', 'b'], 2));
    await replayed(target, args);
    const before = await passwords(target.credentials);
    const { a, b } = { a: `${prefix}a`, b: `${prefix}b` };
    const again = await replayed(target, args);
    expect(again.summary).toMatchObject({ registered: 0, acknowledged: 4 });
    expect(await passwords(target.credentials)).toEqual(before);

    await writeFile(target.credentials, JSON.stringify({ [a]: before[a] }));
    expect((await replayed(target, args)).summary).toMatchObject({ registered: 0, acknowledged: 4, failed: 0 });
    const after = await passwords(target.credentials);
    expect(after[a]).toBe(before[a]);
    expect(after[b]).not.toBe(before[b]);
    await expect(city.connect(b, before[b] ?? '')).rejects.toThrow();
    await (await city.connect(b, after[b] ?? '')).endAsync();
    expect(await observations(b)).toHaveLength(2);
  });

  it('registers more devices than one import takes from it', async () => {
    const sensors = Array.from({ length: 501 }, (_, i) => String(i));
    const { target, args } = await given(sensorCsv(sensors, 1));
    const { code, summary } = await replayed(target, [...args, '--transport', 'http', '--in-flight', '32']);
    expect(code).toBe(0);
    expect(summary).toMatchObject({ devices: 501, registered: 501, acknowledged: 501 });
    expect(Object.keys(await passwords(target.credentials))).toHaveLength(501);
  });

  it('shows with --dry-run what the rows become, needs no city for it, and that is what is sent', async () => {
    const { target, args, prefix } = await given(sensorCsv(['a'], 7));
    const nowhere = { ...target, city: { url: 'http://127.0.0.1:1', mqttPort: 1 }, dataDir: '/nowhere' };
    const { code, stdout, stderr } = await replay([...args, ...towards(nowhere), '--shift', '1', '--dry-run']);
    expect([code, stderr]).toEqual([0, '']);
    expect(await isThere(target.credentials)).toBe(false);
    const lines = stdout.split('\n');
    const shown = lines.slice(0, 5).map((line) => JSON.parse(line));
    expect(shown[4]).toEqual({
      topic: topicOf('tourism', `${prefix}a`, 'telemetry'),
      name: 'Counter a',
      message: { time: BASE + 4 * STEP + HOUR, values: { visitor_count: 4 } },
    });
    expect(JSON.parse(lines.slice(5).join('\n'))).toMatchObject({ rows: 7, readings: 7, devices: 1, shift: HOUR });

    await replayed(target, [...args, '--shift', '1']);
    const sent = (await observations(`${prefix}a`)).map(({ time, value }) => [Date.parse(time), value]);
    expect(sent.slice(0, 5)).toEqual(shown.map(({ message }) => [message.time, message.values.visitor_count]));
  });

  it('stores nothing when it is repeated with the shift that it printed', async () => {
    const { target, args } = await given(sensorCsv(['a'], 3));
    const first = await replayed(target, [...args, '--shift-to-now', 'day']);
    const { observations: before } = await city.settled();
    const shift = String(first.summary.shift / HOUR);
    expect((await replayed(target, [...args, '--shift', shift])).summary.to).toBe(first.summary.to);
    const { observations: after } = await city.settled();
    expect(after).toEqual({ ...before, decoded: before.decoded + 3, duplicate: before.duplicate + 3 });
  });

  it('ends with 2 where the command line cannot be used, and says what is wrong', async () => {
    const args = sensorMapping('x.csv', 'x-');
    await Promise.all(
      [
        { line: ['x.csv'], words: /required option '--domain/ },
        { line: args.slice(1), words: /missing required argument 'file'/ },
        { line: [...args, '--colour', 'red'], words: /unknown option '--colour'/ },
        { line: [...args, '--metric', 'n=mean_speed'], words: /has no metric mean_speed/ },
        { line: [...args, '--shift', '1', '--shift-to-now'], words: /--shift HOURS or --shift-to-now/ },
      ].map(async ({ line, words }) => {
        const { code, stdout, stderr } = await replay(line);
        expect([code, stdout]).toEqual([2, '']);
        expect(stderr).toMatch(words);
      }),
    );
  });

  it('explains itself with --help', async () => {
    const { code, stdout } = await replay(['--help']);
    expect(code).toBe(0);
    expect(stdout).toContain('--shift-to-now');
  });

  it('ends with 1 before it sends anything where it cannot begin', async () => {
    const { target, args, file, prefix } = await given(sensorCsv(['a', 'A!'], 1));
    const one = await given(sensorCsv(['a'], 1));
    await city.register({ id: `${one.prefix}a`, domain: 'traffic' });
    const wrongKey = join(folder.path, 'wrong.key');
    await writeFile(wrongKey, 'admin.wrong\n');
    const notJson = join(folder.path, 'not.json');
    await writeFile(notJson, 'no');
    const books = await city.settled();
    await Promise.all(
      [
        { line: [...args, ...towards(target)], words: /"a" and "A!" would both become device r\d+-a/ },
        { line: [...sensorMapping(`${file}.gone`, prefix), ...towards(target)], words: /no such file/ },
        {
          line: [...args, ...towards(target), '--device', 'pole'],
          words: /has no column pole; its columns are sensor, name/,
        },
        {
          line: [...one.args, ...towards(one.target)],
          words: /knows r\d+-a as traffic\/counter: choose another --device-prefix/,
        },
        {
          line: [...one.args, ...towards(one.target), '--device-prefix', 'w-', '--key-file', wrongKey],
          words: /: 401 /,
        },
        { line: [...one.args, ...towards(one.target), '--key-file', '/nowhere'], words: /key could not be read/ },
        {
          line: [...one.args, ...towards(one.target), '--url', 'http://127.0.0.1:1'],
          words: /127.0.0.1:1\/api\/v1 does not answer/,
        },
        {
          line: [...one.args, ...towards(one.target), '--credentials', notJson],
          words: /is not a file of credentials/,
        },
      ].map(async ({ line, words }) => {
        const { code, stdout, stderr } = await replay(line);
        expect([code, stdout]).toEqual([1, '']);
        expect(stderr).toMatch(words);
      }),
    );
    expect(await city.settled()).toEqual(books);
  });

  it('ends with 1 where nothing was sent', async () => {
    const { target, args } = await given(sensorCsv(['a'], 3));
    const { code, stdout } = await replay([...args, ...towards(target), '--where', 'note=never']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^skipped +3: filtered \(does not meet --where\)$/m);
    expect(stdout).toMatch(/^nothing was sent: check the mapping with --dry-run$/m);
  });

  it.each(['mqtt', 'http'])(
    'ends with 1 where a device is not let in over %s, and sends the others’ rows',
    async (transport) => {
      const { target, args, prefix } = await given(sensorCsv(['a', 'b'], 4));
      await replayed(target, [...args, '--transport', transport, '--where', 'count=0']);
      const patch = { method: 'PATCH', headers: { 'content-type': 'application/json' }, body: '{"state":"retired"}' };
      expect((await city.api(`/api/v1/devices/${prefix}b`, patch)).status).toBe(200);
      const { code, summary } = await replayed(target, [...args, '--transport', transport]);
      expect(code).toBe(1);
      expect(summary).toMatchObject({ sent: 8, acknowledged: 4, failed: 4, unsent: 0 });
      expect(summary.errors).toEqual([expect.stringContaining(`${prefix}b`)]);
      expect(await observations(`${prefix}a`)).toHaveLength(4);
    },
  );

  it('hears from the city what was quarantined and why', async () => {
    const password = await city.register({ id: 'old-clock', domain: 'tourism', kind: 'footfall-counter' });
    const options = { domain: 'tourism', passwordOf: () => password, patienceMs: 60_000 };
    const sender = createMqttSender({ host: '127.0.0.1', port: city.mqttPort }, options);
    onTestFinished(() => sender.close());
    await sender.send('old-clock', JSON.stringify({ time: 0, values: { visitor_count: 1 } }), 1);
    await sender.send('old-clock', JSON.stringify({ values: { visitor_count: -1 } }), 1);
    await vi.waitFor(() => expect(sender.rejected()).toEqual({ 'too-old': 1, 'out-of-range': 1 }));
  });
});
