import { join } from 'node:path';
import fc from 'fast-check';
import { pino } from 'pino';
import { expect, it, onTestFinished, vi } from 'vitest';
import { startIngest } from '../../ingest/ingest.ts';
import { createLedger } from '../../ingest/ledger.ts';
import { catalogue } from '../../model/catalogue.ts';
import type { Device } from '../../model/device.ts';
import { LATE_AFTER_MS, type Observation } from '../../model/observation.ts';
import { createMemoryBus } from '../../storage/bus/memory.ts';
import { openJournal, openJournalReader } from '../../storage/journal/lmdb.ts';
import { openSqliteQuarantine } from '../../storage/quarantine/sqlite.ts';
import type { TelemetryStore } from '../../storage/telemetry/port.ts';
import { NaiveTelemetry } from '../helpers/naive-telemetry.ts';
import { expectSame, type FreshLab, inLab } from '../helpers/telemetry-lab.ts';
import { classify, DAY, HANOI, HOUR, MONDAY, query } from '../helpers/telemetry-samples.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';

const DEVICES = ['counter-1', 'counter-2'];
const METRICS = ['mean_speed', 'vehicle_count'];
const log = pino({ level: 'silent' });
const device = (id: string): Device => ({
  ...{ id, domain: 'traffic', kind: 'counter', name: id, provider: 'hanoi', tags: {}, simulated: false },
  ...{ geometry: { type: 'Point', coordinates: [105.8, 21] }, state: 'active' },
  ...{ created: '2026-01-01T00:00:00Z', updated: '2026-01-01T00:00:00Z' },
});

/** A message of one device: some readings of any age, in any order. */
const message = fc.record({
  device: fc.constantFrom(...DEVICES),
  received: fc.integer({ min: MONDAY + 2 * DAY, max: MONDAY + 3 * DAY }),
  readings: fc.array(
    fc.record({
      time: fc.integer({ min: 0, max: 40 }).map((n) => MONDAY + n * (HOUR / 2)),
      values: fc.dictionary(fc.constantFrom(...METRICS), fc.integer({ min: 0, max: 4 }), { minKeys: 1 }),
    }),
    { minLength: 1, maxLength: 4 },
  ),
});
type Message = typeof message extends fc.Arbitrary<infer T> ? T : never;

/** What devices send, and in what order of deliveries it arrives: each message once to three times. */
const deliveries = fc.array(message, { minLength: 1, maxLength: 14 }).chain((sent) =>
  fc
    .shuffledSubarray(
      sent.flatMap((_, i) => [i, i, i]),
      { minLength: sent.length },
    )
    .map((order) => order.flatMap((i) => sent[i] ?? [])),
);
/** Cut into runs, a restart between one and the next. */
const history = deliveries.chain((all) =>
  fc.array(fc.integer({ min: 0, max: all.length }), { maxLength: 3 }).map((cuts) => {
    const ends = [...cuts, all.length].sort((a, b) => a - b);
    return ends.map((end, i) => all.slice(ends[i - 1] ?? 0, end));
  }),
);

const observationsOf = ({ device: id, received, readings }: Message): Observation[] =>
  readings.flatMap(({ time, values }) =>
    Object.entries(values).map(([metric, value]) => ({
      ...{ device: id, metric, time, value, received, quality: 'valid' as const },
      flags: received - time > LATE_AFTER_MS ? (['late'] as const) : [],
    })),
  );

/** The whole way from the journal to the store; `run` delivers, waits until all is stored, and stops as a restart does. */
async function pipeline(folder: string, store: TelemetryStore) {
  const path = join(folder, 'journal');
  const [journal, reader] = [await openJournal({ path }), await openJournalReader({ path })];
  const quarantine = await openSqliteQuarantine({ path: join(folder, 'quarantine.sqlite') });
  const checkpoint = await store.checkpoint();
  const books = createLedger(journal, checkpoint);
  const failures: unknown[] = [];
  const ingest = await startIngest(checkpoint, await store.latest(), {
    ...{ catalogue, journal: reader, store, quarantine, bus: createMemoryBus(), log, rawRetention: 90 * DAY },
    lookUp: async (id) => device(id),
    committed: books.add,
    available: () => undefined,
    failed: (error) => failures.push(error),
  });
  journal.onFlushed((head) => ingest.flushed(head));
  ingest.flushed(journal.head());
  return {
    async deliver(messages: readonly Message[]) {
      // All at once: ingest cuts its batches where it happens to be.
      await Promise.all(
        messages.map(({ device: id, received, readings }) =>
          journal.append({
            ...{ device: id, domain: 'traffic', provider: 'hanoi', format: 'json', received },
            payload: Buffer.from(JSON.stringify(readings)),
          }),
        ),
      );
      await vi.waitFor(() => expect([books.pending(), failures]).toEqual([0, []]), { timeout: 20_000, interval: 5 });
      return books.read();
    },
    async close() {
      await ingest.stop();
      await Promise.all([quarantine.close(), reader.close()]);
      await journal.close();
    },
  };
}

/** Late, corrected, delivered again: what is stored is what a naive reading of the deliveries comes to. */
export function ingestContract(fresh: FreshLab, runs: number): void {
  it('through the whole of ingest, redelivered and restarted, it tells what a naive reading of the deliveries tells', async () => {
    await fc.assert(
      fc.asyncProperty(history, (parts) =>
        inLab(fresh, async (opened, reopen) => {
          const folder = await temporaryDirectory();
          onTestFinished(() => folder.remove());
          const model = new NaiveTelemetry();
          let store = opened;
          let [decoded, stored, corrected] = [0, 0, 0];
          for (const [i, part] of parts.entries()) {
            if (i > 0) store = await reopen();
            const node = await pipeline(folder.path, store);
            const books = await node.deliver(part);
            await node.close();
            for (const each of part) {
              const content = classify(model, observationsOf(each));
              model.put({ ...content, tallies: [] });
              decoded += observationsOf(each).length;
              stored += content.fresh.length;
              corrected += content.corrections.length;
            }
            const duplicate = decoded - stored - corrected;
            expect(books.observations).toEqual({ decoded, stored, corrected, duplicate, quarantined: 0 });
          }
          const questions = METRICS.flatMap((metric) =>
            (['15m', '1h', '1d', '1w', 'all'] as const).map((window) => {
              const members = DEVICES.map((id) => ({ device: id, group: 'all' }));
              const span = { from: MONDAY, to: MONDAY + DAY, timezone: HANOI };
              return query({ metric, members, window, ...span, overTime: 'last', percentiles: window === '1h' });
            }),
          );
          await expectSame(store, model, questions, { tallies: false });
        }),
      ),
      { numRuns: runs, interruptAfterTimeLimit: 60_000 },
    );
  });
}
