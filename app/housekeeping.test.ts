import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { observation, openCity, type TestCity } from '../api/testing/city.fixture.ts';
import { instant } from '../model/observation.ts';
import { openJournal } from '../storage/journal/lmdb.ts';
import type { JournalWriter } from '../storage/journal/port.ts';
import { temporaryDirectory } from '../tests/helpers/temporary.ts';
import { createArchiving } from './archiving.ts';
import { applyRetention, type HousekeepingDeps } from './housekeeping.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Midnight, UTC. */
const START = Date.parse('2026-03-02T00:00:00Z');
const KEEP = { raw: 2 * DAY, hours: 5 * DAY, journal: DAY, quarantine: 3 * DAY, archive: 8 * DAY, presence: 8 * DAY };

let city: TestCity;
let journal: JournalWriter;
let folder: Awaited<ReturnType<typeof temporaryDirectory>>;
beforeEach(async () => {
  city = await openCity();
  folder = await temporaryDirectory();
  journal = await openJournal({ path: join(folder.path, 'journal') });
});
afterEach(async () => {
  await journal.close();
  await Promise.all([city.close(), folder.remove()]);
});

const quarantined = (seq: number, received: number) => ({
  ...{ id: `${seq}-0`, scope: 'message' as const, device: 'bus-1', provider: 'hanoi', domain: 'traffic' },
  ...{
    format: 'json' as const,
    received: instant(received),
    reason: 'malformed-json' as const,
    detail: '',
    metric: null,
  },
  ...{ payload: '{', encoding: 'utf8' as const, bytes: 1, truncated: false, replayed: null, dismissed: null },
});

const nothing = async () => undefined;

function deps(drained: () => Promise<void> = nothing, archiving = true): HousekeepingDeps {
  const log = pino({ level: 'silent' });
  const { telemetry: store, archive, quarantine, registry } = city;
  return {
    ...{ journal, store, archive, quarantine, registry, keep: KEEP, log, checkpoint: () => journal.head() },
    settle: nothing,
    ...(archiving ? { archiving: createArchiving({ archive, store, drained, log }) } : {}),
  };
}

const left = async () => ({
  raw: (await city.telemetry.range({ from: 0, to: START + 99 * DAY, limit: 99 })).length,
  archived: (await city.archive.days()).length,
  hours: (await city.telemetry.hours(['bus-1'], 'mean_speed', 0, START + 99 * DAY)).length,
  quarantine: (await city.quarantine.list({ limit: 99 })).length,
});

/** An observation and an item of quarantine on each of six days. */
async function sixDays(): Promise<void> {
  const noons = Array.from({ length: 6 }, (_, day) => START + day * DAY + 12 * HOUR);
  await city.store(...noons.map((time) => observation('bus-1', 'mean_speed', time, 1)));
  await city.quarantine.put(noons.map((time, i) => quarantined(i + 1, time)));
}

it('keeps each kind of data for its own time: raw until its whole day is archived, the others to the hour', async () => {
  await sixDays();
  for (const [day, expected] of [
    [1.9, { raw: 6, archived: 0, hours: 6, quarantine: 6 }],
    [3, { raw: 5, archived: 1, hours: 6, quarantine: 6 }],
    [3.9, { raw: 5, archived: 1, hours: 6, quarantine: 5 }],
    [6, { raw: 2, archived: 4, hours: 5, quarantine: 3 }],
    [8.9, { raw: 0, archived: 6, hours: 2, quarantine: 0 }],
    [10, { raw: 0, archived: 4, hours: 1, quarantine: 0 }],
    [20, { raw: 0, archived: 0, hours: 0, quarantine: 0 }],
  ] as const) {
    await applyRetention(deps(), START + day * DAY);
    expect(await left(), `after ${day} days`).toEqual(expected);
  }
});

it('trims the journal behind its time, and nothing that is not stored', async () => {
  const entry = (received: number) => ({
    ...{ device: 'bus-1', domain: 'traffic', provider: 'hanoi', format: 'json' as const, received },
    payload: Buffer.from('{}'),
  });
  for (let day = 0; day < 4; day += 1) await journal.append(entry(START + day * DAY));
  await applyRetention({ ...deps(), checkpoint: () => 2 }, START + 9 * DAY);
  expect(journal.head()).toBe(4);
  const trimmed = await journal.trim(4, START + 9 * DAY);
  expect(trimmed).toBe(2);
});

it('deletes nothing raw while messages wait to be stored that may be of these days', async () => {
  await sixDays();
  const waiting = deps(() => Promise.reject(new Error('the store does not answer')));
  await applyRetention(waiting, START + 6 * DAY);
  expect(await left()).toEqual({ raw: 6, archived: 0, hours: 5, quarantine: 3 });
  expect(waiting.archiving?.ok()).toBe(false);
});

it('with ARCHIVE=off deletes raw data without archiving them, and what is archived when its time is over', async () => {
  await sixDays();
  await applyRetention(deps(), START + 3 * DAY);
  await applyRetention(deps(undefined, false), START + 6 * DAY);
  expect(await left()).toMatchObject({ raw: 2, archived: 1 });
  await applyRetention(deps(undefined, false), START + 9 * DAY);
  expect(await left()).toMatchObject({ archived: 0 });
});

it('lets puts through while days are archived and deleted', async () => {
  const devices = Array.from({ length: 50 }, (_, i) => `bus-${i}`);
  for (let minute = 0; minute < 30; minute += 1)
    await city.store(...devices.map((id) => observation(id, 'mean_speed', START + minute * 60_000, minute)));
  let done = false;
  const working = applyRetention(deps(), START + 5 * DAY).finally(() => {
    done = true;
  });
  let served = 0;
  for (; !done; served += 1) await city.store(observation('bus-1', 'mean_speed', START + 4 * DAY + served, 1));
  await working;
  // One at least for the look, the archiving and the deleting each.
  expect(served).toBeGreaterThanOrEqual(3);
  expect((await city.archive.days()).map(({ observations }) => observations)).toEqual([1_500]);
  expect(await left()).toMatchObject({ raw: Math.min(served, 99) });
});
