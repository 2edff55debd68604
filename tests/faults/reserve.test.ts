import { open as openFile, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { open } from 'lmdb';
import { pino } from 'pino';
import { describe, expect, it, onTestFinished, type TestContext } from 'vitest';
import { openJournal } from '../../storage/journal/lmdb.ts';
import type { JournalEntry } from '../../storage/journal/port.ts';
import { DiskFull, Reserve } from '../../storage/lmdb/reserve.ts';
import { openSidecar } from '../../storage/telemetry/influxdb/sidecar.ts';
import { StoreUnavailable } from '../../storage/telemetry/port.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';
import { mountSmallDisk } from './harness/small-disk.ts';

const MIB = 2 ** 20;

/** A file system of the test's own, unmounted after it. */
async function smallDisk(context: TestContext, size: number) {
  const { path, remove } = await temporaryDirectory();
  const disk = await mountSmallDisk(path, size);
  onTestFinished(async () => {
    await disk?.unmount();
    await remove();
  });
  if (!disk) return context.skip('this user may not mount a tmpfs');
  return { path, ...disk };
}

const entry = (bytes: number): JournalEntry => ({
  ...{ device: 'loop-1', domain: 'traffic', provider: 'city', format: 'json', received: 1_000 },
  payload: Buffer.alloc(bytes, 'x'),
});

/** A log that keeps the name of each error it was told. */
function listening() {
  const names: string[] = [];
  const log = pino(
    { serializers: { err: (error: unknown) => error } },
    {
      write(line: string) {
        names.push(/"name":"(\w+)"/.exec(line)?.[1] ?? line);
      },
    },
  );
  return { names, log };
}

describe('a disk that fills between the look at it and the commit', () => {
  it('takes from no commit what it was promised', async (context) => {
    const disk = await smallDisk(context, 64 * MIB);
    const root = open({ path: join(disk.path, 'env'), noSubdir: false, overlappingSync: false, mapSize: 2 ** 32 });
    const file = await openFile(join(disk.path, 'env', 'data.mdb'), 'r+');
    onTestFinished(async () => {
      await root.close();
      await file.close();
    });
    const reserve = new Reserve(root, file);
    const value = Buffer.alloc(4 * MIB, 'v');
    await reserve.take(6 * MIB);
    await disk.fill();
    expect((await statfs(disk.path)).bavail).toBe(0);
    await root.put('promised', value);
    expect(value.equals(root.get('promised'))).toBe(true);
    await expect(reserve.take(6 * MIB)).rejects.toBeInstanceOf(DiskFull);
    await disk.free();
    await reserve.take(6 * MIB);
    await root.put('again', value);
    expect(value.equals(root.get('again'))).toBe(true);
  });

  it('holds the journal up, which never meets its end and goes on once there is room', async (context) => {
    const disk = await smallDisk(context, 160 * MIB);
    const { names, log } = listening();
    const journal = await openJournal({ path: join(disk.path, 'journal'), minFreeBytes: 1, giveUpAfterMs: 200, log });
    onTestFinished(() => journal.close());
    for (let round = 0; round < 8; round += 1) {
      // The journal has just looked at the disk, and believes for a while that there is room.
      await journal.append(entry(100));
      await disk.fill();
      const held = Array.from({ length: 64 }, () => journal.append(entry(100_000)));
      const outcomes = await Promise.allSettled(held);
      expect(outcomes.map(({ status }) => status)).toEqual(held.map(() => 'rejected'));
      await disk.free();
    }
    const head = journal.head();
    expect(await journal.append(entry(100_000))).toBe(head + 1);
    expect(journal.waiting()).toBe(0);
    // LMDB would have told of ENOSPC, if it still could.
    expect(new Set(names)).toEqual(new Set(['DiskFull', 'JournalUnavailable']));
  });

  it('makes the sidecar of InfluxDB wait, and lets it go on', async (context) => {
    const disk = await smallDisk(context, 64 * MIB);
    const sidecar = await openSidecar(join(disk.path, 'sidecar'));
    onTestFinished(() => sidecar.close());
    const records = new Map(
      Array.from({ length: 2_000 }, (_, i) => [`device-${i}-${'x'.repeat(90)}`, { tallies: [], series: [] }] as const),
    );
    await disk.fill();
    await expect(sidecar.replace(records)).rejects.toBeInstanceOf(StoreUnavailable);
    await disk.free();
    await sidecar.replace(records);
    await sidecar.commit(7, records);
  });
});
