import { basename, join } from 'node:path';
import pLimit from 'p-limit';
import type { Observation } from '../../../model/observation.ts';
import type { HourRow, TelemetryStore } from '../port.ts';
import { aggregateOf, cellsOf } from './aggregate.ts';
import { connect } from './connection.ts';
import { correctedOf } from './corrected.ts';
import { erase } from './erase.ts';
import { expire } from './expire.ts';
import { extract } from './extract.ts';
import { framesOf } from './frames.ts';
import { heldOf, supersededOf } from './held.ts';
import { hourRows } from './hours.ts';
import type { InfluxStoreOptions } from './options.ts';
import { planOf } from './plan.ts';
import { intentOf, write } from './put.ts';
import { rangeOf } from './range.ts';
import type { Keeper } from './remove.ts';
import { type DeviceRecord, headOf } from './series.ts';
import { openSidecar } from './sidecar.ts';
import { volumeOf } from './volume.ts';

/**
 * Telemetry in InfluxDB 1.x, 2.x or 3.x, exact after a crash: a batch is noted in the sidecar, written to InfluxDB by
 * lines that may be written again, and ended in the sidecar with the checkpoint and the tallies. A batch that a crash
 * or an absent InfluxDB cut in two is ended by the next `checkpoint` or `put`. Opening sends nothing.
 *
 * `backup` copies the sidecar alone, as a folder of its name. InfluxDB's data are backed up by InfluxDB's own tools
 * (`influxd backup`, `influx backup`), after the sidecar: what InfluxDB has beyond the sidecar's checkpoint is only written
 * again, while what it lacks is lost.
 */
export async function openInfluxStore(options: InfluxStoreOptions): Promise<TelemetryStore> {
  const sidecar = await openSidecar(options.sidecar);
  const connection = await connect(options);
  const records = new Map(sidecar.opened.records);
  let { seq, rawFrom } = sidecar.opened;
  /** A batch that was begun and is not ended. */
  let pending = sidecar.opened.intent && {
    upTo: sidecar.opened.intent.batch.upTo,
    plan: planOf(sidecar.opened.intent, records),
  };
  /** What changes the store, one after the other. */
  const writing = pLimit(1);

  const adopt = (changed: ReadonlyMap<string, DeviceRecord>) => {
    for (const [device, record] of changed) records.set(device, record);
  };
  const endPending = async (): Promise<void> => {
    if (!pending) return;
    const { upTo, plan } = pending;
    await write(connection, plan);
    await sidecar.commit(upTo, plan.records);
    [seq, pending] = [upTo, undefined];
    adopt(plan.records);
  };

  /** Retention, erasure and copies, one at a time. */
  const keeping = pLimit(1);
  const keeper: Keeper = {
    connection,
    records,
    locked: (work) =>
      writing(async () => {
        await endPending();
        return work();
      }),
    async replace(changed) {
      await sidecar.replace(changed);
      adopt(changed);
    },
    async expire(border) {
      if (border <= rawFrom) return;
      await sidecar.expire(border);
      rawFrom = border;
    },
  };

  return {
    checkpoint: () =>
      writing(async () => {
        await endPending();
        return { seq, tallies: [...records.values()].flatMap((record) => record.tallies) };
      }),
    put: (batch) =>
      writing(async () => {
        await endPending();
        if (batch.upTo <= seq) return;
        if (batch.after !== seq)
          throw new Error(`the batch behind ${batch.after} does not follow the checkpoint ${seq}`);
        const intent = await intentOf(connection, records, batch, rawFrom);
        // Throws for what cannot be stored, before the intent makes it a must.
        const plan = planOf(intent, records);
        await sidecar.begin(intent);
        pending = { upTo: batch.upTo, plan };
        await endPending();
      }),
    held: (identities) => heldOf(connection, records, identities),
    heads: async () => [...records.values()].flatMap((record) => record.series.map(headOf)),
    async latest(devices) {
      const wanted = devices ? [...new Set(devices)] : [...records.keys()];
      const winners: Observation[] = [];
      for (const device of wanted) for (const { latest } of records.get(device)?.series ?? []) winners.push(latest);
      return winners;
    },
    async superseded({ device, metric, time }) {
      const found = await supersededOf(connection, records, [{ device, metric, time }]);
      return found.get(`${device}/${metric}/${time}`) ?? [];
    },
    range: (query) => rangeOf(connection, records, query),
    corrected: (query) => correctedOf(connection, records, query),
    aggregate: (query) => aggregateOf(connection, records, query),
    frames: (query) => framesOf(connection, records, query),
    volume: (query) => volumeOf(connection, records, query),
    cells: (devices, metric, from, to) => cellsOf(connection, records, { devices, metric, from, to }),
    async hours(devices, metric, from, to) {
      const rows: HourRow[] = [];
      for await (const some of hourRows(connection, records, devices, metric, from, to)) rows.push(...some);
      return rows.sort((a, b) => (a.device < b.device ? -1 : a.device > b.device ? 1 : a.start - b.start));
    },
    expire: (rawBefore, hoursBefore) => keeping(() => expire(keeper, rawBefore, hoursBefore)),
    erase: (devices) => keeping(() => erase(keeper, devices)),
    extract: (from, to, path) =>
      keeping(async () => {
        await keeper.locked(async () => undefined);
        return extract(connection, records, [from, to], path);
      }),
    backup: (directory) => keeping(() => sidecar.backup(join(directory, basename(options.sidecar)))),
    ping: () => connection.run(['SHOW DATABASES']),
    async close() {
      connection.close();
      await keeping(async () => undefined);
      await writing(() => sidecar.close());
    },
  };
}
