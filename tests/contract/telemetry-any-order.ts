import fc from 'fast-check';
import { describe, it } from 'vitest';
import { QUALITIES } from '../../model/observation.ts';
import { type GroupMember, type Mover, type Place, WINDOWS } from '../../storage/telemetry/port.ts';
import { NaiveTelemetry } from '../helpers/naive-telemetry.ts';
import { expectSame, type FreshLab, inLab } from '../helpers/telemetry-lab.ts';
import { batches, classify, DAY, HANOI, HOUR, inCell, MONDAY, observation } from '../helpers/telemetry-samples.ts';

/** What any history tells of. */
export const DEVICES = ['bus-1', 'bus-2', 'bus-10'];
export const METRICS = ['bus_delay', 'mean_speed'];
export const CELLS = ['8b415a43528dfff', '8b415a435289fff', '8b4158d2b6eefff'];
const FROM = MONDAY - HOUR;
const TO = MONDAY + 2 * DAY + HOUR;

const received = fc
  .record({
    device: fc.constantFrom(...DEVICES),
    metric: fc.constantFrom(...METRICS),
    time: fc.oneof(
      fc.integer({ min: 0, max: 24 }).map((half) => MONDAY + half * (HOUR / 2)),
      fc.integer({ min: MONDAY, max: MONDAY + 2 * DAY }),
      fc.constantFrom(MONDAY, MONDAY + HOUR - 1, MONDAY + 17 * HOUR - 1, MONDAY + 17 * HOUR),
    ),
    value: fc.oneof(
      fc.integer({ min: -3, max: 3 }),
      fc.double({ min: -1e3, max: 1e3, noNaN: true, noDefaultInfinity: true }),
    ),
    quality: fc.constantFrom(...QUALITIES),
    cell: fc.option(fc.constantFrom(...CELLS), { nil: undefined }),
    delay: fc.integer({ min: 0, max: DAY }),
  })
  .map(({ cell, delay, value, ...rest }) =>
    observation({
      ...rest,
      value: value + 0,
      received: rest.time + delay,
      ...(cell === undefined ? {} : inCell(cell)),
    }),
  );

/** What came in, cut into batches, with a restart before some. */
export const history = fc.array(fc.record({ content: fc.array(received, { maxLength: 25 }), restart: fc.boolean() }), {
  minLength: 1,
  maxLength: 6,
});

export const bound = (least: number, most: number) =>
  fc.oneof(
    fc.integer({ min: least, max: most }),
    fc.integer({ min: 0, max: 47 }).map((hour) => MONDAY + hour * HOUR),
  );

const GROUPS = ['first', 'second', 'third'];
const group = fc.option(fc.constantFrom(...GROUPS), { nil: undefined });

/** A device is a member of some groups or moves, with a group of its own or without. */
const role = (device: string): fc.Arbitrary<{ members: GroupMember[]; movers: Mover[] }> =>
  fc.oneof(
    fc.subarray(GROUPS).map((groups) => ({ members: groups.map((own) => ({ device, group: own })), movers: [] })),
    group.map((own) => ({ members: [], movers: [{ device, group: own }] })),
  );
const place = (cell: string): fc.Arbitrary<Place[]> =>
  group.map((here) => (here === undefined ? [] : [{ cell, group: here }]));
const grouping = fc.tuple(fc.tuple(...DEVICES.map(role)), fc.tuple(...CELLS.map(place))).map(([roles, places]) => ({
  members: roles.flatMap(({ members }) => members),
  movers: { devices: roles.flatMap(({ movers }) => movers), places: places.flat() },
}));

const asked = fc.record({
  metric: fc.constantFrom(...METRICS),
  from: bound(FROM, MONDAY + DAY),
  to: fc.oneof(bound(MONDAY + DAY, TO), fc.constant(TO)),
  window: fc.constantFrom(...WINDOWS),
  timezone: fc.constantFrom(HANOI, 'UTC', 'Asia/Kolkata'),
  overTime: fc.constantFrom(...(['mean', 'sum', 'last', 'max'] as const)),
  overDevices: fc.constantFrom(...(['sum', 'mean', 'max'] as const)),
  percentiles: fc.boolean(),
});
const question = fc.tuple(asked, grouping).map(([rest, devices]) => ({ ...rest, ...devices }));

/** Whatever came in, in whatever order: the store tells what a naive recomputation tells. */
export function anyOrderContract(fresh: FreshLab, runs: number): void {
  describe('in any order', () => {
    it('tells what a naive recomputation of all that was put tells', async () => {
      await fc.assert(
        fc.asyncProperty(history, fc.array(question, { minLength: 4, maxLength: 8 }), (parts, questions) =>
          inLab(fresh, async (opened, reopen) => {
            const [model, next] = [new NaiveTelemetry(), batches()];
            let store = opened;
            for (const { content, restart } of parts) {
              if (restart) store = await reopen();
              const batch = next(classify(model, content));
              await store.put(batch);
              model.put(batch);
            }
            await expectSame(store, model, questions);
          }),
        ),
        // A counterexample is shrunk for so long at most, and then told rather than lost in the test's timeout.
        { numRuns: runs, interruptAfterTimeLimit: 50_000 },
      );
    });
  });
}
