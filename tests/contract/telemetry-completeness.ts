import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createAggregator } from '../../api/aggregates/aggregate.ts';
import { completenessOf } from '../../api/aggregates/answer.ts';
import { type Grouping, WHOLE } from '../../api/aggregates/grouping.ts';
import type { WindowSpan } from '../../api/aggregates/question.ts';
import { windowEnd } from '../../api/aggregates/windows.ts';
import { device } from '../../api/testing/city.fixture.ts';
import { createCatalogue, catalogue as rows } from '../../model/catalogue.ts';
import type { Device } from '../../model/device.ts';
import { type AggregateRow, WINDOWS } from '../../storage/telemetry/port.ts';
import { NaiveTelemetry } from '../helpers/naive-telemetry.ts';
import { type FreshLab, inLab } from '../helpers/telemetry-lab.ts';
import { batches, classify, DAY, HANOI, HOUR, MONDAY } from '../helpers/telemetry-samples.ts';
import { bound, DEVICES, history } from './telemetry-any-order.ts';

const METRIC = 'mean_speed';
/** Reports every half hour, whatever its metric's row says. */
const SLOW = { id: 'slow-counter', seconds: 1_800 };

const catalogue = createCatalogue(
  rows.domains.map((domain) => {
    const counter = domain.kinds.find(({ id }) => id === 'counter');
    if (domain.id !== 'traffic' || !counter) return domain;
    return { ...domain, kinds: [...domain.kinds, { ...counter, id: SLOW.id, interval: SLOW.seconds }] };
  }),
);
const row = catalogue.metric(METRIC);
if (!row) throw new Error(`the city has no ${METRIC}`);
const metric = row;

/** A device of either pace, registered before, within or after what it tells of, and perhaps retired since. */
const registered = (id: string): fc.Arbitrary<Device> =>
  fc
    .record({
      kind: fc.constantFrom('counter', SLOW.id),
      created: bound(MONDAY - DAY, MONDAY + 2 * DAY),
      retired: fc.option(bound(MONDAY, MONDAY + 3 * DAY), { nil: undefined }),
    })
    .map(({ kind, created, retired }) =>
      device(id, {
        kind,
        created: new Date(created).toISOString(),
        updated: new Date(Math.max(created, retired ?? created)).toISOString(),
        state: retired === undefined ? 'active' : 'retired',
      }),
    );

const question = fc
  .record({
    from: bound(MONDAY - HOUR, MONDAY + DAY),
    to: bound(MONDAY + DAY, MONDAY + 2 * DAY + HOUR),
    now: bound(MONDAY + DAY, MONDAY + 4 * DAY),
    window: fc.constantFrom(...WINDOWS),
    each: fc.boolean(),
  })
  .map(({ each, ...rest }) => ({ ...rest, each, percentiles: false }));

type Asked = typeof question extends fc.Arbitrary<infer T> ? T : never;

/** ms that a device was in service within a span, as far as it was asked for and is past. */
function served({ created, updated, state }: Device, { start, end }: WindowSpan, { from, to, now }: Asked): number {
  const until = state === 'active' ? Number.POSITIVE_INFINITY : Date.parse(updated);
  return Math.max(0, Math.min(until, end, to, now) - Math.max(Date.parse(created), start, from));
}

/** What docs say is due, one device after the other: `oldest` is the group's first observation in the range. */
function naiveDue(
  group: readonly Device[],
  span: WindowSpan,
  { count, devices }: AggregateRow,
  oldest: number,
  asked: Asked,
): number {
  let due = 0;
  for (const [kind, seconds] of [
    ['counter', metric.interval],
    [SLOW.id, SLOW.seconds],
  ] as const) {
    const some = group.filter((each) => each.kind === kind);
    const share = some.length / group.length;
    const inService = some.reduce((sum, each) => sum + served(each, span, asked), 0);
    const promised = Math.floor(inService / (seconds * 1_000));
    const length = Math.max(
      0,
      Math.min(span.end, asked.to, asked.now) - Math.max(span.start, asked.from, Math.min(oldest, asked.to, asked.now)),
    );
    const early = Math.floor((Math.min(Math.round(devices * share), some.length) * length) / (seconds * 1_000));
    due += count * share > promised ? Math.max(promised, early) : promised;
  }
  return due;
}

/** Late, corrected, redelivered, restarted: how complete a window is called follows from what is stored, and from nothing else. */
export function completenessContract(fresh: FreshLab, runs: number): void {
  it('in any order, what is due and how complete it is are what a naive count of all that was put comes to', async () => {
    await fc.assert(
      fc.asyncProperty(
        history,
        fc.tuple(...DEVICES.map(registered)),
        fc.array(question, { minLength: 3, maxLength: 6 }),
        (parts, fixed, questions) =>
          inLab(fresh, async (opened, reopen) => {
            const [model, next] = [new NaiveTelemetry(), batches()];
            let store = opened;
            for (const { content, restart } of parts) {
              if (restart) store = await reopen();
              const batch = next(classify(model, content));
              await store.put(batch);
              model.put(batch);
            }
            const aggregator = createAggregator({ catalogue, telemetry: store, timezone: HANOI });
            for (const { each, ...asked } of questions) {
              const grouping: Grouping = each ? { by: 'registry', groupOf: ({ id }) => id } : WHOLE;
              const selection = { fixed, moving: [], place: undefined };
              const answers = await aggregator.answer(metric, { ...asked, selection, grouping });
              const members = fixed.map(({ id }) => ({ device: id, group: each ? id : 'all' }));
              const { overTime, overDevices } = metric;
              const naive = model.aggregate({
                ...{ metric: METRIC, members, overTime, overDevices, timezone: HANOI },
                ...asked,
              });
              const told = answers
                .map((answer) => [answer.start, answer.group, answer.count, answer.expected, completenessOf(answer)])
                .sort();
              const wanted = naive
                .map((its) => {
                  const span = { start: its.start, end: windowEnd(its.start, asked.window, asked.to, HANOI) };
                  const group = fixed.filter(({ id }) => !each || id === its.group);
                  const oldest = Math.min(...naive.filter((o) => o.group === its.group).map((o) => o.oldest));
                  const expected = naiveDue(group, span, its, oldest, { ...asked, each });
                  const complete = expected === 0 ? 1 : Math.min(1, its.count / expected);
                  return [its.start, its.group, its.count, expected, complete];
                })
                .sort();
              expect(told).toEqual(wanted);
            }
          }),
      ),
      { numRuns: runs, interruptAfterTimeLimit: 50_000 },
    );
  });
}
