import { describe, expect, it } from 'vitest';
import { NaiveTelemetry } from '../helpers/naive-telemetry.ts';
import { expectSame, type FreshLab, inLab } from '../helpers/telemetry-lab.ts';
import {
  at,
  batches,
  DAY,
  HANOI,
  HOUR,
  MINUTE,
  MONDAY,
  observation,
  query,
  tally,
} from '../helpers/telemetry-samples.ts';
import { temporaryDirectory } from '../helpers/temporary.ts';

const DEVICES = Array.from({ length: 30 }, (_, i) => `bus-${i}`);

/** Batches of all there is: new, late, moving, invalid, corrected twice, and tallies of two providers. */
function history() {
  const next = batches();
  const [model, given] = [new NaiveTelemetry(), [0, 1, 2].map((round) => round * 5 * HOUR)];
  const list = given.map((offset) => {
    const fresh = DEVICES.flatMap((device, i) => [
      observation({
        device,
        time: MONDAY + offset + i * MINUTE,
        value: i,
        ...(i % 2 ? at(105.8 + i / 1_000, 21) : {}),
      }),
      observation({
        device,
        time: MONDAY + offset - 2 * HOUR + i,
        value: -1 - i,
        quality: i % 5 ? 'valid' : 'invalid',
      }),
    ]);
    const corrections = fresh.slice(0, 20).flatMap((each) => [
      { observation: { ...each, value: each.value + 1_000 }, superseded: each.value },
      { observation: { ...each, value: each.value + 2_000 }, superseded: each.value + 1_000 },
    ]);
    const tallies = ['hanoi', 'partner'].map((provider) => tally({ provider, processed: 30, decoded: 60, stored: 60 }));
    return next({ fresh, corrections, tallies });
  });
  return { list, model, next };
}

const members = DEVICES.map((device, i) => ({ device, group: `ward-${i % 3}` }));
const questions = (['1h', '1d', '1w', 'all'] as const).flatMap((window) =>
  [false, true].map((percentiles) =>
    query({ members, window, percentiles, timezone: HANOI, from: MONDAY - DAY, to: MONDAY + 2 * DAY }),
  ),
);

/** A copy is a store that tells the same. */
export function backupContract(fresh: FreshLab): void {
  describe('backup', () => {
    it('opened as a store answers all that the store answers, and takes the next batch', () =>
      inLab(fresh, async (store, _reopen, lab) => {
        const folder = await temporaryDirectory();
        try {
          const { list, model, next } = history();
          for (const batch of list) {
            await store.put(batch);
            model.put(batch);
          }
          await store.backup(folder.path);
          const copy = await lab.openCopy(folder.path);
          try {
            const told = await copy.checkpoint();
            expect(told.seq).toBe((await store.checkpoint()).seq);
            await expectSame(copy, model, questions);
            for (const identity of model.all())
              expect(await copy.superseded(identity)).toEqual(model.values(identity).slice(0, -1));
            const after = next({
              fresh: [observation({ time: MONDAY + 2 * DAY, value: 1 })],
              tallies: [tally({ stored: 1 })],
            });
            await copy.put(after);
            model.put(after);
            await expectSame(copy, model, questions);
          } finally {
            await copy.close();
          }
          await expect(store.backup(folder.path)).rejects.toThrow();
        } finally {
          await folder.remove();
        }
      }));
  });
}
