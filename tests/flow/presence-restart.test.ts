import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { DeviceView } from '../../api/views.ts';
import { PresenceHistory } from '../../model/presence.ts';
import { openSqliteRegistry } from '../../storage/registry/sqlite.ts';
import { startCity, type TestCity } from '../helpers/city.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';

/** The longest that presence may take to be written down, and then some for a busy machine. */
const WAIT = { timeout: 30_000, interval: 100 };

async function connectionOf(city: TestCity, id: string) {
  return DeviceView.parse(await (await city.api(`/api/v1/devices/${id}`)).json()).connection;
}

async function changesOf(city: TestCity, ids: readonly string[]) {
  const response = await city.api(`/api/v1/presence/traffic?device=${ids.join(',')}`);
  const { items } = PresenceHistory.parse(await response.json());
  return items.map(({ device, changes }) => [device, changes.map(({ online }) => online)]);
}

/** Resolves once presence of these devices is on the disk, as the next start will read it. */
async function written(dataDir: string, devices: readonly string[]): Promise<void> {
  const registry = await openSqliteRegistry({ path: join(dataDir, 'registry.sqlite'), readonly: true });
  try {
    await vi.waitFor(
      async () => expect((await registry.presences()).devices.map(({ device }) => device)).toEqual(devices),
      WAIT,
    );
  } finally {
    await registry.close();
  }
}

describe('presence over a restart of the whole city', () => {
  it.each(['SIGTERM', 'SIGKILL'] as const)(
    'by %s is what it was: nobody is told offline who was not',
    async (signal) => {
      const folder = await temporaryDirectory();
      onTestFinished(() => folder.remove());
      const first = await startCity({ dataDir: folder.path });
      const there = await first.register({ id: 'counter-there' });
      const gone = await first.register({ id: 'counter-gone' });
      await first.register({ id: 'counter-never' });
      const online = await first.connect('counter-there', there);
      online.on('error', () => {});
      await (await first.connect('counter-gone', gone)).endAsync();
      const before = await vi.waitFor(async () => {
        const [one, other] = [await connectionOf(first, 'counter-there'), await connectionOf(first, 'counter-gone')];
        expect(one).toMatchObject({ online: true, reason: 'connected' });
        expect(other).toMatchObject({ online: false, reason: 'disconnected' });
        return { one, other };
      }, WAIT);
      if (signal === 'SIGKILL') {
        await written(folder.path, ['counter-gone', 'counter-there']);
        await first.kill();
      } else await first.stop();
      await online.endAsync(true);

      const second = await startCity({ dataDir: folder.path });
      onTestFinished(async () => {
        await second.stop();
      });
      expect(await connectionOf(second, 'counter-there')).toEqual(before.one);
      expect(await connectionOf(second, 'counter-gone')).toEqual(before.other);
      expect(await connectionOf(second, 'counter-never')).toBeNull();
      const back = await second.connect('counter-there', there);
      await back.publishAsync('city/traffic/counter-there/telemetry', '{"values":{"mean_speed":30}}', { qos: 1 });
      expect(await connectionOf(second, 'counter-there')).toEqual(before.one);
      await back.endAsync();
      await vi.waitFor(
        async () =>
          expect(await connectionOf(second, 'counter-there')).toMatchObject({ online: false, reason: 'disconnected' }),
        WAIT,
      );
      // What changed is kept across the restart, and is there for whoever plays the past.
      await vi.waitFor(
        async () =>
          expect(await changesOf(second, ['counter-there', 'counter-gone', 'counter-never'])).toEqual([
            ['counter-gone', [true, false]],
            ['counter-there', [true, false]],
          ]),
        WAIT,
      );
    },
  );
});
