import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { type CityOptions, startCity, type TestCity } from '../helpers/city.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';
import { withTool } from '../helpers/tools.ts';
import { attach as attachTo } from './harness/strace.ts';
import type { TracedCall } from './trace.ts';

async function start(options: Omit<CityOptions, 'dataDir'> = {}): Promise<{ city: TestCity; folder: string }> {
  const { path, remove } = await temporaryDirectory();
  const city = await startCity({ dataDir: join(path, 'data'), ...options });
  onTestFinished(async () => {
    await city.kill();
    await remove();
  });
  return { city, folder: path };
}

/** strace on a running city: the fault begins when this resolves and ends with `stop`. */
const attach = (city: TestCity, folder: string, options: readonly string[]) =>
  attachTo(city.pid, join(folder, 'trace'), ['-y', '-s', '4096', ...options]);

const ofJournal = (call: TracedCall): boolean => call.name === 'fdatasync' && call.text.includes('/journal');

await withTool(['strace'], 'the promise, on a disk that is slow or fails', () => {
  it('no PUBACK and no 202 leaves before the flush of what it acknowledges', async () => {
    const { city, folder } = await start();
    const password = await city.register({ id: 'counter-slow' });
    const client = await city.connect('counter-slow', password);
    const trace = await attach(city, folder, [
      ...['-e', 'trace=fdatasync,read,recvmsg,recvfrom,write,writev,sendmsg,sendto'],
      ...['-e', 'inject=fdatasync:delay_enter=100000'],
    ]);
    await client.publishAsync(
      'city/traffic/counter-slow/telemetry',
      '{"values": {"mean_speed": 11}, "mark": "by-mqtt"}',
      { qos: 1 },
    );
    const posted = await fetch(`${city.url}/api/v1/devices/counter-slow/telemetry`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`counter-slow:${password}`)}`, 'content-type': 'application/json' },
      body: '{"values": {"mean_speed": 12}, "mark": "by-http"}',
    });
    expect(posted.status).toBe(202);
    await trace.stop();
    await client.endAsync();

    const calls = await trace.calls();
    const received = (mark: string) => calls.find((call) => /^re/.test(call.name) && call.text.includes(mark));
    for (const [mark, acknowledged] of [
      // mqtt-packet hands the PUBACK over in pieces.
      ['by-mqtt', /iov_base="@", iov_len=1/],
      ['by-http', /202 Accepted/],
    ] as const) {
      const arrival = received(mark);
      const answer = calls.find(
        (call) => call.begin > (arrival?.end ?? Infinity) && !/^re/.test(call.name) && acknowledged.test(call.text),
      );
      if (!arrival || !answer) throw new Error(`${mark}: arrival or answer is not in the trace`);
      const flushes = calls.filter((call) => ofJournal(call) && call.begin > arrival.end && call.end < answer.begin);
      expect(flushes.length, mark).toBeGreaterThan(0);
      expect(flushes.every((call) => call.result === 0)).toBe(true);
    }
  });

  it('while the disk fails nothing is acknowledged and the process lives; it goes on when the disk does', async () => {
    const { city, folder } = await start();
    const password = await city.register({ id: 'counter-eio' });
    const client = await city.connect('counter-eio', password, { reconnectPeriod: 50 });
    client.on('error', () => {});
    const time = Date.now() - 60_000;
    const publish = (value: number) =>
      client.publishAsync(
        'city/traffic/counter-eio/telemetry',
        JSON.stringify({ time: time + value, values: { mean_speed: value } }),
        { qos: 1 },
      );
    await publish(1);

    const fault = await attach(city, folder, [
      '-e',
      'trace=fdatasync',
      '-P',
      join(folder, 'data/journal'),
      '-P',
      join(folder, 'data/journal/data.mdb'),
      '-e',
      'inject=fdatasync:error=EIO',
    ]);
    let acknowledged = false;
    const during = publish(2).then(() => {
      acknowledged = true;
    });
    await vi.waitFor(
      async () => expect((await fault.calls()).filter((call) => call.injected).length).toBeGreaterThanOrEqual(2),
      { timeout: 30_000 },
    );
    expect(acknowledged).toBe(false);
    expect((await fetch(`${city.url}/healthz`)).status).toBe(200);
    expect((await city.ledger()).messages.accepted).toBe(1);

    await fault.stop();
    await during;
    await publish(3);
    const { messages, observations } = await city.settled();
    expect(messages.accepted).toBe(messages.processed);
    expect(observations.stored).toBe(3);
    const stored = await city.json('/api/v1/observations?device=counter-eio');
    expect(stored).toMatchObject({ items: [{ value: 1 }, { value: 2 }, { value: 3 }] });
    await client.endAsync();
  });

  it('while only the store’s disk fails, senders are acknowledged and the live view goes on; then all is stored once', async () => {
    const { city, folder } = await start();
    const password = await city.register({ id: 'counter-wal' });
    const client = await city.connect('counter-wal', password);
    const time = Date.now() - 60_000;
    const publish = (value: number) =>
      client.publishAsync(
        'city/traffic/counter-wal/telemetry',
        JSON.stringify({ time: time + value, values: { mean_speed: value } }),
        { qos: 1 },
      );
    await publish(1);
    await city.settled();
    const wal = join(folder, 'data/telemetry.duckdb.wal');
    const fault = await attach(city, folder, [
      ...['-e', 'trace=fsync,fdatasync', '-P', wal],
      ...['-e', 'inject=fsync,fdatasync:error=EIO'],
    ]);
    for (const value of [2, 3, 4]) await publish(value);
    await vi.waitFor(async () => expect((await fault.calls()).some((call) => call.injected)).toBe(true), {
      timeout: 30_000,
    });
    await vi.waitFor(async () =>
      expect(await city.json('/api/v1/devices/counter-wal/latest')).toMatchObject({ items: [{ value: 4 }] }),
    );
    expect((await city.ledger()).messages).toMatchObject({ accepted: 4, processed: 1, pending: 3 });
    await fault.stop();
    const { observations } = await city.settled();
    expect(observations).toMatchObject({ decoded: 4, stored: 4, duplicate: 0 });
    expect(await city.json('/api/v1/observations?device=counter-wal')).toMatchObject({
      items: [{ value: 1 }, { value: 2 }, { value: 3 }, { value: 4 }],
    });
    await client.endAsync();
  });
});
