import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { device, NOW, openCity } from '../../api/testing/city.fixture.ts';
import { instant } from '../../model/observation.ts';
import { openSqliteQuarantine } from '../../storage/quarantine/sqlite.ts';
import { temporaryDirectory } from '../../tests/helpers/temporary.ts';
import { pathsOf } from '../data-dir.ts';
import { createBackups } from './make.ts';

it('a message that is replayed while a backup is made is in its journal or can be replayed again', async () => {
  const folder = await temporaryDirectory();
  onTestFinished(() => folder.remove());
  const city = await openCity();
  onTestFinished(() => city.close());
  await city.register(device('counter-1'));
  await city.quarantine.put([
    {
      ...{ id: '7-0', scope: 'message', device: 'counter-1', provider: 'hanoi', domain: 'traffic', format: 'json' },
      ...{ received: instant(NOW), reason: 'unknown-device', detail: '', metric: null, payload: '{"values": {}}' },
      ...{ encoding: 'utf8', truncated: false, replayed: null },
    },
  ]);
  const journal = {
    head: () => city.journal.head(),
    async backup(path: string) {
      await city.journal.backup(path);
      expect((await city.send('POST', '/api/v1/quarantine/replay', { all: true })).status).toBe(200);
    },
  };
  const { registry, telemetry, archive, quarantine } = city;
  const dir = { ...pathsOf(folder.path), release: () => undefined };
  const backup = await createBackups({ dir, store: 'duckdb', telemetry, archive, journal, registry, quarantine })();
  expect([backup.head, city.journal.head()]).toEqual([0, 1]);
  const copy = await openSqliteQuarantine({ path: join(backup.path, 'quarantine.sqlite') });
  onTestFinished(() => copy.close());
  expect((await copy.get('7-0'))?.replayed).toBeNull();
});
