import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCatalogue } from '../../model/catalogue.ts';
import { DOMAINS } from '../../model/domains/index.ts';
import type { Position } from '../../model/geometry.ts';
import { placeOf, type TileAddress, tileAt } from '../map/tiles/grid.ts';
import { device, HOUR, live, NOW, openCity, type TestCity } from '../testing/city.fixture.ts';
import { decodeTile } from '../testing/tile.fixture.ts';

const LAKE: Position = [105.852, 21.03];
const at = (coordinates: Position) => ({ geometry: { type: 'Point' as const, coordinates } });

let now = NOW;
let city: TestCity;
beforeEach(async () => {
  now = NOW;
  city = await openCity({ deps: { now: () => now } });
});
afterEach(() => city.close());

const path = ({ z, x, y }: TileAddress, query = '', domain = 'traffic') =>
  `/api/v1/map/${domain}/tiles/${z}/${x}/${y}.mvt${query}`;

async function tile(zoom: number, query = '', options: { as?: string; domain?: string; at?: Position } = {}) {
  const address = tileAt(placeOf(options.at ?? LAKE), zoom);
  const init = options.as === undefined ? {} : { as: options.as };
  const response = await city.request(path(address, query, options.domain), init);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/vnd.mapbox-vector-tile');
  return decodeTile(await response.arrayBuffer(), address);
}
const idsOf = (features: readonly { properties: Record<string, unknown> }[] | undefined) =>
  (features ?? []).map(({ properties }) => properties.id).sort();

describe('a tile', () => {
  it('tells single devices with what they are coloured by, where they stand', async () => {
    await city.register(
      device('counter-1'),
      device('counter-2', at([105.8525, 21.0305])),
      device('counter-3', { state: 'retired' }),
      device('hospital-1', { domain: 'health', kind: 'hospital' }),
    );
    city.live.tell(live('counter-1', 'mean_speed', 15));
    const { devices = [], ...others } = await tile(15);
    expect(others).toEqual({});
    expect(idsOf(devices)).toEqual(['counter-1', 'counter-2']);
    const told = devices.find(({ properties }) => properties.id === 'counter-1');
    expect(told?.properties).toEqual({
      ...{ id: 'counter-1', kind: 'counter', name: 'Trạm counter-1', domain: 'traffic', simulated: false },
      ...{ condition: 'live', metric: 'mean_speed', value: 15, time: NOW - 10_000, level: 'poor' },
    });
    expect(told?.geometry).toMatchObject({ coordinates: [expect.closeTo(LAKE[0], 4), expect.closeTo(LAKE[1], 4)] });
    expect(devices.find(({ properties }) => properties.id === 'counter-2')?.properties).not.toHaveProperty('value');
  });

  it('tells further out what a cluster holds: conditions, levels of who reports, and the mean of the chosen metric', async () => {
    await city.register(...['a', 'b', 'c', 'd'].map((id) => device(`counter-${id}`, { simulated: id === 'd' })));
    city.live.tell(
      live('counter-a', 'mean_speed', 10),
      live('counter-b', 'mean_speed', 31),
      live('counter-c', 'mean_speed', 90, { time: NOW - HOUR, received: NOW - HOUR }),
    );
    const { clusters = [] } = await tile(11, '?metric=mean_speed');
    expect(clusters.map(({ properties }) => properties)).toEqual([
      expect.objectContaining({
        ...{ count: 4, simulated: 1, live: 2, silent: 1, offline: 0, new: 1 },
        ...{ valued: 2, mean: 20.5, poor: 1, good: 1, fair: 0, severe: 0, worst: 'poor' },
      }),
    ]);
    const [mixed] = (await tile(11)).clusters ?? [];
    expect(mixed?.properties).not.toHaveProperty('mean');
  });

  it('tells what is doubtful, old or has messages in the quarantine: of a device that it is, of a cluster how many', async () => {
    const provider = 'police';
    await city.register(...['a', 'b', 'c', 'd'].map((id) => device(`counter-${id}`, { provider })));
    city.live.tell(
      live('counter-a', 'mean_speed', 40, { quality: 'suspect' }),
      live('counter-b', 'mean_speed', 40, { time: NOW - HOUR, received: NOW - HOUR }),
      live('counter-b', 'vehicle_count', 3),
      live('counter-c', 'mean_speed', 40),
    );
    await city.quarantine.put([
      {
        ...{ id: '1-0', scope: 'observation', device: 'counter-c', provider, domain: 'traffic', format: 'json' },
        ...{ received: new Date(NOW - HOUR).toISOString(), reason: 'out-of-range', detail: 'x', metric: 'mean_speed' },
        ...{ payload: '{}', encoding: 'utf8', truncated: false },
      },
    ]);
    const as = await city.keyOf('own', provider, 'quarantine');
    const signsIn = async (options: { as?: string }) =>
      Object.fromEntries(
        ((await tile(16, '', options)).devices ?? []).map(
          ({ properties: { id, quality, stale, doubtful, quarantined } }) => [
            id,
            { quality, stale, doubtful, quarantined },
          ],
        ),
      );
    const own = await signsIn({ as });
    expect(own).toEqual({
      'counter-a': { quality: 'suspect', doubtful: true },
      ...{ 'counter-b': { stale: true }, 'counter-c': { quarantined: true }, 'counter-d': {} },
    });
    const [cluster] = (await tile(11, '', { as })).clusters ?? [];
    expect(cluster?.properties).toMatchObject({ count: 4, stale: 1, doubtful: 1, quarantined: 1 });
    // Neither the public nor another provider hears of the quarantine.
    for (const other of [{}, { as: await city.keyOf('foreign', 'vnpt', 'quarantine') }]) {
      expect((await signsIn(other))['counter-c']).toEqual({});
      expect((await tile(11, '', other)).clusters?.[0]?.properties).not.toHaveProperty('quarantined');
    }
  });

  it('tells how far a cluster reaches, so that it can be looked into', async () => {
    await city.register(device('counter-1', at([105.851, 21.028])), device('counter-2', at([105.853, 21.031])));
    const [cluster] = (await tile(10)).clusters ?? [];
    expect(String(cluster?.properties.bounds).split(',').map(Number)).toEqual([105.851, 21.028, 105.853, 21.031]);
  });

  it('tells warmth by cells that hold every device once at any zoom', async () => {
    const spread = Array.from({ length: 50 }, (_, i) => device(`counter-${i}`, at([105.85 + i * 4e-5, 21.03])));
    await city.register(...spread, device('bus-1', { kind: 'bus', geometry: null }));
    city.live.tell(live('counter-1', 'mean_speed', 4), live('counter-2', 'mean_speed', 40));
    for (const zoom of [9, 12]) {
      const { heat = [], ...others } = await tile(zoom, '?as=heat&metric=mean_speed');
      expect(others).toEqual({});
      const sum = (name: string) => heat.reduce((all, { properties }) => all + Number(properties[name] ?? 0), 0);
      expect([sum('count'), sum('valued'), sum('severe'), sum('good')]).toEqual([50, 2, 1, 1]);
    }
    expect(((await tile(14, '?as=heat')).heat ?? []).length).toBeGreaterThan(
      ((await tile(10, '?as=heat')).heat ?? []).length,
    );
  });

  it('tells lines as lines, and as points only inside of clusters’ zooms', async () => {
    const course: readonly Position[] = [LAKE, [105.856, 21.03]];
    const geometry = { type: 'LineString' as const, coordinates: [...course] };
    await city.register(device('link-1', { domain: 'ict', kind: 'network-link', geometry }));
    const near = await tile(16, '', { domain: 'ict' });
    expect(idsOf(near.lines)).toEqual(['link-1']);
    expect(near.devices).toBeUndefined();
    expect(near.lines?.[0]?.geometry.type).toBe('LineString');
    expect(idsOf((await tile(10, '', { domain: 'ict' })).devices)).toEqual(['link-1']);
  });

  it('tells what moves where it was last seen, and its heading from the second position on', async () => {
    await city.register(device('bus-1', { kind: 'bus', geometry: null }));
    const seen = (position: Position, ago: number) => live('bus-1', 'bus_delay', 20, { position, time: NOW - ago });
    city.live.tell(seen([105.852, 21.03], 20_000));
    const [first] = (await tile(16)).devices ?? [];
    expect(first?.properties).not.toHaveProperty('heading');
    now += HOUR;
    city.live.tell(seen([105.853, 21.03], 10_000));
    const [second] = (await tile(16)).devices ?? [];
    expect(second?.properties.heading).toBe(90);
  });

  it('takes the filters of the map, a level of who reports, and words', async () => {
    await city.register(
      device('counter-1', { provider: 'police', name: 'Cầu Giấy' }),
      device('counter-2', { simulated: true }),
      device('counter-3'),
    );
    city.live.tell(live('counter-1', 'mean_speed', 15), live('counter-2', 'mean_speed', 50));
    const chosen = async (query: string) => idsOf((await tile(16, query)).devices);
    expect(await chosen('?provider=police')).toEqual(['counter-1']);
    expect(await chosen('?simulated=exclude')).toEqual(['counter-1', 'counter-3']);
    expect(await chosen('?condition=new')).toEqual(['counter-3']);
    expect(await chosen('?level=poor,severe')).toEqual(['counter-1']);
    expect(await chosen('?search=cau%20giay')).toEqual(['counter-1']);
    expect(await chosen('?metric=bus_delay')).toEqual([]);
    expect(await chosen(`?within=circle:${LAKE[0]},${LAKE[1]},100&kind=counter`)).toHaveLength(3);
  });

  it('leaks nothing of a metric that is closed to who asks: no value, no level, no mean, and no filter by it', async () => {
    const gateway = (id: string) => device(id, { domain: 'ict', kind: 'security-gateway' });
    await city.register(gateway('gateway-1'), gateway('gateway-2'));
    const logins = (id: string, value: number) => live(id, 'failed_logins', value, { domain: 'ict' });
    city.live.tell(logins('gateway-1', 9_000), logins('gateway-2', 9_000));
    const told = { domain: 'ict' };
    const allowed = { ...told, as: await city.key('security', 'restricted') };

    for (const query of ['', '?metric=failed_logins']) {
      const [open, closed] = [await tile(16, query, allowed), await tile(16, query, told)];
      expect(open.devices?.[0]?.properties).toMatchObject({ value: 9_000, level: 'severe' });
      for (const { properties } of closed.devices ?? [])
        for (const name of ['metric', 'value', 'time', 'level']) expect(properties).not.toHaveProperty(name);
      expect(closed.devices).toHaveLength(2);
      const [openCluster, closedCluster] = [await tile(9, query, allowed), await tile(9, query, told)];
      expect(openCluster.clusters?.[0]?.properties).toMatchObject({ valued: 2, severe: 2, worst: 'severe' });
      expect(closedCluster.clusters?.[0]?.properties).toMatchObject({ count: 2, live: 2, valued: 0, severe: 0 });
      for (const name of ['worst', 'mean']) expect(closedCluster.clusters?.[0]?.properties).not.toHaveProperty(name);
    }
    expect(await tile(16, '?level=severe', told)).toEqual({});
    expect(idsOf((await tile(16, '?level=severe', allowed)).devices)).toHaveLength(2);
  });

  it('answers nobody with what another key may see, though only a derived metric is closed', async () => {
    const closed = createCatalogue(
      DOMAINS.map((domain) => ({
        ...domain,
        derived: domain.derived.map((row) => (row.id === 'share_online' ? { ...row, access: 'restricted' } : row)),
      })),
    );
    const other = await openCity({ deps: { catalogue: closed } });
    await other.register(device('desk-1', { domain: 'public-services', kind: 'service-desk' }));
    const of = { domain: 'public-services' };
    other.live.tell(live('desk-1', 'dossiers_received', 40, of), live('desk-1', 'dossiers_online', 10, of));
    const address = tileAt(placeOf(LAKE), 16);
    const read = async (init = {}) => {
      const answer = await other.request(path(address, '?metric=share_online', 'public-services'), init);
      return (await decodeTile(await answer.arrayBuffer(), address)).devices?.[0]?.properties;
    };
    expect(await read({ as: await other.key('security', 'restricted') })).toMatchObject({ value: 25 });
    expect(await read()).toMatchObject({ id: 'desk-1' });
    expect(await read()).not.toHaveProperty('value');
    await other.close();
  });

  it('has an entity tag of its content: unchanged, nothing is sent', async () => {
    await city.register(device('counter-1'));
    const address = tileAt(placeOf(LAKE), 14);
    const first = await city.request(path(address));
    const tag = first.headers.get('etag') ?? '';
    expect(first.headers.get('cache-control')).toBe('private, no-cache');
    now += HOUR;
    const again = await city.request(path(address), { headers: { 'if-none-match': tag } });
    expect(again.status).toBe(304);
    await city.register(device('counter-2'));
    now += HOUR;
    expect((await city.request(path(address), { headers: { 'if-none-match': tag } })).status).toBe(200);
  });

  it('is made anew after some seconds, once for all who ask meanwhile', async () => {
    await city.register(device('counter-1'));
    expect(idsOf((await tile(16)).devices)).toEqual(['counter-1']);
    await city.register(device('counter-2'));
    expect(idsOf((await tile(16)).devices)).toEqual(['counter-1']);
    now += HOUR;
    expect(idsOf((await tile(16)).devices)).toEqual(['counter-1', 'counter-2']);
  });

  it.each([
    ['/23/0/0.mvt', 'z: '],
    ['/3/8/0.mvt', 'x: '],
    ['/3/0/8.mvt', 'y: '],
    ['/3/0/0', 'y: '],
    ['/-1/0/0.mvt', 'z: '],
    ['/3/0/0.mvt?metric=nothing_such', 'metric: '],
    ['/3/0/0.mvt?bbox=1,2,3,4', 'bbox: '],
    ['/3/0/0.mvt?area=nowhere-such', 'area: '],
    ['/3/0/0.mvt?as=hexes', 'as: '],
  ])('%s is refused and says why', async (rest, detail) => {
    const response = await city.request(`/api/v1/map/traffic/tiles${rest}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'invalid-request', detail: expect.stringContaining(detail) });
  });

  it('is not there for a domain that is not there, nor without a key where reading needs one', async () => {
    expect((await city.request(path({ z: 0, x: 0, y: 0 }, '', 'weather'))).status).toBe(404);
    const closed = await openCity({ config: { publicRead: false } });
    expect((await closed.request(path({ z: 0, x: 0, y: 0 }))).status).toBe(401);
    await closed.close();
  });
});
