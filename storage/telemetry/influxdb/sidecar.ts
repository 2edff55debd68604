import { open as openFile } from 'node:fs/promises';
import { join } from 'node:path';
import { backupEnvironment } from '../../lmdb/backup.ts';
import { DiskFull, Reserve } from '../../lmdb/reserve.ts';
import { type Batch, StoreUnavailable } from '../port.ts';
import type { OldHours } from './old-hours.ts';
import type { DeviceRecord, DeviceRecords } from './series.ts';

/** A batch that was begun: InfluxDB may have none, some or all of it. */
export interface Intent {
  readonly batch: Batch;
  /** How many values each correction's identity had superseded before the batch; in the batch's order. */
  readonly supersededBefore: readonly number[];
  /** What was there of hours whose raw observations are gone; not in a note of a program before it. */
  readonly oldHours?: OldHours;
}

/**
 * A local lmdb beside InfluxDB, which has no transactions. It holds the checkpoint, tallies and the newest of every
 * series, and the batch under way. Whatever resolves has been flushed to disk; where that is full, a write rejects with
 * StoreUnavailable and nothing of it is there.
 */
export interface Sidecar {
  /** What was there when it was opened. */
  readonly opened: {
    readonly seq: number;
    readonly records: DeviceRecords;
    readonly intent: Intent | undefined;
    /** The UTC hour (ms) before which raw observations went or are going; 0 where none did. */
    readonly rawFrom: number;
  };
  /** Notes a batch before anything of it is sent. */
  begin(intent: Intent): Promise<void>;
  /** Ends the batch: in one transaction the checkpoint, the records it changed, and no intent. */
  commit(seq: number, records: DeviceRecords): Promise<void>;
  /** Replaces records outside a batch. */
  replace(records: DeviceRecords): Promise<void>;
  /** Notes that raw observations before the UTC hour (ms) are about to be deleted. */
  expire(rawFrom: number): Promise<void>;
  /** Writes a copy, as of one moment, to the directory `path`, which is made. Rejects where there is something. */
  backup(path: string): Promise<void>;
  close(): Promise<void>;
}

/** Most that an observation, or the newest of a series, takes as a value. */
const SERIES_BYTES = 1024;
/** The same of a device's tallies. */
const DEVICE_BYTES = 2 * 1024;
/** Copied pages of the trees, and what LMDB leaves free between large values. */
const OVERHEAD = 2 * 2 ** 20;

function bytesOfRecords(records: DeviceRecords): number {
  let bytes = OVERHEAD;
  for (const { series } of records.values()) bytes += DEVICE_BYTES + series.length * SERIES_BYTES;
  return bytes;
}

/** Opens or creates the sidecar; one process at a time writes to it. */
export async function openSidecar(path: string): Promise<Sidecar> {
  const { open } = await import('lmdb');
  const root = open({ path, noSubdir: false, maxDbs: 4 });
  const checkpoint = root.openDB<number, string>({ name: 'checkpoint' });
  const intents = root.openDB<Intent, string>({ name: 'intent' });
  const devices = root.openDB<DeviceRecord, string>({ name: 'devices', sharedStructuresKey: Symbol.for('structures') });
  const KEY = 'one';
  const RAW_FROM = 'raw-from';
  const opened = {
    seq: checkpoint.get(KEY) ?? 0,
    records: new Map([...devices.getRange()].map(({ key, value }) => [String(key), value])),
    intent: intents.get(KEY),
    rawFrom: checkpoint.get(RAW_FROM) ?? 0,
  };
  const putAll = (records: DeviceRecords) => {
    for (const [device, record] of records) void devices.put(device, record);
  };
  const file = await openFile(join(path, 'data.mdb'), 'r+');
  const reserve = new Reserve(root, file);
  const room = async (bytes: number) => {
    try {
      await reserve.take(bytes);
    } catch (error) {
      if (error instanceof DiskFull) throw new StoreUnavailable('the disk of the sidecar is full', { cause: error });
      throw error;
    }
  };
  return {
    opened,
    async begin(intent) {
      const { fresh, corrections } = intent.batch;
      await room(OVERHEAD + (fresh.length + corrections.length) * SERIES_BYTES);
      await intents.put(KEY, intent);
      await root.flushed;
    },
    async commit(seq, records) {
      await room(bytesOfRecords(records));
      await root.transaction(() => {
        void checkpoint.put(KEY, seq);
        putAll(records);
        void intents.remove(KEY);
      });
      await root.flushed;
    },
    async replace(records) {
      await room(bytesOfRecords(records));
      await root.transaction(() => putAll(records));
      await root.flushed;
    },
    async expire(rawFrom) {
      await room(OVERHEAD);
      await checkpoint.put(RAW_FROM, rawFrom);
      await root.flushed;
    },
    backup: (path) => backupEnvironment(root, path),
    async close() {
      await root.close();
      await file.close();
    },
  };
}
