import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { startCity } from '../helpers/city.ts';
import { run } from '../helpers/process.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';

const MIB = 2 ** 20;

/** A file system of the test's own that really can be full; undefined where this user may not mount one. */
async function smallDisk(size: number): Promise<string | undefined> {
  const folder = await temporaryDirectory();
  const path = join(folder.path, 'disk');
  await mkdir(path);
  const mounted = await run('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', path]).catch(() => undefined);
  if (mounted?.code !== 0) {
    await folder.remove();
    return undefined;
  }
  onTestFinished(async () => {
    await run('umount', ['-l', path]);
    await folder.remove();
  });
  return path;
}

describe('a disk that is full', () => {
  it('is never acknowledged to: the city lives, says so, and goes on when there is room', async (context) => {
    const disk = await smallDisk(160 * MIB);
    if (disk === undefined) return context.skip('this user may not mount a tmpfs');
    const city = await startCity({ dataDir: join(disk, 'data') });
    onTestFinished(async () => void (await city.kill()));
    const password = await city.register({ id: 'counter-full' });
    const client = await city.connect('counter-full', password, { reconnectPeriod: 200 });
    client.on('error', () => {});
    const base = Date.now() - 600_000;
    let next = 0;
    const publish = () => {
      next += 1;
      const message = JSON.stringify({ time: base + next, values: { mean_speed: next % 200 } });
      return client.publishAsync('city/traffic/counter-full/telemetry', message, { qos: 1 });
    };
    for (let i = 0; i < 100; i += 1) await publish();
    await city.settled();

    // Everything but a little is taken by somebody else.
    const ballast = join(disk, 'ballast');
    await writeFile(ballast, Buffer.alloc(MIB));
    for (let i = 0; ; i += 1) {
      const written = await writeFile(`${ballast}-${i}`, Buffer.alloc(4 * MIB)).then(
        () => true,
        () => false,
      );
      if (!written) break;
    }
    const posted = fetch(`${city.url}/api/v1/devices/counter-full/telemetry`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`counter-full:${password}`)}`, 'content-type': 'application/json' },
      body: '{"time": 1, "values": {"mean_speed": 1}}',
    });
    let acknowledged = 0;
    const held = Array.from({ length: 500 }, () => publish().then(() => (acknowledged += 1)));
    expect((await posted).status).toBe(503);
    expect(acknowledged).toBe(0);
    expect((await fetch(`${city.url}/healthz`)).status).toBe(200);
    expect((await fetch(`${city.url}/readyz`)).status).toBe(503);

    for (let i = 0; ; i += 1) {
      const gone = await rm(`${ballast}-${i}`).then(
        () => true,
        () => false,
      );
      if (!gone) break;
    }
    await Promise.all(held);
    const { messages, observations } = await city.settled();
    expect(observations.stored).toBe(600);
    expect(messages.accepted).toBe(messages.processed);
    await vi.waitFor(async () => expect((await fetch(`${city.url}/readyz`)).status).toBe(200));
    await client.endAsync();
  });
});
