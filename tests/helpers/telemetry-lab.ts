import { expect } from 'vitest';
import type { AggregateQuery, Tally, TelemetryStore } from '../../storage/telemetry/port.ts';
import { byText, inOrder, type NaiveTelemetry } from './naive-telemetry.ts';

/** A backend of one's own, empty at first: a file, a database. */
export interface TelemetryLab {
  /** Opens what is there; called again only after the store it gave was closed. */
  open(): Promise<TelemetryStore>;
  /** Opens a copy that the store wrote into the directory. Whoever opens it closes it. */
  openCopy(directory: string): Promise<TelemetryStore>;
  /** Leaves nothing behind. */
  remove(): Promise<void>;
}

export type FreshLab = () => Promise<TelemetryLab>;

/** Runs `body` on a store of its own; `reopen` closes the store and opens it again, as after a restart. */
export async function inLab(
  fresh: FreshLab,
  body: (store: TelemetryStore, reopen: () => Promise<TelemetryStore>, lab: TelemetryLab) => Promise<void>,
): Promise<void> {
  const lab = await fresh();
  try {
    let store = await lab.open();
    try {
      const reopen = async () => {
        await store.close();
        store = await lab.open();
        return store;
      };
      await body(store, reopen, lab);
    } finally {
      await store.close();
    }
  } finally {
    await lab.remove();
  }
}

const close = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b));

/** Equal rows in the same order, numbers within 1e-9: stores add up in an order of their own. */
export function expectRows(actual: readonly object[], expected: readonly object[]): void {
  const told = actual.map((row, i) => {
    const wanted = new Map<string, unknown>(Object.entries(expected[i] ?? {}));
    return Object.fromEntries(
      Object.entries(row)
        .filter(([, value]) => value !== undefined)
        .map(([key, value]) => {
          const other = wanted.get(key);
          return [key, typeof value === 'number' && typeof other === 'number' && close(value, other) ? other : value];
        }),
    );
  });
  expect(told).toEqual(expected);
}

const byAccount = (a: Tally, b: Tally): number => byText(a.provider, b.provider) || byText(a.device, b.device);

/**
 * All that a store tells equals what the naive one tells of the same batches, which hold at most 100,000 observations;
 * `tallies` false where the naive one was told none.
 */
export async function expectSame(
  store: TelemetryStore,
  model: NaiveTelemetry,
  questions: readonly AggregateQuery[],
  { tallies = true } = {},
): Promise<void> {
  const all = model.all();
  const [from, to] = [(all[0]?.time ?? 0) - 3_600_000, (all.at(-1)?.time ?? 0) + 1];
  expect(await store.range({ from, to, limit: 100_000 })).toEqual(all);
  expect([...(await store.latest())].sort(inOrder)).toEqual(model.latest());
  expect([...(await store.heads())].sort(inOrder)).toEqual(
    model.latest().map(({ device, metric, time }) => ({ device, metric, time })),
  );
  expect([...(await store.held(all))].sort(inOrder)).toEqual(model.held(all));
  expect(await store.corrected({ from, to, limit: 100_000 })).toEqual(model.corrected({ from, to, limit: 100_000 }));
  // Only corrected identities are asked for one by one: there is a question for each.
  for (const { device, metric, time, values } of model.held(all)) {
    if (values.length === 1) continue;
    expect(await store.superseded({ device, metric, time })).toEqual(values.slice(0, -1));
  }
  if (tallies)
    expect([...(await store.checkpoint()).tallies].sort(byAccount)).toEqual([...model.tallies()].sort(byAccount));
  const devices = [...new Set(all.map((observation) => observation.device))];
  for (const metric of new Set(all.map((observation) => observation.metric))) {
    expectRows(await store.hours(devices, metric, from, to), model.hours(devices, metric, from, to));
    const cells = model.cells(devices, metric, from, to);
    expect([...(await store.cells(devices, metric, from, to))].sort()).toEqual(cells.sort());
  }
  for (const asked of questions) {
    const rows = [...(await store.aggregate(asked))].sort((a, b) => a.start - b.start || byText(a.group, b.group));
    expectRows(rows, model.aggregate(asked));
  }
}
