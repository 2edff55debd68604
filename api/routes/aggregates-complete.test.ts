import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StoreUnavailable } from '../../storage/telemetry/port.ts';
import { device, HOUR, MINUTE, NOW, observation, openCity, type TestCity } from '../testing/city.fixture.ts';

const at = (ms: number) => new Date(ms).toISOString();
const LONG_AGO = at(NOW - 30 * 24 * HOUR);
const START = NOW - 4 * HOUR;
/** Every minute from `from` until before `to`. */
const minutes = (id: string, from: number, to: number) =>
  Array.from({ length: (to - from) / MINUTE }, (_, i) => observation(id, 'vehicle_count', from + i * MINUTE, 1));

let city: TestCity;
beforeAll(async () => {
  city = await openCity();
  await city.register(
    device('old', { created: LONG_AGO }),
    device('new', { created: at(NOW - 30 * MINUTE) }),
    device('filled', { created: at(NOW - MINUTE) }),
    device('retired', { created: LONG_AGO, updated: at(START + HOUR), state: 'retired' }),
  );
  await city.store(
    ...minutes('old', START, NOW),
    ...minutes('new', NOW - 30 * MINUTE, NOW),
    // History sent in by a device registered a minute ago, with a gap of an hour.
    ...minutes('filled', START, NOW - 2 * HOUR),
    ...minutes('filled', NOW - HOUR, NOW),
    ...minutes('retired', START, START + HOUR),
  );
});
afterAll(() => city.close());

const ask = async (query: string) => {
  const { items } = await city.list(`/api/v1/aggregates?metric=vehicle_count&from=${START}&to=${NOW}&${query}`);
  return items.map(({ expected, received }) => [received, expected]);
};

describe('what an aggregate expects', () => {
  it('begins where a device was registered: a new one is complete from its first hour on', async () => {
    expect(await ask('window=1h&device=new')).toEqual([[30, 30]]);
    expect(await ask('window=all&device=new')).toEqual([[30, 30]]);
  });

  it('does not grow over the past of a group by a new device in it', async () => {
    expect(await ask('window=1h&group_by=domain&device=old,new')).toEqual([
      [60, 60],
      [60, 60],
      [60, 60],
      [90, 90],
    ]);
    expect(await ask('window=all&group_by=domain&device=old,new')).toEqual([[270, 270]]);
  });

  it('reaches back where history was sent in, and shows the gap in it', async () => {
    expect(await ask('window=all&device=filled')).toEqual([[180, 240]]);
    expect(await ask('window=1h&device=filled')).toEqual([
      [60, 60],
      [60, 60],
      [60, 60],
    ]);
  });

  it('ends where a device was retired', async () => {
    expect(await ask('window=all&device=retired')).toEqual([[60, 60]]);
    expect(await ask('window=all&group_by=domain&device=old,retired')).toEqual([[300, 300]]);
  });
});

describe('pages behind the first', () => {
  it('are cut from the same figures, whatever arrives meanwhile', async () => {
    await city.register(device('paged', { created: LONG_AGO }));
    await city.store(...minutes('paged', START, START + 3 * HOUR));
    const query = `/api/v1/aggregates?metric=vehicle_count&device=paged&fn=sum&from=${START}&to=${NOW}&limit=2`;
    const first = await city.list(query);
    await city.store(observation('paged', 'vehicle_count', START + 2 * HOUR + 1, 1_000));
    const second = await city.list(`${query}&cursor=${first.next}`);
    expect([...first.items, ...second.items].map(({ sum }) => sum)).toEqual([60, 60, 60]);
    // Asked anew they are as they are now.
    const anew = await city.list(query.replace('limit=2', 'limit=9'));
    expect(anew.items.map(({ sum }) => sum)).toEqual([60, 60, 1_060]);
  });

  it('are not given to a key that may not read the metric', async () => {
    await city.register(device('gateway', { domain: 'ict', kind: 'security-gateway' }));
    await city.store(...[0, 1, 2].map((hour) => observation('gateway', 'failed_logins', START + hour * HOUR, 1)));
    const query = `/api/v1/aggregates?metric=failed_logins&from=${START}&to=${NOW}&limit=1`;
    const first = await city.list(query, await city.key('guard', 'restricted'));
    expect(first.items).toHaveLength(1);
    expect((await city.request(`${query}&cursor=${first.next}`, { as: city.keys.read })).status).toBe(403);
    expect((await city.request(`${query}&cursor=${first.next}`)).status).toBe(401);
  });
});

describe('a store that is away', () => {
  it('is told as such, and asked again the next time', async () => {
    let away = true;
    const telemetry = {
      ...city.telemetry,
      aggregate: async () => {
        if (away) throw new StoreUnavailable('away');
        return [];
      },
    };
    const other = await openCity({ deps: { telemetry } });
    try {
      await other.register(device('old', { created: LONG_AGO }));
      expect((await other.request('/api/v1/aggregates?metric=vehicle_count')).status).toBe(503);
      away = false;
      expect((await other.request('/api/v1/aggregates?metric=vehicle_count')).status).toBe(200);
    } finally {
      await other.close();
    }
  });
});
