import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mergeInTurns, sortInTurns } from '../map/sorting.ts';
import { device, HOUR, live, NOW, openCity, type TestCity } from '../testing/city.fixture.ts';
import { MapDevices } from './map-devices.ts';

let now = NOW;
let city: TestCity;
beforeEach(async () => {
  now = NOW;
  city = await openCity({ deps: { now: () => now } });
});
afterEach(() => city.close());

async function devices(query = '', domain = 'traffic', as?: string) {
  const response = await city.request(`/api/v1/map/${domain}/devices${query}`, as === undefined ? {} : { as });
  expect(response.status).toBe(200);
  return MapDevices.parse(await response.json());
}
const idsOf = ({ items }: MapDevices) => items.map(({ id }) => id);

describe('the devices of a domain in order', () => {
  it('are told by any column, those of which nothing is known last whichever way, equals by name', async () => {
    await city.register(
      device('a-1', { name: 'Trạm 10', provider: 'police' }),
      device('b-1', { name: 'Trạm 9', simulated: true }),
      device('c-1', { name: 'Đèn 1', kind: 'signal' }),
      device('d-1', { name: 'Ô Chợ Dừa' }),
    );
    const past = { time: NOW - HOUR, received: NOW - HOUR };
    city.live.tell(
      live('a-1', 'mean_speed', 50),
      live('b-1', 'mean_speed', 4, { quality: 'suspect' }),
      live('d-1', 'mean_speed', 20, past),
    );
    const by = async (sort: string, more = '') =>
      idsOf(await devices(`?sort=${sort}${more}`))
        .map((id) => id[0])
        .join('');
    expect(await by('name')).toBe('cdba');
    expect(await by('name', '&order=desc')).toBe('abdc');
    expect(await by('value')).toBe('bdac');
    expect(await by('value', '&order=desc')).toBe('adbc');
    expect(await by('level', '&order=desc')).toBe('bacd');
    expect(await by('age')).toBe('badc');
    expect(await by('condition')).toBe('badc');
    expect(await by('simulated', '&order=desc')).toMatch(/^b/);
    expect(await by('quality', '&order=desc')).toBe('bdac');
    expect((await by('connection')).length).toBe(4);
    for (const sort of ['kind', 'figure', 'ward', 'provider'])
      expect([...(await by(sort))].sort().join('')).toBe('abcd');
    expect(await by('name', '&provider=police&bbox=105,20,106,22')).toBe('a');
    expect((await devices('?bbox=106,20,107,22')).total).toBe(0);
  });

  it('stay in the order that was made, so that none is missing or told twice, until it is forgotten', async () => {
    await city.register(...Array.from({ length: 30 }, (_, i) => device(`counter-${i}`)));
    const speak = (round: number) =>
      city.live.tell(
        ...Array.from({ length: 30 }, (_, i) =>
          live(`counter-${i}`, 'mean_speed', (i * round * 7) % 31, { time: now }),
        ),
      );
    speak(1);
    const first = await devices('?sort=value&limit=7');
    const told = idsOf(first);
    for (let round = 2; told.length < first.total; round += 1) {
      now += 10_000;
      speak(round);
      const page = await devices(`?sort=value&limit=7&offset=${told.length}&list=${first.list}`);
      expect([page.list, page.total]).toEqual([first.list, 30]);
      told.push(...idsOf(page));
    }
    expect(new Set(told).size).toBe(30);
    // Of another question it is not the order.
    for (const query of [
      `?sort=age&list=${first.list}`,
      `?sort=value&kind=counter&list=${first.list}`,
      '?sort=value&list=gone',
    ])
      expect((await devices(query)).list).not.toBe(first.list);
  });

  it('tell nothing of what is closed to who asks, be it by order', async () => {
    const gateway = (id: string) => device(id, { domain: 'ict', kind: 'security-gateway' });
    await city.register(gateway('gateway-1'), gateway('gateway-2'));
    const logins = (id: string, value: number) => live(id, 'failed_logins', value, { domain: 'ict' });
    city.live.tell(logins('gateway-1', 9_000), logins('gateway-2', 1));
    const allowed = await city.key('security', 'restricted');
    const open = await devices('?sort=value', 'ict', allowed);
    expect(idsOf(open)).toEqual(['gateway-2', 'gateway-1']);
    const closed = await devices(`?sort=value&list=${open.list}`, 'ict');
    expect(closed.list).not.toBe(open.list);
    expect(closed.items.map(({ id, properties }) => [id, properties.latest])).toEqual([
      ['gateway-1', {}],
      ['gateway-2', {}],
    ]);
  });

  it.each(['limit=1001', 'limit=0', 'offset=-1', 'sort=colour', 'order=up', 'nonsense=1'])(
    '%s is refused',
    async (query) => {
      const response = await city.request(`/api/v1/map/traffic/devices?${query}`);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ code: 'invalid-request' });
    },
  );
});

describe('sorting in turns', () => {
  const row = fc.record({ key: fc.integer({ min: 0, max: 5 }), id: fc.integer() });
  const compare = (a: { key: number }, b: { key: number }) => a.key - b.key;

  it('is that of the language, stable too, however long the list', async () => {
    const long = fc.array(row, { maxLength: 50 }).map((some) => Array.from({ length: 200 }, () => some).flat());
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.array(row), long), async (rows) => {
        expect(await sortInTurns(rows, compare)).toEqual(rows.toSorted(compare));
      }),
      { numRuns: 30 },
    );
  });

  it('merges two sorted lists into one', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row), fc.array(row), async (a, b) => {
        const [first, second] = [a.toSorted(compare), b.toSorted(compare)];
        expect(await mergeInTurns(first, second, compare)).toEqual([...first, ...second].toSorted(compare));
      }),
    );
  });
});
